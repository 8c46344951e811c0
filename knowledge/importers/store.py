"""Rows from outside into entries: again and again, without doubling one or touching what a curator has in hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, time
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from knowledge.actions import REVIEW_INTERVAL, withdraw_on_commit
from knowledge.curation.history import Action, keep_versions
from knowledge.importers.outcomes import ImportReport, Outcome, Result, as_read
from knowledge.importers.rows import ImportRow, Note, RefusedRow, Row, Whole
from knowledge.models import Entry, EntrySource
from knowledge.readability import reading_grade
from knowledge.rules import EntryText

BATCH_ROWS = 500
#: The words of an entry, as its report of changes names them.
COMPARED = ("question", "alternatives", "answer", "category", "tags", "audience")
TAKEN_BACK = "It is published. Its new words make it a draft, which Lilo does not use until it is reviewed."

Status = Entry.Status
Provenance = Entry.Provenance
WRITTEN_FIELDS = [
    "question", "alternatives", "answer", "category", "tags", "audience", "status", "reading_grade", "reviewed_at",
    "review_due", "provenance_detail", "import_digest", "index_changed_at", "updated_at",
]  # fmt: skip


#: What is called with the outcomes of each batch, in its transaction.
EachBatch = Callable[[list[Outcome]], None]


def import_entries(
    rows: Iterable[ImportRow],
    *,
    publish: bool,
    provenance: Provenance = Provenance.IMPORTED,
    detail: str = "",
    by: UUID | None = None,
    dry_run: bool = False,
    each_batch: EachBatch | None = None,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Store rows as entries, found again by their key. Safe to repeat and to stop half-way.

    A row that says nothing new is left alone. A row whose entry a curator has taken in hand, or that came by another
    way, is refused, and so is a key met twice. One transaction a batch of 500 rows; memory does not grow with the file
    but for its keys, its refusals and its warnings.

    Args:
        rows: as a reader gives them.
        publish: make them published, else new and changed ones are drafts.
        provenance: the way they come in.
        detail: where they come from, kept with each entry that does not bring its own origin.
        by: the curator who imports them, for the versions.
        dry_run: store nothing, only tell.
        each_batch: called within the transaction of each batch with what became of its rows.
        progress: called after each batch with the rows read so far.
    """
    report = ImportReport()
    place_of: dict[str, str] = {}
    for batch in _batches(rows):
        with transaction.atomic():
            outcomes = _store(batch, place_of, publish, provenance, detail=detail, by=by, dry_run=dry_run)
            if each_batch is not None:
                each_batch(outcomes)
        for outcome in outcomes:
            report.count(outcome)
        if progress is not None:
            progress(report.read)
    return report


@transaction.atomic
def retire_dropped_starters(kept: Collection[str]) -> int:
    """Retire published starter entries whose key is not kept, but for those a curator has in hand; how many."""
    starters = Entry.objects.filter(provenance=Provenance.STARTER, curated=False, status=Status.PUBLISHED)
    dropped = set(starters.values_list("key", flat=True)) - set(kept)
    withdraw_on_commit(dropped)
    now = timezone.now()
    retired = starters.filter(key__in=dropped).update(status=Status.RETIRED, index_changed_at=now, updated_at=now)
    gone = Entry.objects.filter(key__in=dropped, updated_at=now).prefetch_related("sources")
    texts = ((entry, entry.as_text().sources) for entry in gone)
    keep_versions(texts, Action.RETIRED, reason="No longer in the starter corpus.")
    return retired


def _batches(rows: Iterable[ImportRow]) -> Iterator[list[ImportRow]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_ROWS)):
        yield batch


def _store(
    batch: list[ImportRow], place_of: dict[str, str], publish: bool, provenance: Provenance,
    *, detail: str, by: UUID | None, dry_run: bool,
) -> list[Outcome]:  # fmt: skip
    keys = {row.entry.key for row in batch if isinstance(row, Row)}
    stored = Entry.objects.select_for_update().in_bulk(keys, field_name="key")
    withdrawn = set() if publish else {entry.key for entry in stored.values() if entry.status == Status.PUBLISHED}
    outcomes: list[Outcome] = []
    changed: list[tuple[Entry, EntryText]] = []
    for row in batch:
        if isinstance(row, Whole):
            outcomes.extend(_gone(row, place_of, provenance))
            continue
        outcome = _judged(row, stored, place_of, publish=publish, provenance=provenance)
        outcomes.append(outcome)
        if isinstance(row, Row) and outcome.result in {Result.NEW, Result.CHANGED} and not dry_run:
            entry = stored.get(row.entry.key) or Entry(key=row.entry.key, provenance=provenance, curated=False)
            _write(row.entry, entry, publish=publish, detail=row.origin or detail)
            changed.append((entry, row.entry))
    _save(changed, by=by)
    withdraw_on_commit({entry.key for entry, _ in changed} & withdrawn)
    return outcomes


