"""What the API of the journal takes and gives."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field

from companion.care.journal.measures import MAX_WORDS, Kind
from lilo_site.api_times import ClockTime

#: How the senior is today.
Answer = Literal["fine", "not_so_good", "need_help"]
Written = Literal[
    "mood", "sleep", "sleep_hours", "pain", "blood_pressure", "glucose", "weight", "steps", "height", "note", "question"
]


class ReadingIn(Schema, extra="forbid"):
    """One reading, or words."""

    amount: float | str = Field(
        default="",
        description="A number, or as people write it: `72.4`, `11 st 4`, `128/79`. For a note or a question, leave it.",
    )
    lower: float | None = Field(default=None, description="The second number of a blood pressure.")
    unit: str = Field(default="", max_length=8, description="`kg`, `lb`, `st`, `mmol/L`, `mg/dL`, `cm`, `ft`.")
    note: str = Field(default="", max_length=MAX_WORDS, description="A word to it; or the note or the question.")
    at: AwareDatetime | None = Field(default=None, description="When it was so; now where it is left out.")
    sure: bool = Field(default=False, description="What is unusual was confirmed by the person.")

    @property
    def text(self) -> str:
        """The amount as a form's field would hold it."""
        amount = f"{self.amount:.10g}" if isinstance(self.amount, float) else self.amount
        return f"{amount}/{self.lower:g}" if self.lower is not None else amount


class EntryIn(ReadingIn):
    """What is to be written."""

    kind: Written


class EntryOut(Schema):
    """One entry."""

    id: UUID
    kind: Kind
    value: float | None = Field(description="In the first unit: kg, mmol/L, mmHg, hours, cm, steps; faces as numbers.")
    lower: float | None
    unit: str = Field(description="The unit in which it was told.")
    words: str = Field(description="As one line for people, in the unit in which it was told.")
    note: str
    at: datetime
    day: date
    source: str
    written_by: str = Field(description="Empty for the senior.")
    written_at: datetime
    replaces: UUID | None


class EntriesOut(Schema):
    """A page of the journal, newest first."""

    items: list[EntryOut]
    next_cursor: str | None


class SourceOut(Schema):
    """The public page behind words."""

    title: str
    publisher: str
    url: str
    checked: date


class AdviceOut(Schema):
    """What to do about a reading, in fixed words."""

    key: str
    urgency: str = Field(description="`ask`: now; `today`; `calm`.")
    title: str
    text: str
    steps: list[str]
    question: str
    source: SourceOut | None


class WrittenOut(Schema):
    """What became of it."""

    entry: EntryOut
    advice: AdviceOut | None = None
    alert_id: UUID | None = Field(
        default=None,
        description="A question was raised: show `advice.question`; it is answered at `/alerts/<id>/answer`.",
    )


class SlopeOut(Schema):
    """Change a week with its 95 % interval, in `unit`."""

    a_week: float
    low: float
    high: float
    n: int


class BaselineOut(Schema):
    """What is usual: median and scaled MAD of the weeks before."""

    usual: float
    spread: float
    n: int


class SeriesOut(Schema):
    """One row of numbers, in `unit`."""

    name: str
    n: int
    days: int
    middle: float | None
    direction: str
    slope: SlopeOut | None
    baseline: BaselineOut | None


class ExplanationOut(Schema):
    """What is worth telling somebody, and where that is from."""

    key: str
    what: str
    do: str
    source: SourceOut


class TrendOut(Schema):
    """One kind over time."""

    kind: Kind
    title: str
    unit: str
    span: int
    summary: list[str]
    is_enough: bool
    series: list[SeriesOut]
    explanations: list[ExplanationOut]


class TrendsOut(Schema):
    """Every kind that something was written of."""

    items: list[TrendOut]


class PlanIn(Schema, extra="forbid"):
    """What is agreed on the daily check-in."""

    time_of_day: ClockTime = Field(description="By the senior's clock.")
    grace_minutes: int = Field(default=60, ge=15, le=720)
    retries: int = Field(default=3, ge=1, le=10)
    is_active: bool = True
    paused_until: date | None = Field(default=None, description="The first day on which it is in use again.")


class CheckInOut(Schema):
    """Today's check-in."""

    is_planned: bool
    time_of_day: time | None
    answer: Answer | None
    at: datetime | None
    is_asking: bool
    paused_until: date | None


class CheckInIn(Schema, extra="forbid"):
    """The senior's answer."""

    answer: Answer
