"""What the API of the family portal gives."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field


class StatusOut(Schema):
    """How a senior is, in words."""

    tone: str = Field(description="`well`, `plain`, `soon` or `alarm`.")
    headline: str
    chip: str = Field(description="What there is to do, in a few words.")


class OpenAlertOut(Schema):
    """An alert that is open. It holds no words of the senior's."""

    id: UUID
    raised_at: datetime
    needs: str = Field(description="`help`, `calmed`, `claimed`, `mine` or `drill`.")
    claimed_by: str
    is_drill: bool
    may_handle: bool


class DosesOut(Schema):
    """How the day's medicines stand."""

    taken: int
    missed: int
    waiting: int = Field(description="Due by now, and neither taken nor missed.")
    late: int = Field(description="Of those that wait, past their time.")
    ahead: int


class MomentOut(Schema):
    """Something that happened today."""

    at: datetime
    words: str


class LatestOut(Schema):
    """What the journal says last of one kind."""

    kind: str
    words: str
    at: datetime


class PlanOut(Schema):
    """A visit or a task of the next days."""

    id: UUID
    kind: str
    title: str
    day: date
    at: datetime | None
    claimed_by: str


class DashboardOut(Schema):
    """One senior as this person may see them now. What is not shared is null, and named in `private`."""

    senior_id: UUID
    name: str
    time_zone: str
    at: datetime = Field(description="As of when.")
    status: StatusOut
    shared: list[str]
    private: list[str] = Field(description="What the senior keeps to themselves.")
    alerts: list[OpenAlertOut]
    talked_at: datetime | None
    doses: DosesOut | None
    journal: list[LatestOut] | None
    moments: list[MomentOut]
    plans: list[PlanOut]
    unread_messages: int


class TalkOut(Schema):
    """When the senior talked with Lilo; never what was said."""

    began: datetime
    ended: datetime
    turns: int
    topics: list[str] = Field(description="Empty where topics are not shared.")


class DayOut(Schema):
    """One of the senior's days, also one without a talk."""

    day: date
    talks: list[TalkOut]


class ActivityOut(Schema):
    """The senior's days, newest first."""

    items: list[DayOut]
    next_cursor: str | None
