"""What the API of alerts takes and gives."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field


class HelpOut(Schema):
    """What became of a call for help."""

    alert_id: UUID
    joined: bool = Field(description="It joined an alert that was open already.")
    stored: str = Field(description="`database`, or `spool` while the database is down: it is delivered either way.")
    circle_told: bool = Field(description="Somebody of the circle is being told.")


class AlertOut(Schema):
    """An alert as a person who may see it sees it. It holds no words of the senior's."""

    id: UUID
    senior_id: UUID
    senior: str
    level: str
    category: str
    state: str
    is_drill: bool
    is_calmed: bool
    raised_at: datetime
    claimed_by: str
    claimed_at: datetime | None
    closed_at: datetime | None


class AlertsOut(Schema):
    """Alerts that changed."""

    alerts: list[AlertOut]
    after: int = Field(description="Ask with this number next time. A change may come twice, never not at all.")


class TimelineLine(Schema):
    """One thing that happened."""

    sequence: int
    kind: str
    at: datetime
    who: str


class AlertDetailOut(AlertOut):
    """An alert with its timeline."""

    timeline: list[TimelineLine]


class OutcomeIn(Schema, extra="forbid"):
    """How it ended, in a few words."""

    reason: str = Field(min_length=1, max_length=500)


class DoneOut(Schema):
    """Whether it was this call that did it; false when somebody was first."""

    done: bool


class AnswerIn(Schema, extra="forbid"):
    """The senior's answer to Lilo's question."""

    yes: bool
