"""Writes to what Lilo knows. The status of an entry changes here and nowhere else.

draft -> in review -> published -> retired; back to draft when its words change or a reviewer sends it back. Each step
is kept as a version, with who took it and why.
`by` is the id of the curator who acts. Imports have their own way in, `knowledge.importers.store`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.utils import timezone

from knowledge.curation.history import Action, keep_version, put_back
from knowledge.models import Entry
from knowledge.readability import reading_grade
from knowledge.rules import Problem

REVIEW_INTERVAL = timedelta(days=365)
#: A burst of edits becomes one build: it waits this long, and the later requests find nothing left to do.
REBUILD_DELAY_S = 5
REVIEW = ("reviewed_by", "reviewed_at")

Status = Entry.Status


@dataclass(frozen=True, slots=True)
class Step:
    """What may be done to an entry in one of these states, and the state that follows."""

    before: frozenset[Status]
    after: Status


STEPS = {
    Action.SUBMITTED: Step(frozenset({Status.DRAFT}), Status.IN_REVIEW),
    Action.APPROVED: Step(frozenset({Status.IN_REVIEW}), Status.IN_REVIEW),
    Action.SENT_BACK: Step(frozenset({Status.IN_REVIEW}), Status.DRAFT),
    Action.PUBLISHED: Step(frozenset({Status.IN_REVIEW}), Status.PUBLISHED),
    Action.CONFIRMED: Step(frozenset({Status.PUBLISHED}), Status.PUBLISHED),
    Action.RETIRED: Step(frozenset({Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED}), Status.RETIRED),
    Action.REOPENED: Step(frozenset({Status.RETIRED}), Status.DRAFT),
}


class EntryRefused(ValueError):
    """An entry cannot become what was asked, with every reason; nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


@transaction.atomic
def submit_for_review(entry_id: UUID, *, by: UUID, reason: str = "") -> Entry:
    """Ask for a review of a draft.

    Raises:
        EntryRefused: it is no draft, or it breaks a rule.
    """
    entry = _claim(entry_id, Action.SUBMITTED)
    _refuse(entry.problems())
    entry.author_id = entry.author_id or by
    entry.reviewed_by_id, entry.reviewed_at = None, None
    return _done(entry, Action.SUBMITTED, by=by, reason=reason, changed=("author", *REVIEW))


@transaction.atomic
def approve_entry(entry_id: UUID, *, by: UUID, reason: str = "") -> Entry:
    """Say of an entry in review that it is right. It may be published then.

    Raises:
        EntryRefused: it is not in review, it breaks a rule, or `by` wrote its words.
    """
    entry = _claim(entry_id, Action.APPROVED)
    _refuse([*entry.problems(), *_own_words(entry, by)])
    entry.reviewed_by_id, entry.reviewed_at = by, timezone.now()
    return _done(entry, Action.APPROVED, by=by, reason=reason, changed=REVIEW)


@transaction.atomic
def publish_entry(entry_id: UUID, *, by: UUID, may_review: bool = True, reason: str = "") -> Entry:
    """Publish an entry in review. Lilo uses it from the next build.

    Args:
        entry_id: of the entry.
        by: who publishes it.
        may_review: `by` may also approve it: then an entry that nobody has approved yet is, by the same press.
        reason: kept with the version.

    Raises:
        EntryRefused: it is not in review, it breaks a rule, or nobody but its author has approved it.
    """
    entry = _claim(entry_id, Action.PUBLISHED)
    problems = entry.problems()
    if not entry.is_approved:
        problems += _own_words(entry, by) if may_review else [Problem("status", "A reviewer must approve it first.")]
    _refuse(problems)
    if not entry.is_approved:
        entry.reviewed_by_id, entry.reviewed_at = by, timezone.now()
    if entry.review_due is None or entry.review_due <= timezone.localdate():
        entry.review_due = timezone.localdate() + REVIEW_INTERVAL
    _index_changed(entry)
    return _done(entry, Action.PUBLISHED, by=by, reason=reason, changed=(*REVIEW, "review_due", "index_changed_at"))


