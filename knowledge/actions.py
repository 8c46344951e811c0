"""Writes to what Lilo knows. The status of an entry changes here and nowhere else.

draft -> in review -> published -> retired; back to draft when its words change or a reviewer sends it back.
`by` is the id of the curator who acts. Imports have their own way in, `knowledge.importers.store`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.utils import timezone

from knowledge.index.manifest import Manifest
from knowledge.models import Artefact, Entry
from knowledge.readability import reading_grade
from knowledge.rules import Problem

REVIEW_INTERVAL = timedelta(days=365)
#: A burst of edits becomes one build: it waits this long, and the later requests find nothing left to do.
REBUILD_DELAY_S = 5

Status = Entry.Status
#: What a person may make of an entry: the status wanted -> those it may have before.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.IN_REVIEW: frozenset({Status.DRAFT}),
    Status.PUBLISHED: frozenset({Status.IN_REVIEW, Status.PUBLISHED}),
    Status.RETIRED: frozenset({Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED}),
    Status.DRAFT: frozenset({Status.IN_REVIEW, Status.RETIRED}),
}


class EntryRefused(ValueError):
    """An entry cannot become what was asked, with every reason; nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


@transaction.atomic
def submit_for_review(entry_id: UUID, *, by: UUID) -> Entry:
    """Ask for a review of a draft.

    Raises:
        EntryRefused: it is no draft, or it breaks a rule.
    """
    entry = _claim(entry_id, wanted=Status.IN_REVIEW)
    if problems := entry.problems():
        raise EntryRefused(problems)
    if entry.author_id is None:
        entry.author_id = by
    return _save(entry, Status.IN_REVIEW, "author")


@transaction.atomic
def publish_entry(entry_id: UUID, *, by: UUID) -> Entry:
    """Publish an entry in review, or confirm that a published one is still right. Lilo uses it from the next build.

    Raises:
        EntryRefused: it is not in review, it breaks a rule, or `by` wrote its words.
    """
    entry = _claim(entry_id, wanted=Status.PUBLISHED)
    problems = entry.problems()
    if entry.author_id == by:
        problems.append(Problem("author", "You wrote this; somebody else must review it."))
    if problems:
        raise EntryRefused(problems)
    entry.reviewed_by_id, entry.reviewed_at = by, timezone.now()
    if entry.review_due is None or entry.review_due <= timezone.localdate():
        entry.review_due = timezone.localdate() + REVIEW_INTERVAL
    _index_changed(entry)
    return _save(entry, Status.PUBLISHED, "reviewed_by", "reviewed_at", "review_due", "index_changed_at")


@transaction.atomic
def retire_entry(entry_id: UUID, *, by: UUID) -> Entry:
    """Take an entry out of use. A published one leaves the answers within seconds.

    Raises:
        EntryRefused: it is retired already.
    """
    entry = _claim(entry_id, wanted=Status.RETIRED)
    if entry.status == Status.PUBLISHED:
        _withdraw(entry)
    return _save(entry, Status.RETIRED, "index_changed_at")


@transaction.atomic
def return_to_draft(entry_id: UUID, *, by: UUID) -> Entry:
    """Send an entry in review back to its author, or take a retired one up again.

    Raises:
        EntryRefused: it is a draft or published. A published entry becomes a draft by changing its words.
    """
    return _save(_claim(entry_id, wanted=Status.DRAFT), Status.DRAFT)


def words_changed(entry: Entry, *, by: UUID) -> None:
    """Note on an entry, not yet saved, that `by` wrote it anew: a draft again, whatever it was.

    Words that nobody reviewed never answer a person: a published entry leaves the answers until it is reviewed.
    """
    if entry.status == Status.PUBLISHED:
        _withdraw(entry)
    entry.status = Status.DRAFT
    entry.author_id, entry.reviewed_by_id, entry.reviewed_at = by, None, None
    entry.curated = True
    entry.reading_grade = reading_grade(entry.answer)


def _claim(entry_id: UUID, *, wanted: Status) -> Entry:
    """The entry, locked until the transaction ends, if it may take the status wanted."""
    entry = Entry.objects.select_for_update().get(pk=entry_id)
    if entry.status not in TRANSITIONS[wanted]:
        message = f"It is {entry.get_status_display().lower()}; it cannot become {wanted.label.lower()} from there."
        raise EntryRefused([Problem("status", message)])
    return entry


def _save(entry: Entry, status: Status, *changed: str) -> Entry:
    entry.status = status
    entry.curated = True
    entry.save(update_fields=["status", "curated", "updated_at", *changed])
    return entry


def _withdraw(entry: Entry) -> None:
    withdraw_on_commit([entry.key])
    _index_changed(entry)


def _index_changed(entry: Entry) -> None:
    """Ask for a new index once this change is committed; a broker that does not answer must not undo the change."""
    entry.index_changed_at = timezone.now()
    transaction.on_commit(request_rebuild, robust=True)


def withdraw_on_commit(keys: Collection[str]) -> None:
    """Take entries out of the serving answers within seconds, without waiting for a build."""

    def withdraw_now() -> None:
        from knowledge.index.build import withdraw  # numpy and the index are of no use to most commands

        withdraw(*keys)

    if keys:
        transaction.on_commit(withdraw_now, robust=True)


def request_rebuild() -> None:
    """Ask the worker to rebuild the index soon."""
    current_app.send_task("knowledge.tasks.rebuild_index", countdown=REBUILD_DELAY_S)


@transaction.atomic
def record_artefact(manifest: Manifest) -> Artefact:
    """Note which index serves now; the one before it is kept. Called after a build and after a roll back."""
    Artefact.objects.filter(state=Artefact.State.PUBLISHED).exclude(version=manifest.version).update(
        state=Artefact.State.KEPT
    )
    facts = {
        "model_name": manifest.model,
        "dimension": manifest.dimension,
        "entry_count": manifest.entries,
        "checksum": manifest.checksum,
        "built_at": datetime.fromtimestamp(manifest.read_at, UTC),
        "published_at": timezone.now(),
        "state": Artefact.State.PUBLISHED,
    }
    return Artefact.objects.update_or_create(version=manifest.version, defaults=facts)[0]
