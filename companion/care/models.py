"""The tables of care, each with its part: medicines, journal, calendar."""

from companion.care.calendar.models import CalendarDay, CalendarItem
from companion.care.feed.models import CalendarFeed
from companion.care.journal.models import Entry
from companion.care.medicines.models import (
    DoseEvent,
    Notice,
    Occurrence,
    Regimen,
    RegimenPicture,
    RegimenVersion,
    Routine,
    StockEvent,
)

__all__ = [
    "CalendarDay",
    "CalendarFeed",
    "CalendarItem",
    "DoseEvent",
    "Entry",
    "Notice",
    "Occurrence",
    "Regimen",
    "RegimenPicture",
    "RegimenVersion",
    "Routine",
    "StockEvent",
]
