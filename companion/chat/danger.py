"""When danger is heard: the alert is stored first, then the person is answered with fixed words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from companion.chat import phrases
from companion.chat.daily_news import is_plain_news
from companion.chat.dose_words import is_plain_report
from companion.chat.events import Choice, Emergency, Phone
from companion.safety import address_book, spool
from companion.safety.access import possible_confidants
from companion.safety.actions import RaisedAlert, new_report, raise_alert
from companion.safety.languages import cries_for_help, foreign_language
from companion.safety.models import Alert
from companion.safety.numbers import emergency_numbers
from companion.safety.response import IS_WELL, response_for
from companion.safety.screen import Assessment, Level, floor, screen
from companion.safety.screen.floor import AGREES
from companion.safety.screen.levels import NOTHING
from companion.safety.second_look import is_wanted, second_look
from lilo_site.threads import in_reserved_thread

if TYPE_CHECKING:
    from companion.chat.reply import Exchange
    from companion.chat.turn import Speaker, Turn

log = logging.getLogger(__name__)

#: Seconds a database may take for an alert.
ALERT_PATIENCE = 5.0
#: What the learned layer may take a plain dose for.
_OF_DOSES = frozenset({"medicine", "diabetes"})
#: What it is believed in, however plain the words.
_BELIEVED = frozenset({"self_harm", "abuse"})
#: Second looks under way; the event loop itself holds tasks only weakly.
_looking: set[asyncio.Task[Emergency | None]] = set()


def is_danger(assessment: Assessment) -> bool:
    """Whether the assessment calls for an alert or a question, before anything else."""
    return assessment.level in (Level.EMERGENCY, Level.ASK)


async def hear(text: str, recent: Sequence[Exchange]) -> Assessment:
    """What the screen hears in a message, after what was said since the last all-clear."""
    before = since_all_clear(recent)
    return unless_plain(await screen(text, recent=before), text, before)


def since_all_clear(recent: Sequence[Exchange]) -> list[str]:
    """What was said since a question of safety was answered with "I am all right": that is no news of a danger."""
    said: list[str] = []
    for exchange in recent:
        said = [] if exchange.answered.startswith(phrases.GLAD_YOU_ARE_WELL) else [*said, exchange.said]
    return said


def with_cry_for_help(assessment: Assessment, text: str) -> Assessment:
    """The assessment, raised to a question where the words call for help in a language other than English.

    What the learned layer asks about in such a language is a guess: from even odds the general question is asked in its
    place, and less is none, for it learned English alone.
    """
    language = foreign_language(text)
    if language is None or assessment.level is Level.EMERGENCY:
        return assessment
    is_guess = is_danger(assessment)
    if is_guess and is_danger(floor(text)):
        return assessment
    if (is_guess and assessment.score >= AGREES) or cries_for_help(text, language):
        return Assessment(Level.ASK, "help", 1.0, (*assessment.reasons, f"in another language: {language.code}"))
    return NOTHING if is_guess else assessment


def unless_plain(assessment: Assessment, text: str, recent: Sequence[str]) -> Assessment:
    """The assessment; none where the learned layer alone hears danger in "I took my pills" or "my knee hurts a bit".

    The floor must hear none either, in these words or in any before them: after words of despair they may mean another
    thing.
    """
    if not is_danger(assessment):
        return assessment
    is_dose = assessment.category in _OF_DOSES and is_plain_report(text)
    if not is_dose and (assessment.category in _BELIEVED or not is_plain_news(text)):
        return assessment
    return assessment if any(is_danger(floor(said)) for said in (text, *recent)) else NOTHING


def look_again(turn: Turn, assessment: Assessment) -> asyncio.Task[Emergency | None] | None:
    """Begin the second look of a language model at what was said, where one is configured and could change anything.

    What comes of it is the card of what it raised, whose alert is stored before. It goes on where the turn is cut off.
    """
    if not is_wanted(assessment):
        return None
    task = asyncio.create_task(_look_again(turn, assessment))
    _looking.add(task)
    task.add_done_callback(_looking.discard)
    return task


async def _look_again(turn: Turn, assessment: Assessment) -> Emergency | None:
    recent = [exchange.said for exchange in turn.recent]
    graver = await second_look(turn.text, recent=recent, assessment=assessment)
    if graver is None:
        return None
    key = f"{turn.turn_id}:again"  # of its own: under the turn's, it would be the question that was stored already
    return await emergency_event(turn.turn_id, turn.text, turn.speaker, graver, trace_id=turn.trace_id, key=key)


async def emergency_event(
    turn_id: UUID, words: str, speaker: Speaker, assessment: Assessment, *, trace_id: str, key: str = ""
) -> Emergency:
    """Store the alert, committed or spooled, and only then word the response."""
    raised = await raise_for(speaker, assessment, words, turn_id, trace_id=trace_id, key=key)
    card = _card(assessment, turn_id, speaker.country, raised.alert_id, circle_told=raised.circle_told)
    language = foreign_language(words)
    if language is None or not language.ask:
        return card
    asked = language.ask.format(number=emergency_numbers(speaker.country)[0].number)
    return card.model_copy(update={"text": f"{asked} {card.text}"})


async def needs_help(speaker: Speaker, category: str, turn_id: UUID, *, trace_id: str) -> Emergency:
    """The senior says that help is needed: an emergency, whatever became of an earlier alert."""
    assessment = Assessment(Level.EMERGENCY, category, 1.0, ("said yes",))
    return await emergency_event(turn_id, phrases.NEEDS_HELP, speaker, assessment, trace_id=trace_id)


async def raise_for(
    speaker: Speaker, assessment: Assessment, words: str, turn_id: UUID, *, trace_id: str, key: str = ""
) -> RaisedAlert:
    """Store an alert of what was said. A database that does not answer in time is passed by: the disk takes the alert.

    Both ways carry one key, the turn's id unless another is given, so that an alert that arrives by both is one.
    """
    facts: dict[str, Any] = {
        "senior_id": speaker.user_id,
        "level": assessment.level,
        "category": assessment.category,
        "words": words,
        "reasons": assessment.reasons,
        "source": "chat",
        "turn_id": turn_id,
        "trace_id": trace_id,
        "key": key or str(turn_id),
    }
    try:
        async with asyncio.timeout(ALERT_PATIENCE):
            return await in_reserved_thread(raise_alert, **facts)
    except OSError:  # a time-out is one, and so is a disk that is full
        log.exception("an alert was not stored in time: it is spooled", extra={"trace_id": trace_id})
    report = new_report(**facts)
    try:
        await asyncio.to_thread(spool.append, report)
    except OSError:  # nobody can be told: then the person at least hears at once whom to ring
        log.critical("an alert is lost: no store takes it", exc_info=True, extra={"trace_id": trace_id})
        return RaisedAlert(report.alert_id, joined=False, spooled=False, circle_told=False)
    told = address_book.can_tell(speaker.user_id, assessment.category)
    return RaisedAlert(report.alert_id, joined=False, spooled=True, circle_told=told)


def who_to_tell(alert: Alert, turn_id: UUID, country: str, value: str) -> Emergency:
    """The people the senior may pick to be told of something nobody was told. Blocks.

    Args:
        alert: of the senior.
        turn_id: the turn that asks.
        country: of the senior, for the numbers.
        value: how the value of a choice begins; the person's id follows.
    """
    members = possible_confidants(alert)
    people = tuple(
        Choice(label=member.user.full_name, value=f"{value}:{alert.pk}:{member.user_id}") for member in members
    )
    card = _card(Assessment(Level.ASK, alert.category, 1.0, ()), turn_id, country, alert.pk, circle_told=False)
    choices = (*people, Choice(label=phrases.NOBODY_FOR_NOW, value=f"{IS_WELL}:{alert.pk}"))
    text = phrases.WHOM_TO_TELL if people else phrases.NOBODY_TO_TELL
    return card.model_copy(update={"text": text, "choices": choices, "respond_within_s": None})


def _card(assessment: Assessment, turn_id: UUID, country: str, alert_id: UUID, *, circle_told: bool) -> Emergency:
    response = response_for(assessment, country=country, circle_will_be_told=circle_told)
    return Emergency(
        turn_id=turn_id,
        level="E" if assessment.level is Level.EMERGENCY else "A",
        category=assessment.category,
        text=response.text,
        steps=tuple(response.steps),
        phones=tuple(Phone(label=phone.label, number=phone.number, tel=phone.tel) for phone in response.phones),
        choices=tuple(Choice(label=choice.label, value=f"{choice.value}:{alert_id}") for choice in response.choices),
        alert_id=alert_id,
        respond_within_s=response.respond_within_s,
    )
