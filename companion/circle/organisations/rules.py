"""When shifts begin and end, as pure decisions: a weekly pattern, an instant and the home's zone in, yes or no out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Window:
    """One shift on one day, in UTC. Its end is not part of it: the next shift begins then."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Pattern:
    """A shift as it is planned, by the clock on the wall."""

    weekdays: str
    starts: time
    ends: time
    first_day: date
    last_day: date | None = None

    def begins_on(self, day: date) -> bool:
        """Whether a shift begins on that day."""
        is_planned = self.first_day <= day and (self.last_day is None or day <= self.last_day)
        return is_planned and str(day.weekday()) in self.weekdays

    def window(self, day: date, zone: ZoneInfo) -> Window:
        """The shift that begins on that day. Nights end on the next; a change of clocks makes one longer or shorter."""
        last = day if self.ends > self.starts else day + timedelta(days=1)
        begins, ends = datetime.combine(day, self.starts, zone), datetime.combine(last, self.ends, zone)
        return Window(begins.astimezone(UTC), ends.astimezone(UTC))


def window_at(pattern: Pattern, at: datetime, zone: str) -> Window | None:
    """The shift of the pattern that is on at an instant; None where none is."""
    place = ZoneInfo(zone)
    today = at.astimezone(place).date()
    for window in windows(pattern, today - timedelta(days=1), today, place):
        if window.begins <= at < window.ends:
            return window
    return None


def windows(pattern: Pattern, first: date, last: date, zone: ZoneInfo) -> Iterator[Window]:
    """The shifts that begin on the days from `first` to `last`, both included."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if pattern.begins_on(day):
            yield pattern.window(day, zone)
