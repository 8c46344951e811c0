"""When danger is heard: the alert is stored first, then the person is answered with fixed words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from companion.chat.events import Choice, Emergency, Phone
from companion.safety.actions import raise_alert
from companion.safety.response import response_for
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
    response = response_for(assessment, country=speaker.country, circle_will_be_told=raised.circle_told)
    return Emergency(
        turn_id=turn_id,
        level="E" if assessment.level is Level.EMERGENCY else "A",
        category=assessment.category,
        text=response.text,
        steps=tuple(response.steps),
        phones=tuple(Phone(label=phone.label, number=phone.number, tel=phone.tel) for phone in response.phones),
        choices=tuple(Choice(label=choice.label, value=choice.value) for choice in response.choices),
        alert_id=raised.alert_id,
        respond_within_s=response.respond_within_s,
    )