def _gone(document: Whole, place_of: Collection[str], provenance: Provenance) -> Iterator[Outcome]:
    """The entries that the document brought before and holds no longer: for a person to look at, and nothing more."""
    before = Entry.objects.filter(key__startswith=document.prefix, provenance=provenance)
    for entry in before.exclude(status=Status.RETIRED).order_by("key"):
        if entry.key not in place_of:
            told = f"No longer in the file. The entry is left as it is: {entry.get_status_display().lower()}."
            yield Outcome(Result.GONE, document.place, key=entry.key, question=entry.question, detail=told)


def _judged(
    row: Row | RefusedRow | Note, stored: dict[str, Entry], place_of: dict[str, str],
    *, publish: bool, provenance: Provenance,
) -> Outcome:  # fmt: skip
    """What is to become of a row, given the entries of its batch that are there already."""
    if isinstance(row, Note):
        return as_read(row, Result.NOTE)
    if isinstance(row, RefusedRow):
        return as_read(row, Result.REFUSED)
    if first := place_of.get(row.entry.key):  # two files of one name may have it at the same place
        return as_read(row, Result.REFUSED, f"The id was used before, at {first}.")
    place_of[row.entry.key] = row.place or str(row.number)
    entry = stored.get(row.entry.key)
    if entry is None:
        return as_read(row, Result.NEW)
    if entry.provenance != provenance:
        return as_read(row, Result.REFUSED, _came_another_way(entry))
    if not _brings_news(row.entry, entry, publish=publish):
        return as_read(row, Result.UNCHANGED)
    if entry.curated:
        return as_read(row, Result.REFUSED, "A curator has this entry in hand; it was left as it is.")
    taken_back = (TAKEN_BACK,) if entry.status == Status.PUBLISHED and not publish else ()
    return as_read(row, Result.CHANGED, ", ".join(_changes(row.entry, entry)), *taken_back)


def _came_another_way(entry: Entry) -> str:
    return f"The id belongs to an entry that came another way ({entry.get_provenance_display().lower()})."


def _brings_news(text: EntryText, entry: Entry, *, publish: bool) -> bool:
    return entry.import_digest != _digest(text) or (publish and entry.status != Status.PUBLISHED)


def _changes(text: EntryText, entry: Entry) -> list[str]:
    """The names of what differs; what is no word of the entry itself is in its sources."""
    told = [name for name in COMPARED if _as_list(getattr(text, name)) != _as_list(getattr(entry, name))]
    if told or entry.import_digest == _digest(text):
        return told or ["status"]
    return ["sources"]


def _as_list(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _write(text: EntryText, entry: Entry, *, publish: bool, detail: str) -> None:
    if publish or entry.status == Status.PUBLISHED:
        entry.index_changed_at = timezone.now()
    entry.status = Status.PUBLISHED if publish else Status.DRAFT
    entry.question, entry.answer = text.question, text.answer
    entry.category, entry.audience = text.category, text.audience
    entry.alternatives, entry.tags = list(text.alternatives), list(text.tags)
    entry.reading_grade = reading_grade(text.answer)
    entry.reviewed_at = _checked_at(text) if entry.provenance == Provenance.STARTER else None
    entry.review_due = text.review_due or timezone.localdate() + REVIEW_INTERVAL
    entry.provenance_detail, entry.import_digest = detail[:200], _digest(text)


def _save(changed: list[tuple[Entry, EntryText]], *, by: UUID | None) -> None:
    if not changed:
        return
    entries = [entry for entry, _ in changed]
    EntrySource.objects.filter(entry__in=[entry.pk for entry in entries if not entry._state.adding]).delete()
    Entry.objects.bulk_create(entries, update_conflicts=True, unique_fields=["key"], update_fields=WRITTEN_FIELDS)
    today = timezone.localdate()
    EntrySource.objects.bulk_create(
        EntrySource(
            entry=entry, title=source.title, publisher=source.publisher, url=source.url, date=source.date or today
        )
        for entry, text in changed
        for source in text.sources
    )
    keep_versions(((entry, text.sources) for entry, text in changed), Action.IMPORTED, by=by)


def _checked_at(text: EntryText) -> datetime | None:
    """The last day a starter entry's facts were checked against a source."""
    days = [source.date for source in text.sources if source.date is not None]
    return datetime.combine(max(days), time(), UTC) if days else None


def _digest(text: EntryText) -> str:
    return hashlib.sha256(json.dumps(asdict(text), default=str, sort_keys=True).encode()).hexdigest()
