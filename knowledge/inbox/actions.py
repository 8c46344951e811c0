"""What is done with questions that people pass on: kept, gathered by meaning, answered, dismissed, forgotten."""

from __future__ import annotations

import logging
from collections.abc import Collection
from uuid import UUID

from asgiref.sync import async_to_sync
from celery import current_app
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from knowledge.actions import words_changed
from knowledge.answering import Answering, answering
from knowledge.curation.history import Action, keep_version
from knowledge.inbox.models import Question, QuestionGroup
from knowledge.inbox.rules import MOST_CHARACTERS, RETENTION, Reason, key_for, plain_wordings
from knowledge.models import Entry
from knowledge.public import KnowledgeUnavailable

log = logging.getLogger(__name__)

TEND = "knowledge.inbox.tasks.tend"
#: A burst of questions is gathered at once.
TEND_DELAY_S = 5
#: Questions looked at in one run.
BATCH = 200
#: Other ways to ask that a new draft begins with.
MOST_WORDINGS = 12
TO_BE_WRITTEN = "Write the answer here."
State = QuestionGroup.State


class InboxRefused(ValueError):
    """It cannot be done, and the message says why, for a curator."""


@transaction.atomic
def note_question(text: str, *, reason: Reason, shown: Collection[str], by_senior: bool) -> UUID:
    """Keep a question that somebody passed on. See `knowledge.public.note_question`."""
    question = Question.objects.create(
        text=text[:MOST_CHARACTERS], reason=reason, shown=list(dict.fromkeys(shown)), by_senior=by_senior
    )
    transaction.on_commit(lambda: current_app.send_task(TEND, countdown=TEND_DELAY_S), robust=True)
    return question.ticket


@transaction.atomic
def forget_questions(tickets: Collection[UUID]) -> int:
    """Delete questions that were taken back; how many there were. A group that is left empty and undecided goes too."""
    gone = Question.objects.filter(ticket__in=tickets)
    groups = set(QuestionGroup.objects.filter(questions__in=gone).values_list("pk", flat=True))
    count, _ = gone.delete()
    recount(groups)
    return count


def forget_old() -> int:
    """Delete what has been kept long enough; how many."""
    old = Question.objects.filter(asked_on__lt=timezone.localdate() - RETENTION)
    return forget_questions(list(old.values_list("ticket", flat=True)[:BATCH]))


def gather() -> int:
    """Put new questions to those that mean the same; how many. Blocks while they are embedded."""
    fresh = list(Question.objects.filter(group=None).order_by("asked_on", "pk")[:BATCH])
    if not fresh:
        return 0
    from knowledge.embedding.embedder import configured_embedder  # the model is of no use to most commands
    from knowledge.inbox.meaning import Middles, packed, unpacked

    embedder = configured_embedder()
    vectors = embedder.embed_queries([question.text for question in fresh])
    with transaction.atomic():
        middles = Middles()
        known = Question.objects.filter(model=embedder.name).exclude(group=None).exclude(group__state=State.ANSWERED)
        for group, vector in known.select_for_update().values_list("group", "vector"):
            middles.add(group, unpacked(vector))
        for question, vector in zip(fresh, vectors, strict=True):
            group = middles.nearest(vector) or QuestionGroup.objects.create(last_asked_on=question.asked_on).pk
            middles.add(group, vector)
            Question.objects.filter(pk=question.pk, group=None).update(
                group=group, vector=packed(vector), model=embedder.name
            )
        recount(set(QuestionGroup.objects.filter(questions__in=fresh).values_list("pk", flat=True)))
    return len(fresh)


def recount(groups: Collection[int]) -> None:
    """Note how many are in these groups now; one that is empty and undecided goes."""
    counted = QuestionGroup.objects.filter(pk__in=groups).annotate(
        now=Count("questions"), last=Max("questions__asked_on")
    )
    for group in counted:
        if not group.now and not group.is_decided:
            group.delete()
        else:
            QuestionGroup.objects.filter(pk=group.pk).update(
                people=group.now, last_asked_on=group.last or group.last_asked_on
            )


@transaction.atomic
def write_answer(group_id: int, *, by: UUID) -> Entry:
    """Begin a draft for a group: its wordings as the question and other ways to ask it, in the place of what was shown.

    Raises:
        InboxRefused: an entry is on its way already, or nobody's words are left.
    """
    group = _undecided(group_id)
    questions = list(group.questions.all())
    wordings = plain_wordings(question.text for question in questions)
    if not wordings:
        raise InboxRefused("Nobody's words are left in this group.")
    near = Entry.objects.filter(key__in=[key for question in questions for key in question.shown]).first()
    entry = Entry(
        key=key_for(wordings[0], set(Entry.objects.values_list("key", flat=True))),
        question=wordings[0],
        alternatives=wordings[1 : 1 + MOST_WORDINGS],
        answer=TO_BE_WRITTEN,
        category=near.category if near else "unsorted",
        provenance_detail="Asked by people",
    )
    words_changed(entry, by=by)
    entry.save()
    keep_version(entry, Action.WRITTEN, by=by, reason="People asked this.")
    _decide(group, State.WRITING, by=by, entry=entry)
    return entry