@transaction.atomic
def confirm_entry(entry_id: UUID, *, by: UUID, reason: str = "") -> Entry:
    """Say of a published entry that it is still right; it is due again in a year.

    Raises:
        EntryRefused: it is not published, it breaks a rule, or `by` wrote its words.
    """
    entry = _claim(entry_id, Action.CONFIRMED)
    _refuse([*entry.problems(), *_own_words(entry, by)])
    entry.reviewed_by_id, entry.reviewed_at = by, timezone.now()
    entry.review_due = timezone.localdate() + REVIEW_INTERVAL
    _index_changed(entry)
    return _done(entry, Action.CONFIRMED, by=by, reason=reason, changed=(*REVIEW, "review_due", "index_changed_at"))


@transaction.atomic
def retire_entry(entry_id: UUID, *, by: UUID, reason: str = "") -> Entry:
    """Take an entry out of use. A published one leaves the answers within seconds.

    Raises:
        EntryRefused: it is retired already.
    """
    entry = _claim(entry_id, Action.RETIRED)
    if entry.status == Status.PUBLISHED:
        _withdraw(entry)
    return _done(entry, Action.RETIRED, by=by, reason=reason, changed=("index_changed_at",))


@transaction.atomic
def return_to_draft(entry_id: UUID, *, by: UUID, reason: str = "") -> Entry:
    """Send an entry in review back to its author, or take a retired one up again.

    Raises:
        EntryRefused: it is a draft or published. A published entry becomes a draft by changing its words.
    """
    retired = Entry.objects.filter(pk=entry_id, status=Status.RETIRED).exists()
    action = Action.REOPENED if retired else Action.SENT_BACK
    entry = _claim(entry_id, action)
    entry.reviewed_by_id, entry.reviewed_at = None, None
    return _done(entry, action, by=by, reason=reason, changed=REVIEW)


@transaction.atomic
def restore_version(entry_id: UUID, version_id: int, *, by: UUID, reason: str = "") -> Entry:
    """Bring the words of an earlier version back as a draft, which somebody else reviews like any other.

    Raises:
        Entry.DoesNotExist, ObjectDoesNotExist: there is no such entry, or it has no such version.
    """
    entry = Entry.objects.select_for_update().get(pk=entry_id)
    version = entry.history.get(pk=version_id)
    put_back(entry, version)
    words_changed(entry, by=by)
    entry.save()
    when = timezone.localtime(version.history_date)
    note = f"The version of {when:%-d %B %Y, %H:%M}. {reason}".strip()
    keep_version(entry, Action.RESTORED, by=by, reason=note)
    return entry


def words_changed(entry: Entry, *, by: UUID) -> None:
    """Note on an entry, not yet saved, that `by` wrote it anew: a draft again, whatever it was.

    Words that nobody reviewed never answer a person: a published entry leaves the answers until it is reviewed.
    Save it and its sources, then keep the version.
    """
    if entry.status == Status.PUBLISHED:
        _withdraw(entry)
    entry.status = Status.DRAFT
    entry.author_id, entry.reviewed_by_id, entry.reviewed_at = by, None, None
    entry.curated = True
    entry.reading_grade = reading_grade(entry.answer)


def _claim(entry_id: UUID, action: Action) -> Entry:
    """The entry, locked until the transaction ends, if that may be done to it."""
    entry = Entry.objects.select_for_update().get(pk=entry_id)
    if entry.status not in STEPS[action].before:
        message = f"It is {entry.get_status_display().lower()}; “{action.label.lower()}” does not follow from there."
        raise EntryRefused([Problem("status", message)])
    return entry


def _own_words(entry: Entry, by: UUID) -> list[Problem]:
    if entry.author_id != by:
        return []
    return [Problem("author", "You wrote this; somebody else must review it.")]


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise EntryRefused(problems)


def _done(entry: Entry, action: Action, *, by: UUID, reason: str, changed: Iterable[str]) -> Entry:
    entry.status = STEPS[action].after
    entry.curated = True
    entry.save(update_fields=["status", "curated", "updated_at", *changed])
    keep_version(entry, action, by=by, reason=reason)
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
