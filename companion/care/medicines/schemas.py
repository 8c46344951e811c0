"""What the API of medicines takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field, field_serializer

from companion.care.medicines.models import Food, Form, PauseReason, SkipReason
from companion.care.medicines.plan import Rule

Doubt = Literal["", "double", "too_soon", "over_most"]
Amount = Annotated[Decimal, Field(ge=0, le=99_999, max_digits=8, decimal_places=3)]
Name = Annotated[str, Field(max_length=120)]


class DetailsIn(Schema, extra="forbid"):
    """What can be told of a medicine besides its rule. What is left out stays as it is."""

    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    generic_name: Name | None = None
    strength: Annotated[str, Field(max_length=60)] | None = None
    form: Form | None = None
    look: Annotated[str, Field(max_length=80, description="How the senior knows it: `white heart pill`.")] | None = None
    instructions: Annotated[str, Field(max_length=500)] | None = None
    food: Food | None = None
    rxnorm_id: Annotated[str, Field(max_length=20)] | None = None
    is_critical: bool | None = None
    hides_name: bool | None = None
    is_low_risk: bool | None = None
    notice_minutes: Annotated[int, Field(ge=5, le=720)] | None = None
    least_minutes_between: Annotated[int, Field(ge=1, le=7 * 24 * 60)] | None = None
    most_in_24_hours: Annotated[Decimal, Field(gt=0, le=99_999)] | None = None
    lead_days: Annotated[int, Field(ge=0, le=90)] | None = None
    expires_on: date | None = None


class MedicineIn(DetailsIn):
    """A medicine to add."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    rule: Rule


class MedicineChange(DetailsIn):
    """What is to change. A new rule holds from now on."""

    rule: Rule | None = None


class MedicineOut(Schema):
    """A medicine."""

    id: UUID
    called: str = Field(description="How the senior knows it.")
    name: str
    generic_name: str
    strength: str
    form: Form
    look: str
    instructions: str
    food: Food
    rxnorm_id: str
    is_critical: bool
    hides_name: bool
    is_low_risk: bool
    notice_minutes: int
    least_minutes_between: int | None
    most_in_24_hours: Decimal | None
    lead_days: int
    expires_on: date | None
    state: Literal["active", "paused", "stopped"]
    state_reason: str
    paused_until: datetime | None
    has_picture: bool
    rule: Rule
    rule_words: str
    zone: str = Field(description="Whose clock the rule's times are by.")
    created_at: datetime

    @field_serializer("rule")
    def _plain(self, rule: Rule) -> dict[str, object]:
        return rule.as_json()


class MedicinesOut(Schema):
    """Medicines, oldest first."""

    items: list[MedicineOut]
    next_cursor: str | None


class HaltIn(Schema, extra="forbid"):
    """Why it is paused or stopped; for a pause, until when."""

    reason: PauseReason
    until: AwareDatetime | None = None


class DoseOut(Schema):
    """One dose of one medicine at one time."""

    id: UUID
    medicine_id: UUID
    called: str
    due_at: datetime
    local_date: date = Field(description="The day it belongs to, whenever it is taken.")
    label: str = Field(description="The time as the clock of its zone shows it.")
    zone: str
    quantity: Decimal
    state: Literal["pending", "snoozed", "late", "taken", "skipped", "missed", "not_reminded", "cancelled"]
    remind_at: datetime | None
    taken_at: datetime | None
    was_late: bool
    noted_by: str = Field(description="Who noted it; empty where nobody has.")


class DosesOut(Schema):
    """Doses in order."""

    items: list[DoseOut]
    next_cursor: str | None


class TakenIn(Schema, extra="forbid"):
    """When, if not now, and how much, if not as due."""

    taken_at: AwareDatetime | None = None
    quantity: Annotated[Decimal, Field(gt=0, le=10_000)] | None = None
    note: str = Field(default="", max_length=500)


class SkipIn(Schema, extra="forbid"):
    """Why it is left out."""

    reason: SkipReason
    note: str = Field(default="", max_length=500)


class SnoozeIn(Schema, extra="forbid"):
    """For how long, if not as usual."""

    minutes: Annotated[int, Field(ge=1, le=240)] | None = None


class ResultOut(Schema):
    """What came of it."""

    dose: DoseOut | None = Field(description="The dose; none for one that had no due time.")
    event_id: UUID | None
    is_new: bool = Field(description="False where it was noted before: nothing was written now.")
    said: str = Field(description="What to tell the person, in plain words.")
    doubt: Doubt
    next_allowed_at: datetime | None = None


class EffectIn(Schema, extra="forbid"):
    """How much it has helped."""

    effect: Literal["better", "same", "worse"]
    note: str = Field(default="", max_length=500)


class StockIn(Schema, extra="forbid"):
    """So many were fetched, counted, or thrown away."""

    kind: Literal["refill", "count", "discard"]
    quantity: Amount


class StockOut(Schema):
    """What is left."""

    left: Decimal | None = Field(description="Null where nothing was ever fetched or counted.")
    runs_out_on: date | None
    order_by: date | None
    expires_on: date | None
    needs_count: bool


class AsNeededOut(Schema):
    """Where a medicine taken as needed stands."""

    last_at: datetime | None
    in_24_hours: Decimal
    most_in_24_hours: Decimal | None
    next_allowed_at: datetime
    is_allowed_now: bool


class CountsOut(Schema):
    """Counts of a time. `share` is taken / (taken + missed + skipped), which are `n`; null where none counts."""

    taken: int
    late: int = Field(description="Of those taken.")
    missed: int
    skipped: int = Field(description="Without a clinical reason.")
    excused: int = Field(description="Skipped because of illness or at a doctor's word; does not count.")
    not_reminded: int = Field(description="Lilo was not there; does not count.")
    n: int
    share: float | None


class DayCounts(CountsOut):
    """Counts of one day."""

    day: date


class AdherenceOut(Schema):
    """How many of the doses due were taken."""

    since: date
    until: date
    whole: CountsOut
    days: list[DayCounts]