@transaction.atomic
def link_entry(group_id: int, key: str, *, by: UUID, add_wordings: bool) -> Entry:
    """Say that an entry answers these questions.

    Args:
        group_id: of the questions.
        key: of the entry.
        by: the curator.
        add_wordings: make these words other ways to ask it. It is a draft then, and is reviewed like any other change.

    Raises:
        InboxRefused: there is no such entry, it is retired, or an entry is on its way already.
    """
    group = _undecided(group_id)
    entry = Entry.objects.select_for_update().filter(key=key).first()
    if entry is None:
        raise InboxRefused(f"There is no entry “{key}”.")
    if entry.status == Entry.Status.RETIRED:
        raise InboxRefused("That entry is retired. Take it up again first.")
    if add_wordings:
        known = {text.lower().strip(" ?.!") for text in [entry.question, *entry.alternatives]}
        wordings = plain_wordings(question.text for question in group.questions.all())
        fresh = [text for text in wordings if text.lower().strip(" ?.!") not in known]
        entry.alternatives = [*entry.alternatives, *fresh[:MOST_WORDINGS]]
        words_changed(entry, by=by)
        entry.save()
        keep_version(entry, Action.EDITED, by=by, reason="Other ways in which people asked this.")
    _decide(group, State.WRITING, by=by, entry=entry)
    return entry


@transaction.atomic
def dismiss(group_id: int, *, by: UUID, reason: str) -> None:
    """Say that Lilo need not answer this, and why. Later questions of the same meaning are dismissed with it.

    Raises:
        InboxRefused: no reason is given, or an entry is on its way already.
    """
    group = _undecided(group_id)
    if not reason.strip():
        raise InboxRefused("Say why Lilo need not answer this.")
    _decide(group, State.DISMISSED, by=by, reason=reason.strip()[:300])


@transaction.atomic
def take_up_again(group_id: int, *, by: UUID) -> None:
    """Let a group wait again, whatever was made of it. Who was told that it is answered stays told."""
    group = QuestionGroup.objects.select_for_update().get(pk=group_id)
    _decide(group, State.OPEN, by=by)


def _undecided(group_id: int) -> QuestionGroup:
    group = QuestionGroup.objects.select_for_update().get(pk=group_id)
    if group.state != State.OPEN:
        raise InboxRefused(f"It is not waiting any more: {group.get_state_display().lower()}.")
    return group


def _decide(group: QuestionGroup, state: State, *, by: UUID, entry: Entry | None = None, reason: str = "") -> None:
    group.state, group.entry, group.dismissed_because = state, entry, reason
    group.decided_by_id, group.decided_at = by, timezone.now()
    group.save(update_fields=["state", "entry", "dismissed_because", "decided_by", "decided_at"])
    group.questions.update(tried_with="")  # that another entry did not answer them says nothing of this one


def find_answered() -> int:
    """Ask each waiting question again once its entry is published and serves; how many are answered by it now.

    Nobody is told that Lilo knows more before it really answers *their* words. One that it does not find is asked again
    when the index has changed; until then the inbox says so. Blocks.
    """
    from knowledge.index.serving import snapshot  # numpy and the index are of no use to most commands

    try:
        ask, manifest = answering(), snapshot().artefact.manifest
    except (LookupError, KnowledgeUnavailable):
        return 0
    waiting = Question.objects.filter(
        group__state=State.WRITING, group__entry__status=Entry.Status.PUBLISHED, answered_by=""
    ).exclude(tried_with=manifest.version)
    found = 0
    for question in waiting.select_related("group__entry")[:BATCH]:
        entry = question.group.entry if question.group else None
        changed = entry.index_changed_at if entry else None
        if entry is None or (changed is not None and changed.timestamp() >= manifest.read_at):
            continue
        is_found = _is_answered_by(entry, question, ask)
        rows = Question.objects.filter(pk=question.pk)
        rows.update(tried_with=manifest.version, answered_by=entry.key if is_found else "")
        found += is_found
    unfinished = Question.objects.filter(answered_by="", group__state=State.WRITING).values("group")
    QuestionGroup.objects.filter(state=State.WRITING, questions__isnull=False).exclude(pk__in=unfinished).filter(
        entry__status=Entry.Status.PUBLISHED
    ).update(state=State.ANSWERED)
    return found


def _is_answered_by(entry: Entry, question: Question, ask: Answering) -> bool:
    answered = async_to_sync(ask)(question.text, by_senior=question.by_senior)
    return answered.kind == "answer" and entry.key in answered.entries


def acknowledge_answers(tickets: Collection[UUID]) -> None:
    """See `knowledge.public.acknowledge_answers`."""
    Question.objects.filter(ticket__in=tickets).update(is_told=True)
