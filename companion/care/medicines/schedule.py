"""When a rule's doses are due. Pure: a rule, a zone and a window in, instants out; no database, no clock.

Clock times keep their local time through changes of clocks, so that 23 or 25 hours may lie between two of them.
Intervals are counted in UTC. A local time that the spring change skips is taken by the offset before it; one that the
autumn change repeats is taken the first time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from companion.care.medicines.plan import DAY, CountFrom, Moment, MonthEnd, Rule, RuleKind, Slot

#: A day of the senior, until they say otherwise.
USUAL_DAY: Mapping[Moment, time] = {
    Moment.WAKING: time(7),
    Moment.BREAKFAST: time(8),
    Moment.LUNCH: time(12, 30),
    Moment.DINNER: time(18, 30),
    Moment.BED: time(22),
}
#: Minutes each side of the due time that count as on time: usual in hospitals, so only where nothing else is said.
DAILY_WINDOW, OFTEN_WINDOW, CRITICAL_WINDOW = 120, 60, 30
FOUR_HOURS = 240
#: A dose counts as missed this many windows after it was due, or when the next is due.
WINDOWS_TO_CLOSE = 3


@dataclass(frozen=True, slots=True)
class Due:
    """One dose that is due."""

    due_at: datetime
    local_date: date
    slot: str
    label: str
    quantity: Decimal

    @property
    def key(self) -> tuple[date, str]:
        """What names it among all of its regimen's: the local day and the slot."""
        return self.local_date, self.slot


@dataclass(frozen=True, slots=True)
class Answered:
    """A dose of the medicine that another one follows, or of an interval counted from the last one taken."""

    due_at: datetime
    local_date: date
    slot: str
    moved_to: datetime
    """When it was taken, or to when it was put off; else when it is due."""


