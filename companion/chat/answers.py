"""The senior's answer to a question that safety asked: by a large button, or in a few plain words.

Only words that are nothing but an answer are taken as one; anything more is a message like any other, and is screened.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import DatabaseError

from companion.chat import phrases
from companion.chat.danger import emergency_again, who_to_tell
from companion.chat.events import Emergency
from companion.circle.access import NotYoursError
from companion.safety import actions
from companion.safety.models import Alert
from companion.safety.response import CHOOSE_WHOM, IS_WELL, NEEDS_HELP
from companion.safety.selectors import newest_open_alert
from lilo_site.threads import in_thread

if TYPE_CHECKING:
    from companion.chat.turn import Speaker

log = logging.getLogger(__name__)

TELL = "safety:tell:"
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
    whom: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What Lilo says to an answer: fixed words, and the card of the danger where it is still there."""

    said: str
    text: str
    emergency: Emergency | None = None


def answer_in(text: str) -> Answer | None:
    """The answer that the words are, or None where they say more than that."""
    pressed = {NEEDS_HELP: Word.HELP, IS_WELL: Word.WELL, CHOOSE_WHOM: Word.CHOOSE}.get(text)
    if pressed is not None:
        return Answer(pressed, by_button=True)
    if text.startswith(TELL):
        return Answer(Word.TELL, by_button=True, whom=text.removeprefix(TELL))
    plain = text.replace("’", "'")
    if _NO.match(plain):
        return Answer(Word.WELL, by_button=False)
    return Answer(Word.HELP, by_button=False) if _YES.match(plain) else None


async def take_answer(text: str, speaker: Speaker, turn_id: UUID) -> Outcome | None:
    """Act on an answer to the newest open alert. None: it is no answer, or nothing was asked."""
    answer = answer_in(text)
    if answer is None:
        return None
    try:
        alert = await in_thread(newest_open_alert, speaker.user_id)
    except DatabaseError:  # then the words are screened like any others: that needs no database
        log.exception("an answer could not be matched to its question")
        return None
    if alert is None:
        return Outcome(answer.word, phrases.ALL_IS_WELL) if answer.by_button else None
    is_asking = alert.answer_due_at is not None or alert.told_since is None
    if not (is_asking or answer.by_button):
        return None
    if answer.word is Word.HELP:
        return await _needs_help(alert, speaker, turn_id, is_asking=is_asking)
    if answer.word is Word.WELL:
        return await _is_well(alert, is_asking=is_asking)
    if answer.word is Word.TELL:
        return await _tell(alert, answer.whom)
    card = await in_thread(who_to_tell, alert, turn_id, speaker.country, TELL)
    return Outcome(answer.word, card.text, card)


async def _needs_help(alert: Alert, speaker: Speaker, turn_id: UUID, *, is_asking: bool) -> Outcome:
    if is_asking:
        await in_thread(actions.answer_question, alert.pk, alert.senior_id, yes=True)
    card = emergency_again(alert, turn_id, speaker.country)
    return Outcome(Word.HELP, card.text, card)


async def _is_well(alert: Alert, *, is_asking: bool) -> Outcome:
    if is_asking:
        await in_thread(actions.answer_question, alert.pk, alert.senior_id, yes=False)
        return Outcome(Word.WELL, phrases.GLAD_YOU_ARE_WELL)
    await in_thread(actions.senior_all_clear, alert.pk, alert.senior_id)
    return Outcome(Word.WELL, phrases.THEY_WILL_STILL_CHECK)


async def _tell(alert: Alert, whom: str) -> Outcome:
    try:
        await in_thread(actions.tell, alert.pk, alert.senior_id, user_id=UUID(whom))
    except (ValueError, NotYoursError):
        return Outcome(Word.TELL, phrases.NOT_TOLD)
    return Outcome(Word.TELL, phrases.TELLING)
