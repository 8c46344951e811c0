"""The rule of a medicine as data: checked when it is made, kept as JSON, read by `schedule`.

Days are counted by the calendar of the regimen's zone, and a month that has no such day follows the rule that was
chosen for it. What a rule says is what a person typed from a label; Lilo never works out a dose.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

DAY = 24 * 60
Quantity = Annotated[Decimal, Field(gt=0, le=10_000, max_digits=8, decimal_places=3)]


class RuleKind(StrEnum):
    """How its times are found."""

    TIMES = "times"  # at clock times, on certain days
    INTERVAL = "interval"  # every so many minutes
    LINKED = "linked"  # so many minutes after another medicine
    AS_NEEDED = "as_needed"  # when it is needed


class Moment(StrEnum):
    """A moment of the senior's own day."""

    WAKING = "waking"
    BREAKFAST = "breakfast"
    LUNCH = "lunch"
    DINNER = "dinner"
    BED = "bed"


class CountFrom(StrEnum):
    """From when an interval runs."""

    DUE = "due"  # from when the last one was due: the times never drift
    TAKEN = "taken"  # from when the last one was taken


class MonthEnd(StrEnum):
    """What a month does that has no such day."""

    LAST_DAY = "last_day"
    SKIP = "skip"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Slot(_Part):
    """One time of the day: by the clock, or by a moment of the senior's own day."""

    at: time | None = None
    moment: Moment | None = None
    offset_minutes: int = Field(default=0, ge=-240, le=240)
    quantity: Quantity | None = Field(default=None, description="Where it differs from the rule's.")

    @model_validator(mode="after")
    def _has_one_time(self) -> Slot:
        if (self.at is None) == (self.moment is None):
            raise ValueError("Please give a clock time, or a moment of the day.")
        if self.at is not None and (self.at.tzinfo is not None or self.at.second or self.at.microsecond):
            raise ValueError("Please give the time in hours and minutes.")
        if self.at is not None and self.offset_minutes:
            raise ValueError("Minutes before or after go with a moment of the day.")
        return self

    @property
    def key(self) -> str:
        """Names the slot within its day, the same as long as the slot is."""
        if self.at is not None:
            return self.at.strftime("%H:%M")
        return f"{self.moment}{self.offset_minutes:+d}" if self.offset_minutes else str(self.moment)


class Step(_Part):
    """One step of a taper: so much for so many days. The last one may go on without an end."""

    quantity: Quantity
    days: int | None = Field(default=None, ge=1, le=1000)


class Rule(_Part):
    """When a medicine is due, and how much of it. Which fields count depends on the kind."""

    kind: RuleKind
    quantity: Quantity = Decimal(1)
    start: date
    end: date | None = Field(default=None, description="The last day.")
    # times
    slots: tuple[Slot, ...] = Field(default=(), max_length=24)
    weekdays: frozenset[Annotated[int, Field(ge=0, le=6)]] = Field(default=frozenset(), description="Monday is 0.")
    every_days: int = Field(default=1, ge=1, le=365)
    every_weeks: int = Field(default=1, ge=1, le=52, description="Weeks begin on Monday, the first with `start`.")
    month_days: frozenset[Annotated[int, Field(ge=1, le=31)]] = frozenset()
    month_end: MonthEnd = MonthEnd.LAST_DAY
    days_on: int | None = Field(default=None, ge=1, le=365)
    days_off: int | None = Field(default=None, ge=1, le=365)
    taper: tuple[Step, ...] = Field(default=(), max_length=60)
    # interval
    every_minutes: int | None = Field(default=None, ge=30, le=90 * DAY)
    count_from: CountFrom = CountFrom.DUE
    first_at: AwareDatetime | None = None
    # linked
    after: UUID | None = Field(default=None, description="The regimen it follows.")
    minutes_after: int = Field(default=0, ge=0, le=12 * 60)
    most_delay_minutes: int = Field(default=DAY, ge=0, le=DAY, description="How far a late or put-off one moves it.")

    @model_validator(mode="after")
    def _is_whole(self) -> Rule:
        if self.end is not None and self.end < self.start:
            raise ValueError("The last day is before the first.")
        if self.kind is RuleKind.TIMES:
            self._check_times()
        if self.kind is RuleKind.INTERVAL and (self.every_minutes is None or self.first_at is None):
            raise ValueError("Please say how often, and when the first one is due.")
        if self.kind is RuleKind.LINKED and self.after is None:
            raise ValueError("Please say which medicine it follows.")
        return self

    def _check_times(self) -> None:
        if not self.slots:
            raise ValueError("Please give at least one time of day.")
        if len({slot.key for slot in self.slots}) < len(self.slots):
            raise ValueError("The same time of day is given twice.")
        by_week = bool(self.weekdays) or self.every_weeks > 1
        if sum((by_week, self.every_days > 1, bool(self.month_days), self.days_on is not None)) > 1:
            raise ValueError("Please choose one: days of the week, every so many days, days of the month, or a cycle.")
        if (self.days_on is None) != (self.days_off is None):
            raise ValueError("A cycle needs days on and days off.")
        if any(step.days is None for step in self.taper[:-1]):
            raise ValueError("Only the last step may go on without an end.")

    @property
    def interval(self) -> timedelta:
        """The time between two doses of an interval rule."""
        return timedelta(minutes=self.every_minutes or 0)

    @property
    def first(self) -> datetime:
        """When an interval rule's first dose is due."""
        if self.first_at is None:
            raise ValueError("Only an interval has a first time.")
        return self.first_at

    def as_json(self) -> dict[str, object]:
        """For a JSON column: what was given, and no defaults."""
        return self.model_dump(mode="json", exclude_defaults=True) | {"kind": self.kind.value}