def at_clock(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant at which that zone's clock shows the time on that day, in UTC; see the module for odd hours."""
    return datetime.combine(day, clock, zone).astimezone(UTC)  # fold 0: before a gap, first of a repeat


def occurrences(
    rule: Rule,
    zone: str,
    since: datetime,
    until: datetime,
    *,
    routine: Mapping[Moment, time] = USUAL_DAY,
    last: datetime | None = None,
    after: Sequence[Answered] = (),
) -> list[Due]:
    """Everything due in `since <= due < until`, in order.

    Args:
        rule: the rule.
        zone: whose clock and calendar count.
        since: the window's begin.
        until: the window's end.
        routine: the senior's own day, for moments.
        last: for an interval counted from taken: when the last one was taken, or was due if it was not.
        after: for a linked rule: the doses it follows, in order, one past the window included.
    """
    place = ZoneInfo(zone)
    if rule.kind is RuleKind.TIMES:
        found: Iterable[Due] = _at_times(rule, place, since, until, routine)
    elif rule.kind is RuleKind.INTERVAL:
        found = _at_intervals(rule, place, since, until, last)
    elif rule.kind is RuleKind.LINKED:
        found = _linked(rule, place, after)
    else:
        found = ()
    return sorted((due for due in found if since <= due.due_at < until), key=lambda due: (due.due_at, due.slot))


def _at_times(
    rule: Rule, place: ZoneInfo, since: datetime, until: datetime, routine: Mapping[Moment, time]
) -> Iterator[Due]:
    day = since.astimezone(place).date() - timedelta(days=1)  # a time near midnight may fall into the day beside it
    last_day = until.astimezone(place).date() + timedelta(days=1)
    while day <= last_day:
        quantity = _quantity_on(rule, day)
        if quantity is not None and is_day(rule, day):
            for slot in rule.slots:
                yield _of_slot(slot, day, place, quantity, routine)
        day += timedelta(days=1)


def _of_slot(slot: Slot, day: date, place: ZoneInfo, quantity: Decimal, routine: Mapping[Moment, time]) -> Due:
    clock = slot_time(slot, routine)
    return Due(at_clock(day, clock, place), day, slot.key, clock.strftime("%H:%M"), slot.quantity or quantity)


def slot_time(slot: Slot, routine: Mapping[Moment, time] = USUAL_DAY) -> time:
    """A slot's clock time; one that a moment's offset would push over midnight stays at the edge of its day."""
    if slot.moment is None:
        return slot.at or time(0)
    base = routine[slot.moment]
    minutes = min(max(base.hour * 60 + base.minute + slot.offset_minutes, 0), DAY - 1)
    return time(minutes // 60, minutes % 60)


def is_day(rule: Rule, day: date) -> bool:
    """Whether a rule by clock times has doses on a day."""
    if day < rule.start or (rule.end is not None and day > rule.end):
        return False
    number = (day - rule.start).days
    if rule.days_on is not None and rule.days_off is not None:
        return number % (rule.days_on + rule.days_off) < rule.days_on
    if rule.month_days:
        return _is_month_day(rule, day)
    if rule.weekdays or rule.every_weeks > 1:
        first_monday = rule.start - timedelta(days=rule.start.weekday())
        week = (day - first_monday).days // 7
        return week % rule.every_weeks == 0 and day.weekday() in (rule.weekdays or {rule.start.weekday()})
    return number % rule.every_days == 0


def _is_month_day(rule: Rule, day: date) -> bool:
    if day.day in rule.month_days:
        return True
    is_last = (day + timedelta(days=1)).day == 1
    return rule.month_end is MonthEnd.LAST_DAY and is_last and max(rule.month_days) > day.day


def _quantity_on(rule: Rule, day: date) -> Decimal | None:
    """How much on that day, by the taper where there is one; None once it has come to its end."""
    if not rule.taper:
        return rule.quantity
    number = (day - rule.start).days
    for step in rule.taper:
        if step.days is None or number < step.days:
            return step.quantity
        number -= step.days
    return None


def _at_intervals(
    rule: Rule, place: ZoneInfo, since: datetime, until: datetime, last: datetime | None
) -> Iterator[Due]:
    begins = rule.first.astimezone(UTC)
    if rule.count_from is CountFrom.TAKEN and last is not None:
        begins = last.astimezone(UTC) + rule.interval
    steps = max(0, -(-(since - begins) // rule.interval))
    due = begins + steps * rule.interval
    while due < until:
        local = due.astimezone(place)
        if rule.end is not None and local.date() > rule.end:
            return
        yield Due(due, local.date(), due.strftime("%Y%m%dT%H%MZ"), local.strftime("%H:%M"), rule.quantity)
        due += rule.interval


def _linked(rule: Rule, place: ZoneInfo, after: Sequence[Answered]) -> Iterator[Due]:
    """So long after each dose of the other medicine, moved with it, and never into that medicine's next one."""
    following = [*after[1:], *([None] if after else [])]
    for one, next_one in zip(after, following, strict=True):
        delay = min(max(one.moved_to - one.due_at, timedelta(0)), timedelta(minutes=rule.most_delay_minutes))
        due = one.due_at + delay + timedelta(minutes=rule.minutes_after)
        if next_one is not None and due >= next_one.due_at:
            continue
        if one.local_date < rule.start or (rule.end is not None and one.local_date > rule.end):
            continue
        yield Due(due, one.local_date, one.slot, due.astimezone(place).strftime("%H:%M"), rule.quantity)


def shortest_gap(rule: Rule, routine: Mapping[Moment, time] = USUAL_DAY) -> timedelta:
    """The shortest time between two doses as the rule has it; a day where only another medicine or the need tells."""
    if rule.kind is RuleKind.INTERVAL:
        return rule.interval
    minutes = sorted(clock.hour * 60 + clock.minute for clock in (slot_time(slot, routine) for slot in rule.slots))
    if len(minutes) < 2:
        return timedelta(days=_days_between(rule))
    gaps = [later - earlier for earlier, later in pairwise([*minutes, minutes[0] + DAY])]
    return timedelta(minutes=max(1, min(gaps)))


def _days_between(rule: Rule) -> int:
    """The fewest days from one of the rule's days to the next."""
    if rule.days_on is not None and rule.days_off is not None:
        return 1 if rule.days_on > 1 else 1 + rule.days_off
    if rule.month_days:
        return _fewest(sorted(rule.month_days), 28)
    if rule.weekdays or rule.every_weeks > 1:
        return _fewest(sorted(rule.weekdays or {rule.start.weekday()}), 7 * rule.every_weeks)
    return rule.every_days


def _fewest(days: Sequence[int], around: int) -> int:
    return max(1, min(later - earlier for earlier, later in pairwise([*days, days[0] + around])))


def window_of(gap: timedelta, *, is_critical: bool, chosen: int | None = None) -> timedelta:
    """How far from its time a dose still counts as on time, each way."""
    if chosen is not None:
        return timedelta(minutes=chosen)
    minutes = gap // timedelta(minutes=1)
    usual = DAILY_WINDOW if minutes >= DAY else OFTEN_WINDOW if minutes >= FOUR_HOURS else minutes // 4
    return timedelta(minutes=min(usual, CRITICAL_WINDOW) if is_critical else usual)


def closes_at(due_at: datetime, window: timedelta, next_due: datetime | None) -> datetime:
    """When a dose that is still open counts as missed: some windows on, or when the next one is due."""
    own = due_at + WINDOWS_TO_CLOSE * window
    return own if next_due is None else min(own, next_due)
