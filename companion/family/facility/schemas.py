"""What the API of homes takes and gives."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from ninja import Schema
from pydantic import Field

from companion.circle.organisations.rota import DAYS
from lilo_site.api_times import ClockTime


class UnitOut(Schema):
    """A part of a home."""

    id: UUID
    name: str


class HomeOut(Schema):
    """A home that the person works for."""

    id: UUID
    name: str
    time_zone: str
    role: str
    units: list[UnitOut] = Field(description="Those whose residents the person looks after.")


class HomesOut(Schema):
    """All of them."""

    items: list[HomeOut]


class RowOut(Schema):
    """One resident on the board."""

    senior_id: UUID
    name: str
    unit_id: UUID
    room: str
    urgency: int = Field(description="0 needs help now, 6 is fine.")
    heading: str
    words: str
    since: datetime | None
    alert_id: UUID | None
    is_claimed: bool


class BoardOut(Schema):
    """The whole board, the most urgent first."""

    at: datetime
    items: list[RowOut]


class ReceiptOut(Schema):
    """Who has read a note, and when."""

    reader: str
    at: datetime


class NoteOut(Schema):
    """A hand-over note."""

    id: UUID
    unit_id: UUID
    senior_id: UUID | None
    text: str
    is_urgent: bool
    shift_began_at: datetime | None
    written_at: datetime
    written_by: str
    read_by: list[ReceiptOut]


class NotesOut(Schema):
    """A page of notes."""

    items: list[NoteOut]
    next_cursor: str | None


class NoteIn(Schema):
    """A note to leave."""

    unit_id: UUID
    senior_id: UUID | None = None
    text: str = Field(min_length=1, max_length=2000)
    is_urgent: bool = False


class ReadIn(Schema):
    """Notes that were read."""

    note_ids: list[UUID] = Field(min_length=1, max_length=200)


class CountOut(Schema):
    """How many."""

    count: int


class ShiftOut(Schema):
    """A shift, by the clock of the home."""

    id: UUID
    unit_id: UUID
    staff_id: UUID
    staff: str
    weekdays: str = Field(description="Digits of the days on which it begins; Monday is 0.")
    starts: time
    ends: time = Field(description="Not later than the start: on the next day.")
    first_day: date
    last_day: date | None


class AtWorkOut(Schema):
    """Who is at work in a unit now."""

    unit_id: UUID
    staff_ids: list[UUID]


class ShiftsOut(Schema):
    """The shifts that are not over, and who is at work now."""

    items: list[ShiftOut]
    next_cursor: str | None
    on_shift: list[AtWorkOut]


class ShiftIn(Schema):
    """A shift to plan."""

    unit_id: UUID
    staff_id: UUID
    weekdays: str = Field(default=DAYS, pattern="^[0-6]{1,7}$")
    starts: ClockTime
    ends: ClockTime
    first_day: date
    last_day: date | None = None


class ImportIn(Schema):
    """A table of residents. Without `dry_run: false` nothing is stored."""

    table: str = Field(max_length=256 * 1024, description="CSV; the first row names the columns.")
    dry_run: bool = True


class LineOut(Schema):
    """What becomes of one row."""

    row: int
    name: str
    unit: str
    room: str
    problem: str
    senior_id: UUID | None


class ImportOut(Schema):
    """What becomes of the table."""

    dry_run: bool
    good: int
    bad: int
    items: list[LineOut]
