"""Passing a question on, taking it back, and hearing that it is answered.

All of it blocks: the event loop calls it through `lilo_site.threads.in_thread`, and never before an answer is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import IntegrityError, transaction
from django.utils import timezone

from companion.accounts.events import send_hints, user_group
from companion.accounts.models import User
from companion.care.medicines.pairs import medicine_names
from companion.chat.danger import is_danger
from companion.chat.events import Choice, Reminder
from companion.chat.family_messages.rules import due_at
from companion.chat.history import StoredMessage
from companion.chat.models import Feedback
from companion.chat.pressed import value_of
from companion.chat.questions.models import PassedQuestion, PassingOn
from companion.chat.questions.redaction import capital_words, redact
from companion.chat.selectors import recent_messages
from companion.circle.selectors import names_round
from companion.safety.screen import screen
from knowledge.public import (
    KnowledgeUnavailable,
    acknowledge_answers,
    answered_questions,
    entry_page,
    find_evidence,
    forget_questions,
    known_words,
    note_question,
)

log = logging.getLogger(__name__)

#: What the values of the buttons begin with.
KIND = "question"
#: How many of the last messages a pressed button may belong to.
REACH = 60
#: Kept as long as knowledge keeps its side.
RETENTION = timedelta(days=180)
#: An answer comes up by itself at most so often; others wait on the page.
CALM = timedelta(hours=20)
CARDS = 2
BATCH = 100
SHOWN_CHARACTERS = 120
Passable = tuple[StoredMessage, StoredMessage]


def choice_of(user_id: UUID) -> PassingOn.Choice:
    """What a person said about passing questions on; at first they are asked each time."""
    said = PassingOn.objects.filter(pk=user_id).values_list("choice", flat=True).first()
    return PassingOn.Choice(said or PassingOn.Choice.ASK)


def choose(user_id: UUID, choice: PassingOn.Choice) -> None:
    """Keep what a person says about passing questions on. "Never" takes back what was passed on, too."""
    with transaction.atomic():
        PassingOn.objects.update_or_create(user_id=user_id, defaults={"choice": choice, "decided_at": timezone.now()})
        if choice is PassingOn.Choice.NEVER:
            take_back(user_id)


def words_to_pass(user_id: UUID, question: str) -> str:
    """What would be passed on of a question."""
    try:
        known = known_words(capital_words(question))
    except KnowledgeUnavailable:  # then more is taken out
        known = frozenset()
    return redact(question, names=names_round(user_id), known=known | medicine_names())


def passable(user_id: UUID, turn_id: UUID) -> Passable | None:
    """The kept sides of one of the last turns, where its question may be passed on at all."""
    sides = {each.role: each for each in recent_messages(user_id, limit=REACH) if each.turn_id == turn_id}
    said, answered = sides.get("senior"), sides.get("lilo")
    if said is None or answered is None or answered.kind not in ("answer", "abstention"):
        return None
    if answered.about:  # danger was heard in the words at first: they never leave
        return None
    return said, answered


def question_in(turn: Passable) -> str:
    """What was asked in a turn, made whole by what came before."""
    said, answered = turn
    return answered.searched or said.text


def pass_on(user_id: UUID, turn_id: UUID) -> bool:
    """Pass the question of a kept turn on, once, without names. False where there is none that may be.

    The person has allowed it. Words in which danger is heard never leave, whatever was pressed.
    """
    turn = passable(user_id, turn_id)
    asker = User.objects.filter(pk=user_id, is_active=True).first()
    if turn is None or asker is None:
        return False
    is_unanswered = turn[1].kind == "abstention"
    if not is_unanswered and not Feedback.objects.filter(user=asker, turn_id=turn_id, helpful=False).exists():
        return False
    if PassedQuestion.objects.filter(user=asker, turn_id=turn_id).exists():
        return True
    question = question_in(turn)
    if any(is_danger(async_to_sync(screen)(words)) for words in {question, turn[0].text}):
        return False
    words, shown = words_to_pass(user_id, question), turn[1].entries or _near(question, turn[1].suggestions)
    try:
        with transaction.atomic():
            ticket = note_question(
                words,
                reason="unanswered" if is_unanswered else "not_helpful",
                shown=shown,
                by_senior=asker.is_senior,
            )
            PassedQuestion.objects.create(
                user=asker,
                turn_id=turn_id,
                question=question,
                passed=words,
                ticket=str(ticket),
                passed_at=timezone.now(),
            )
    except IntegrityError:
        log.info("a question was passed on already")  # by the same button in another window
    return True


def _near(question: str, suggested: Sequence[str]) -> list[str]:
    """The keys of the entries that were offered as near, by their questions."""
    if not suggested:
        return []
    try:
        found = async_to_sync(find_evidence)(question)
    except KnowledgeUnavailable:
        return []
    return [item.key for item in found.evidence if item.question in suggested]


def take_back(user_id: UUID) -> int:
    """Take back every question that a person has passed on: it is deleted on both sides. How many there were."""
    with transaction.atomic():
        mine = PassedQuestion.objects.filter(user=user_id)
        tickets = [UUID(ticket) for ticket in mine.values_list("ticket", flat=True)]
        forget_questions(tickets)
        mine.delete()
    return len(tickets)


def forget_old(now: datetime) -> None:
    """Forget what was passed on long ago."""
    PassedQuestion.objects.filter(passed_at__lt=now - RETENTION).delete()


def note_answers() -> int:
    """Note which questions Lilo answers by now; how many. A ticket that nobody holds any more is let go."""
    index = PassedQuestion._meta.get_field("ticket_index")
    answered = answered_questions(limit=BATCH)
    with transaction.atomic():
        noted = sum(
            PassedQuestion.objects.filter(ticket_index=index.index_of(str(each.ticket))).update(key=each.key)
            for each in answered
        )
        acknowledge_answers([each.ticket for each in answered])
    return noted


def bring_up_answers() -> int:
    """Say on open pages that Lilo knows more now; how many. Once for each question, one a day, and never at night."""
    now = timezone.now()
    waiting = PassedQuestion.objects.exclude(key="").filter(told_at=None, settled_at=None, user__is_active=True)
    told = 0
    for row in waiting.select_related("user").order_by("passed_at")[:BATCH]:
        was_told = PassedQuestion.objects.filter(user=row.user_id, told_at__gt=now - CALM).exists()
        if was_told or due_at(now, row.user.time_zone, _talked_at(row.user_id)) > now or not _is_there(row.key):
            continue
        push = {"type": "push", "user_id": str(row.user_id), "event": _card(row).model_dump(mode="json")}
        if send_hints([(user_group(row.user_id), push)]):
            told += PassedQuestion.objects.filter(pk=row.pk, told_at=None).update(told_at=now)
    return told


def waiting_answers(user_id: UUID) -> list[Reminder]:
    """The cards of a page that is opened: Lilo knows more now. Each stays until it is answered."""
    rows = list(
        PassedQuestion.objects.exclude(key="").filter(user=user_id, settled_at=None).order_by("passed_at")[: 2 * CARDS]
    )
    shown = [row for row in rows if _is_there(row.key)][:CARDS]
    new = [row.pk for row in shown if row.told_at is None]
    if new:
        PassedQuestion.objects.filter(pk__in=new).update(told_at=timezone.now())
    return [_card(row) for row in shown]


def settle(user_id: UUID, said: str) -> None:
    """The person has said these words: where they ask again what waits for them, its card has done its work."""
    index = PassedQuestion._meta.get_field("question_index").index_of(said)
    asked = PassedQuestion.objects.exclude(key="").filter(user=user_id, question_index=index, settled_at=None)
    if asked.exists():  # so that a turn that settles nothing writes nothing
        asked.update(settled_at=timezone.now())


def _card(row: PassedQuestion) -> Reminder:
    words = row.question
    if len(words) > SHOWN_CHARACTERS:
        words = f"{words[:SHOWN_CHARACTERS].rsplit(' ', 1)[0]} …"
    return Reminder(
        reminder_id=row.pk,
        title="I know more now",
        detail=f"You asked me: “{words}” Shall I tell you?",
        choices=(
            Choice(label="Yes, please", value=row.question),
            Choice(label="No, thank you", value=value_of(KIND, row.pk, "enough")),
        ),
    )


def _is_there(key: str) -> bool:
    """Whether the entry still answers: it may have been withdrawn meanwhile."""
    try:
        return entry_page(key) is not None
    except KnowledgeUnavailable:
        return False


def _talked_at(user_id: UUID) -> datetime | None:
    last = recent_messages(user_id, limit=1)
    return last[0].created_at if last else None
