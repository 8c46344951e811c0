"""What the API of calendars takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from lilo_site.api_times import ClockTime


class PlanIn(Schema, extra="forbid"):
    """A visit or a task. Day and time are the senior's own."""

    kind: Literal["visit", "task"]
    title: str = Field(min_length=1, max_length=120)
    day: date
    time_of_day: ClockTime | None = Field(default=None, description="Without one it is some time that day.")
    place: str = Field(default="", max_length=120)
    who: str = Field(default="", max_length=120)
    note: str = Field(default="", max_length=500)
    repeat: Literal["", "weekly", "monthly"] = ""
    until: date | None = None
    is_private: bool = Field(default=False, description="For the senior: nobody else sees it.")


class ItemOut(PlanIn, extra="ignore"):
    """A visit or a task as it is planned."""

    id: UUID


class PlannedOut(Schema):
    """One visit or task on one day."""

    item: ItemOut
    day: date
    at: datetime | None = Field(description="The instant; none where it is some time that day.")
    claimed_by: str
    is_mine: bool = Field(description="The person asking has taken it on.")
    done_by: str
    done_at: datetime | None


class PlannedListOut(Schema):
    """What is planned in a span of days, in order."""

    first: date
    last: date
    time_zone: str
    items: list[PlannedOut]


class ClaimOut(Schema):
    """Who does the task now."""

    claimed_by: str
    is_mine: bool
