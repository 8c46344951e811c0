"""What a senior tells of themselves in the talk, offered to be written into the journal. Nothing is stored unasked.

An offer keeps nothing of its own: its buttons carry the turn's id, and a yes reads the kept words of that turn again. A
dangerous number that is told is asked about at once, as the screen asks; the screen itself always comes before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from companion.accounts.models import Kind as PersonKind
from companion.accounts.models import User
from companion.care.journal.actions import DoubtError, write
from companion.care.journal.advice import Advice, Urgency, advice_for
from companion.care.journal.hearing import Heard, hear
from companion.care.journal.measures import Kind, sentence, unit_of
from companion.care.journal.models import Source
from companion.chat.danger import raise_for
from companion.chat.events import Choice, Emergency, Phone
from companion.chat.pressed import Pressed, Said, value_of
from companion.chat.reply import Exchange, Reply
from companion.chat.selectors import recent_messages
from companion.circle.actions import create_profile
from companion.circle.refusals import RefusedError
from companion.safety.numbers import emergency_numbers
from companion.safety.response import ANSWER_WITHIN_S, IS_WELL, NEEDS_HELP
from companion.safety.screen import Assessment, Level

if TYPE_CHECKING:
    from companion.chat.turn import Speaker, Turn

OFFER: Final = "journal"
SAVE, NO = "save", "no"
LEAD: Final = "Shall I write this in your journal:"
#: Numbers from scales and meters. They are always offered; a mood or an ache not again within a few turns.
MEASURED: Final = frozenset({Kind.BLOOD_PRESSURE, Kind.GLUCOSE, Kind.WEIGHT, Kind.STEPS, Kind.SLEEP_HOURS})
#: How many of the last messages a pressed button may belong to.
REACH: Final = 60
WRITTEN: Final = Said("Yes, write it down", "I have written it in your journal.")
NOT_WRITTEN: Final = Said("No, thank you", "All right. I write nothing down.")
TOO_OLD: Final = Said("Yes, write it down", "I do not have those words any more. You can write it in your journal.")


async def danger_in(turn: Turn, *, category: str = "") -> Emergency | None:
    """The question to a dangerous number that a senior tells of themselves; its alert is stored before.

    Where the screen would ask in the same category, this is the better question: it says what to do about the number.
    """
    urgent = _urgent(_heard(turn.text, turn.speaker), Urgency.ASK)
    if urgent is None or category not in ("", urgent.category):
        return None
    heard = Assessment(Level.ASK, urgent.category, 1.0, (urgent.key,))
    raised = await raise_for(turn.speaker, heard, turn.text, turn.turn_id, trace_id=turn.trace_id)
    phones = emergency_numbers(turn.speaker.country, "medical")
    return Emergency(
        turn_id=turn.turn_id,
        level="A",
        category=urgent.category,
        text=f"{urgent.title}. {urgent.text} {urgent.question}",
        steps=urgent.steps,
        phones=tuple(Phone(label=phone.label, number=phone.number, tel=phone.tel) for phone in phones),
        choices=(
            Choice(label=urgent.yes, value=f"{NEEDS_HELP}:{raised.alert_id}"),
            Choice(label=urgent.no, value=f"{IS_WELL}:{raised.alert_id}"),
        ),
        alert_id=raised.alert_id,
        respond_within_s=ANSWER_WITHIN_S,
    )


def with_offer(reply: Reply, turn: Turn) -> Reply:
    """The reply, with the offer behind it where the words told something that belongs in a journal."""
    heard = _heard(turn.text, turn.speaker)
    if not heard or _asked_lately(heard, turn.recent):
        return reply
    question = f"{LEAD} {'; '.join(_words(each) for each in heard)}?"
    choices = (
        Choice(label="Yes, write it down", value=value_of(OFFER, turn.turn_id, SAVE)),
        Choice(label="No, thank you", value=value_of(OFFER, turn.turn_id, NO)),
    )
    is_talk = any(each.reading.kind not in MEASURED for each in heard)
    if reply.kind == "answer" and is_talk:
        sentences = _followed(reply.sentences, question)
        return replace(reply, sentences=sentences, grounds=(*reply.grounds, question), choices=choices)
    advice = _urgent(heard, Urgency.TODAY)
    thanks = f"{advice.title}. {advice.text} {' '.join(advice.steps)}" if advice else "Thank you for telling me."
    return Reply.fixed(f"{thanks} {question}", kind="small_talk", strategy="journal_offer", choices=choices)


def press(pressed: Pressed) -> Said:
    """A pressed yes writes what the words of that turn told, once; a no writes nothing. Blocks."""
    if pressed.verb != SAVE:
        return NOT_WRITTEN
    user = User.objects.filter(pk=pressed.by).first()
    told = _told(pressed.by, pressed.id)
    heard = hear(told[0], country=user.country) if told is not None and user is not None else ()
    if user is None or told is None or not heard or not user.is_senior:
        return TOO_OLD
    create_profile(user)
    advice: list[Advice] = []
    try:
        for days_ago in sorted({each.days_ago for each in heard}):
            readings = [each.reading for each in heard if each.days_ago == days_ago]
            at = told[1] - timedelta(days=days_ago)
            key = f"chat:{pressed.id}:{days_ago}"
            written = write(user, user.pk, readings, source=Source.CHAT, at=at, key=key, is_sure=True)
            advice += [written.advice] if written.advice else []
    except (DoubtError, RefusedError):
        return TOO_OLD
    more = f" {advice[0].title}. {advice[0].text}" if advice else ""
    return replace(WRITTEN, reply=f"{WRITTEN.reply}{more}")


def _heard(text: str, speaker: Speaker) -> tuple[Heard, ...]:
    return hear(text, country=speaker.country) if speaker.kind == PersonKind.SENIOR else ()


def _urgent(heard: Sequence[Heard], urgency: Urgency) -> Advice | None:
    """The first piece of advice of that urgency to what is told of today."""
    found = (advice_for(each.reading) for each in heard if not each.days_ago)
    return next((advice for advice in found if advice is not None and advice.urgency is urgency), None)


def _words(heard: Heard) -> str:
    reading = heard.reading
    unit = unit_of(reading.kind, reading.unit) if reading.unit else None
    return f"{sentence(reading, unit)}{', yesterday' if heard.days_ago else ''}"


def _asked_lately(heard: Sequence[Heard], recent: Sequence[Exchange]) -> bool:
    """Whether Lilo has just offered something: it is not to be pushy. A measured number is another matter."""
    if any(each.reading.kind in MEASURED for each in heard):
        return False
    return any(LEAD in exchange.answered for exchange in recent)


def _told(user_id: UUID, turn_id: UUID) -> tuple[str, datetime] | None:
    """The words of one of the last turns, and when they were said."""
    for message in recent_messages(user_id, limit=REACH):
        if message.turn_id == turn_id and message.role == "senior":
            return message.text, message.created_at
    return None


async def _followed(sentences: AsyncIterator[str], last: str) -> AsyncIterator[str]:
    async for each in sentences:
        yield each
    yield last
