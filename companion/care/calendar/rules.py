"""The days of an item, and the instants that a senior's clock makes of them. Pure: no database, no clock of its own."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from companion.care.calendar.models import Repeat

WEEK = timedelta(days=7)
#: How long before a visit the senior is reminded, and how late a reminder still helps.
AHEAD, LATE = timedelta(hours=1), timedelta(minutes=30)
#: Between these the senior may be spoken to, by their own clock.
WAKES, RESTS = time(8), time(21)
#: Nothing comes again more seldom than this.
FORESIGHT = timedelta(days=62)
PARTS = ((5, "at night"), (12, "in the morning"), (18, "in the afternoon"), (22, "in the evening"), (24, "at night"))
#: Reminders of visits a day, at most: more would be nagging. The day's plan shows them all.
REMINDERS_A_DAY = 3


@dataclass(frozen=True, slots=True)
class Pattern:
    """When something is: its first day, how often it comes again, and its last day."""

    day: date
    repeat: str = Repeat.NEVER
    until: date | None = None


def days_between(pattern: Pattern, first: date, last: date) -> Iterator[date]:
    """The days of a pattern from `first` to `last`, both included.

    What is every month on the 31st is on the last day of shorter months.
    """
    last = min(last, pattern.until or last)
    if pattern.repeat == Repeat.NEVER:
        if first <= pattern.day <= last:
            yield pattern.day
        return
    number = _first_number(pattern, first)
    while (day := _nth(pattern, number)) <= last:
        if day >= first:
            yield day
        number += 1


def _first_number(pattern: Pattern, first: date) -> int:
    """A number of a repetition that is not after `first`; 0 is the first day itself."""
    if first <= pattern.day:
        return 0
    if pattern.repeat == Repeat.WEEKLY:
        return (first - pattern.day) // WEEK
    return max(0, (first.year - pattern.day.year) * 12 + first.month - pattern.day.month)


def _nth(pattern: Pattern, number: int) -> date:
    if pattern.repeat == Repeat.WEEKLY:
        return pattern.day + number * WEEK
    months = pattern.day.month - 1 + number
    year, month = pattern.day.year + months // 12, months % 12 + 1
    return date(year, month, min(pattern.day.day, monthrange(year, month)[1]))


def instant(day: date, time_of_day: time, zone: str) -> datetime:
    """The instant at which that clock shows the time on the day.

    A time that the spring change skips is taken by the offset before it, one that the autumn change repeats is taken
    the first time: fold 0 does both.
    """
    return datetime.combine(day, time_of_day, ZoneInfo(zone)).astimezone(UTC)


def next_reminder(pattern: Pattern, time_of_day: time | None, zone: str, after: datetime) -> datetime | None:
    """The first reminder after an instant: an hour before, on that day, and never in the senior's quiet hours.

    What is early in the morning is told of when the quiet hours end; what would be told of at night is not. None where
    there is none to come.
    """
    if time_of_day is None or time_of_day <= WAKES:
        return None
    today = after.astimezone(ZoneInfo(zone)).date()
    for day in days_between(pattern, today, today + FORESIGHT):
        due = max(instant(day, time_of_day, zone) - AHEAD, instant(day, WAKES, zone))
        if due > after and due.astimezone(ZoneInfo(zone)).time() < RESTS:
            return due
    return None


def in_words(at: time) -> str:
    """A time as it is said: "2:30 in the afternoon"."""
    part = next(words for until, words in PARTS if at.hour < until)
    return f"{at.hour % 12 or 12}:{at:%M} {part}"
