"""When danger is heard: the alert is stored first, then the person is answered with fixed words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from companion.chat import phrases
from companion.chat.events import Choice, Emergency, Phone
from companion.safety.access import possible_confidants
from companion.safety.actions import raise_alert
from companion.safety.models import Alert
from companion.safety.response import IS_WELL, response_for
from companion.safety.screen import Assessment, Level
from lilo_site.threads import in_thread

if TYPE_CHECKING:
    from companion.chat.turn import Speaker


def is_danger(assessment: Assessment) -> bool:
    """Whether the assessment calls for an alert or a question, before anything else."""
    return assessment.level in (Level.EMERGENCY, Level.ASK)


async def emergency_event(
    turn_id: UUID, words: str, speaker: Speaker, assessment: Assessment, *, trace_id: str
) -> Emergency:
    """Store the alert, committed or spooled, and only then word the response."""
    raised = await in_thread(
        raise_alert,
        senior_id=speaker.user_id,
        level=assessment.level,
        category=assessment.category,
        words=words,
        reasons=assessment.reasons,
        source="chat",
        turn_id=turn_id,
        trace_id=trace_id,
    )
    return _card(assessment, turn_id, speaker.country, raised.alert_id, circle_told=raised.circle_told)


def emergency_again(alert: Alert, turn_id: UUID, country: str) -> Emergency:
    """The card of an alert that the senior said yes to: help is needed."""
    assessment = Assessment(Level.EMERGENCY, alert.category, 1.0, ())
    return _card(assessment, turn_id, country, alert.pk, circle_told=not alert.is_confidential)


def who_to_tell(alert: Alert, turn_id: UUID, country: str, value: str) -> Emergency:
    """The people the senior may pick to be told of something nobody was told. Blocks.

    Args:
        alert: of the senior.
        turn_id: the turn that asks.
        country: of the senior, for the numbers.
        value: how the value of a choice begins; the person's id follows.
    """
    members = possible_confidants(alert)
    people = tuple(Choice(label=member.user.full_name, value=f"{value}{member.user_id}") for member in members)
    card = _card(Assessment(Level.ASK, alert.category, 1.0, ()), turn_id, country, alert.pk, circle_told=False)
    choices = (*people, Choice(label=phrases.NOBODY_FOR_NOW, value=IS_WELL))
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
        choices=tuple(Choice(label=choice.label, value=choice.value) for choice in response.choices),
        alert_id=alert_id,
        respond_within_s=response.respond_within_s,
    )
