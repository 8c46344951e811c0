"""Rows from outside into entries: again and again, without doubling one or touching what a curator has in hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, time
from itertools import islice

from django.db import transaction
from django.utils import timezone

from knowledge.actions import REVIEW_INTERVAL, withdraw_on_commit
from knowledge.curation.history import Action, keep_versions
from knowledge.importers.rows import ImportRow, RefusedRow, Row
from knowledge.models import Entry, EntrySource
from knowledge.readability import reading_grade
from knowledge.rules import EntryText

BATCH_ROWS = 500

Status = Entry.Status
Provenance = Entry.Provenance
WRITTEN_FIELDS = [
    "question", "alternatives", "answer", "category", "tags", "audience", "status", "reading_grade", "reviewed_at",
    "review_due", "provenance_detail", "import_digest", "index_changed_at", "updated_at",
]  # fmt: skip


@dataclass(slots=True)
class ImportReport:
    """What an import did, row by row where it refused one."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[RefusedRow] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """Rows that are entries now."""
        return self.created + self.updated + self.unchanged

    @property
    def read(self) -> int:
        """Rows looked at."""
        return self.accepted + len(self.refused)


def import_entries(
    rows: Iterable[ImportRow],
    *,
    publish: bool,
    provenance: Provenance = Provenance.IMPORTED,
    detail: str = "",
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Store rows as entries, found again by their key. Safe to repeat and to stop half-way.

    A row that says nothing new is left alone. A row whose entry a curator has taken in hand, or that came by another
    way, is refused, and so is a key met twice. One transaction a batch of 500 rows; memory does not grow with the file
    but for its keys and its refusals.

    Args:
        rows: as a reader gives them.
        publish: make them published, else new and changed ones are drafts.
        provenance: the way they come in.
        detail: the file's name, kept with each entry.
        progress: called after each batch with the rows read so far.
    """
    report = ImportReport()
    place_of: dict[str, int] = {}
    for batch in _batches(rows):
        usable = list(_usable(batch, place_of, report))
        with transaction.atomic():
            _store(usable, report, publish=publish, provenance=provenance, detail=detail)
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


def _usable(batch: list[ImportRow], place_of: dict[str, int], report: ImportReport) -> Iterator[Row]:
    for row in batch:
        if isinstance(row, RefusedRow):
            report.refused.append(row)
        elif (first := place_of.setdefault(row.entry.key, row.number)) != row.number:
            report.refused.append(RefusedRow(row.number, f"The id was used before, at {first}."))
        else:
            yield row


def _store(rows: list[Row], report: ImportReport, *, publish: bool, provenance: Provenance, detail: str) -> None:
    stored = Entry.objects.in_bulk([row.entry.key for row in rows], field_name="key")
    changed: list[tuple[Entry, EntryText]] = []
    withdrawn = [] if publish else [entry.key for entry in stored.values() if entry.status == Status.PUBLISHED]
    for row in rows:
        entry = stored.get(row.entry.key)
        if entry is None:
            report.created += 1
            entry = Entry(key=row.entry.key, provenance=provenance, curated=False)
        elif entry.curated or entry.provenance != provenance:
            report.refused.append(RefusedRow(row.number, _why_kept(entry)))
            continue
        elif not _brings_news(row.entry, entry, publish=publish):
            report.unchanged += 1
            continue
        else:
            report.updated += 1
        _write(row.entry, entry, publish=publish, detail=detail)
        changed.append((entry, row.entry))
    _save(changed)
    withdraw_on_commit({entry.key for entry, _ in changed}.intersection(withdrawn))


def _why_kept(entry: Entry) -> str:
    if entry.curated:
        return "A curator has this entry in hand; it was left as it is."
    return f"The id belongs to an entry that came another way ({entry.get_provenance_display().lower()})."


def _brings_news(text: EntryText, entry: Entry, *, publish: bool) -> bool:
    return entry.import_digest != _digest(text) or (publish and entry.status != Status.PUBLISHED)


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


def _save(changed: list[tuple[Entry, EntryText]]) -> None:
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
    keep_versions(((entry, text.sources) for entry, text in changed), Action.IMPORTED)


def _checked_at(text: EntryText) -> datetime | None:
    """The last day a starter entry's facts were checked against a source."""
    days = [source.date for source in text.sources if source.date is not None]
    return datetime.combine(max(days), time(), UTC) if days else None


def _digest(text: EntryText) -> str:
    return hashlib.sha256(json.dumps(asdict(text), default=str, sort_keys=True).encode()).hexdigest()
