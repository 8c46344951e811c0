"""The senior's answer to a question that safety asked: by a large button, or in a few plain words.

Only words that are nothing but an answer are taken as one; anything more is a message like any other, and is screened.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import DatabaseError

from companion.chat import phrases
from companion.chat.danger import needs_help, who_to_tell
from companion.chat.events import Emergency
from companion.circle.access import NotYoursError
from companion.safety import actions
from companion.safety.models import Alert
from companion.safety.response import CHOOSE_WHOM, IS_WELL, NEEDS_HELP
from companion.safety.selectors import open_alert_of
from lilo_site.threads import in_reserved_thread

if TYPE_CHECKING:
    from companion.chat.reply import Exchange
    from companion.chat.turn import Speaker

log = logging.getLogger(__name__)

TELL = "safety:tell"
#: Seconds a database may take to find the question.
PATIENCE = 5.0
_SELF = (
    r"(?:i'?m|i am|i feel)\s+(?:quite\s+|perfectly\s+)?(?:fine|ok|okay|all\s*right|alright|well|good|safe)"
    r"(?:\s+(?:now|thanks?|thank\s+you))*"
)
_NO = re.compile(
    rf"^(?:(?:no|nope|nah)(?:[\s,]+(?:thanks?|thank\s+you|dear|love|lilo|not\s+now))*|(?:no[\s,]+)?{_SELF})[\s.!]*$",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^(?:(?:yes|yeah|yep|aye)(?:[\s,]+(?:please|i\s+do|i\s+am|help|it\s+is|it\s+does))*"
    r"|(?:yes[\s,]+)?(?:i\s+need\s+help|help(?:\s+me)?))[\s.!]*$",
    re.IGNORECASE,
)


class Word(StrEnum):
    """What an answer says, in the words that are kept of it."""

    HELP = "I need help"
    WELL = "I am all right"
    CHOOSE = "Let me choose who is told"
    TELL = "Please tell them"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was given."""

    word: Word
    by_button: bool
    alert_id: UUID | None = None
    """The alert whose card the button was on."""
    whom: UUID | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What Lilo says to an answer: fixed words, and the card of the danger where it is still there."""

    said: str
    text: str
    emergency: Emergency | None = None
    cleared: Alert | None = None
    """The alert whose question it answered with a clear no."""


BUTTONS = {NEEDS_HELP: Word.HELP, IS_WELL: Word.WELL, CHOOSE_WHOM: Word.CHOOSE, TELL: Word.TELL}
_BUTTON = re.compile(r"^(safety:[a-z-]+)(?::(\S*?))?(?::(\S*))?$")


def answer_in(text: str) -> Answer | None:
    """The answer that the words are, or None where they say more than that."""
    pressed = _BUTTON.match(text)
    if pressed is not None and pressed[1] in BUTTONS:
        alert_id, whom = (_id_in(part) for part in pressed.groups()[1:])
        return Answer(BUTTONS[pressed[1]], by_button=True, alert_id=alert_id, whom=whom)
    plain = text.replace("’", "'")
    if _NO.match(plain):
        return Answer(Word.WELL, by_button=False)
    return Answer(Word.HELP, by_button=False) if _YES.match(plain) else None


def _id_in(part: str | None) -> UUID | None:
    """The id, or None where there is none or it is broken: a button is never refused for that."""
    try:
        return UUID(part or "")
    except ValueError:
        return None


def talk_in(recent: Sequence[Exchange]) -> list[Exchange]:
    """The earlier turns that a question may lean on: a plain answer to one of safety asks and tells nothing."""
    return [each for each in recent if not each.is_aside and (each.entries or answer_in(each.said) is None)]


async def take_answer(text: str, speaker: Speaker, turn_id: UUID, *, trace_id: str) -> Outcome | None:
    """Act on an answer to the alert of its card, or to the newest open one. None: no answer, or nothing was asked.

    A database that does not answer in time never stands in the way: words are then screened, and a pressed "I need
    help" is an emergency of its own.
    """
    answer = answer_in(text)
    if answer is None:
        return None
    try:
        async with asyncio.timeout(PATIENCE):
            alert = await in_reserved_thread(open_alert_of, speaker.user_id, answer.alert_id)
            if alert is not None and answer.word is not Word.HELP:
                return await _act(answer, alert, speaker, turn_id)
            if alert is not None and (answer.by_button or _is_asking(alert)):
                if _is_asking(alert):
                    await in_reserved_thread(actions.answer_question, alert.pk, alert.senior_id, yes=True)
                card = await needs_help(speaker, alert.category, turn_id, trace_id=trace_id)
                return Outcome(Word.HELP, card.text, card)
    except (DatabaseError, TimeoutError):
        log.exception("an answer could not be matched to its question")
    if answer.word is Word.WELL:
        ended = await asyncio.to_thread(actions.all_clear_in_spool, speaker.user_id, answer.alert_id)
        if ended is not None:
            return Outcome(Word.WELL, phrases.GLAD_YOU_ARE_WELL if ended else phrases.THEY_WILL_STILL_CHECK)
    if not answer.by_button:
        return None
    if answer.word is Word.HELP:
        card = await needs_help(speaker, "help", turn_id, trace_id=trace_id)
        return Outcome(Word.HELP, card.text, card)
    return Outcome(answer.word, phrases.ALL_IS_WELL)


async def _act(answer: Answer, alert: Alert, speaker: Speaker, turn_id: UUID) -> Outcome | None:
    if answer.word is Word.WELL:
        return await _is_well(alert, by_button=answer.by_button)
    if answer.word is Word.TELL:
        return await _tell(alert, answer.whom)
    card = await in_reserved_thread(who_to_tell, alert, turn_id, speaker.country, TELL)
    return Outcome(answer.word, card.text, card)


def _is_asking(alert: Alert) -> bool:
    return alert.answer_due_at is not None or alert.told_since is None


async def _is_well(alert: Alert, *, by_button: bool) -> Outcome | None:
    if _is_asking(alert):
        await in_reserved_thread(actions.answer_question, alert.pk, alert.senior_id, yes=False)
        return Outcome(Word.WELL, phrases.GLAD_YOU_ARE_WELL, cleared=alert)
    if not by_button:  # an emergency is lowered by its button only, never by words that may mean something else
        return None
    await in_reserved_thread(actions.senior_all_clear, alert.pk, alert.senior_id)
    return Outcome(Word.WELL, phrases.THEY_WILL_STILL_CHECK)


async def _tell(alert: Alert, whom: UUID | None) -> Outcome:
    try:
        if whom is None:
            return Outcome(Word.TELL, phrases.NOT_TOLD)
        await in_reserved_thread(actions.tell, alert.pk, alert.senior_id, user_id=whom)
    except NotYoursError:
        return Outcome(Word.TELL, phrases.NOT_TOLD)
    return Outcome(Word.TELL, phrases.TELLING)
