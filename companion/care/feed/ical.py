"""A senior's plan of medicines as iCalendar (RFC 5545). Pure: rules and a clock in, text out.

Regular times are one repeating event each, by the clock of their zone. What no repeating event can tell (a dose counted
from when the last one was taken, one that follows another, odd days of a month) is told dose by dose, as laid out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from companion.care.medicines import in_words, schedule
from companion.care.medicines.models import Regimen
from companion.care.medicines.plan import DAY, CountFrom, Moment, MonthEnd, Rule, RuleKind

if TYPE_CHECKING:
    from icalendar import Calendar, Event

CONTENT_TYPE = "text/calendar; charset=utf-8"
HIDDEN = "Time for a medicine"
LENGTH = timedelta(minutes=10)
#: The longest month that every month has.
SHORTEST_MONTH = 28
DAY_NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: How far ahead single doses are told.
AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Planned:
    """One medicine with the rule it goes by, from an instant on."""

    regimen: Regimen
    rule: Rule
    zone: str
    since: datetime
    until: datetime | None = None
    doses: Sequence[datetime] = ()
    """Doses laid out so far, for a rule that cannot be told as a repeating event."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a feed shows."""

    name: str
    made_at: datetime
    medicines: Sequence[Planned] = ()
    routine: Mapping[Moment, time] = field(default_factory=lambda: schedule.USUAL_DAY)


@dataclass(frozen=True, slots=True)
class _Series:
    starts: datetime
    repeats: dict[str, Any] | None
    slot: str


def calendar_of(plan: Plan) -> bytes:
    """The feed's text."""
    from icalendar import Calendar  # a tenth of a second: only where a feed is read

    calendar: Calendar = Calendar()
    calendar.add("prodid", "-//Lilo//Medicines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{plan.name}'s plan")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for planned in plan.medicines:
        for series in _series_of(planned, plan):
            calendar.add_component(_event(planned, series, plan.made_at))
    calendar.add_missing_timezones()
    text: bytes = calendar.to_ical()
    return text


def title_of(regimen: Regimen) -> str:
    """What an event is called: nothing that names the medicine, where its name is to stay hidden."""
    return HIDDEN if regimen.hides_name else f"{in_words.with_strength(regimen)}"


def _event(planned: Planned, series: _Series, made_at: datetime) -> Event:
    from icalendar import Alarm, Event

    title = title_of(planned.regimen)
    event = Event()
    event.add("uid", f"{uuid5(planned.regimen.pk, f'{series.slot}/{planned.since:%Y%m%dT%H%M%S}')}@lilo")
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", series.starts)
    event.add("duration", LENGTH)
    event.add("summary", title)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    if series.repeats is not None:
        event.add("rrule", series.repeats)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", timedelta(0))
    event.add_component(alarm)
    return event


def _series_of(planned: Planned, plan: Plan) -> Iterator[_Series]:
    rule = planned.rule
    if rule.kind is RuleKind.TIMES and not _is_odd(rule):
        yield from _clock_series(planned, plan.routine)
    elif rule.kind is RuleKind.INTERVAL and rule.count_from is CountFrom.DUE:
        yield from _interval_series(planned)
    elif rule.kind is RuleKind.TIMES:
        since = max(planned.since, plan.made_at)
        until = min(since + AHEAD, planned.until or since + AHEAD)
        dues = schedule.occurrences(rule, planned.zone, since, until, routine=plan.routine)
        yield from _singles([due.due_at for due in dues], planned.zone)
    else:
        yield from _singles(planned.doses, planned.zone)


def _is_odd(rule: Rule) -> bool:
    """Whether its days are several and some months lack one of them: two of them may fall on the same last day."""
    return len(rule.month_days) > 1 and max(rule.month_days) > SHORTEST_MONTH


def _singles(instants: Sequence[datetime], zone: str) -> Iterator[_Series]:
    place = ZoneInfo(zone)
    for instant in instants:
        yield _Series(instant.astimezone(place), None, f"{instant.astimezone(UTC):%Y%m%dT%H%M}")


def _clock_series(planned: Planned, routine: Mapping[Moment, time]) -> Iterator[_Series]:
    rule, place = planned.rule, ZoneInfo(planned.zone)
    for slot in rule.slots:
        clock = schedule.slot_time(slot, routine)
        end = _end_of(planned)
        for number, (day, repeats) in enumerate(_days(rule, _first_day(planned, clock))):
            if end is None or schedule.at_clock(day, clock, place) <= end:
                starts = datetime.combine(day, clock, place)
                yield _Series(starts, repeats | ({"until": end} if end else {}), f"{slot.key}/{number}")


def _first_day(planned: Planned, clock: time) -> date:
    """The first local day on which this time is still to come when the rule begins to hold."""
    place = ZoneInfo(planned.zone)
    day = max(planned.rule.start, planned.since.astimezone(place).date())
    return day if schedule.at_clock(day, clock, place) >= planned.since else day + timedelta(days=1)


def _days(rule: Rule, first: date) -> Iterator[tuple[date, dict[str, Any]]]:
    """The day on which each repeating event begins, and how it repeats."""
    if rule.days_on is not None and rule.days_off is not None:
        cycle = rule.days_on + rule.days_off
        for number in range(rule.days_on):
            begins = rule.start + timedelta(days=number)
            cycles = max(0, -(-(first - begins).days // cycle))
            yield begins + timedelta(days=cycles * cycle), {"freq": "daily", "interval": cycle}
        return
    day = first
    while not schedule.is_day(rule.model_copy(update={"end": None}), day):
        day += timedelta(days=1)
    yield day, _repeats(rule)


def _repeats(rule: Rule) -> dict[str, Any]:
    if rule.month_days:
        last = max(rule.month_days)
        if last > SHORTEST_MONTH and rule.month_end is MonthEnd.LAST_DAY:
            return {"freq": "monthly", "bymonthday": list(range(SHORTEST_MONTH, last + 1)), "bysetpos": -1}
        return {"freq": "monthly", "bymonthday": sorted(rule.month_days)}
    if rule.weekdays or rule.every_weeks > 1:
        days = sorted(rule.weekdays) or [rule.start.weekday()]
        names = [DAY_NAMES[day] for day in days]
        return {"freq": "weekly", "interval": rule.every_weeks, "byday": names, "wkst": "MO"}
    return {"freq": "daily", "interval": rule.every_days}


def _interval_series(planned: Planned) -> Iterator[_Series]:
    """An interval in UTC. Several a day are told as that many daily events, which every program understands."""
    rule = planned.rule
    minutes = rule.every_minutes or DAY
    dues = schedule.occurrences(rule, planned.zone, planned.since, planned.since + 2 * max(rule.interval, timedelta(1)))
    end = _end_of(planned)
    until = {"until": end} if end else {}
    if DAY % minutes == 0:
        for number, due in enumerate(dues[: DAY // minutes]):
            yield _Series(due.due_at, {"freq": "daily", **until}, f"interval/{number}")
    elif dues:
        step = {"freq": "daily", "interval": minutes // DAY} if minutes % DAY == 0 else _finer(minutes)
        yield _Series(dues[0].due_at, step | until, "interval")


def _finer(minutes: int) -> dict[str, Any]:
    hours = minutes % 60 == 0
    return {"freq": "hourly" if hours else "minutely", "interval": minutes // 60 if hours else minutes}


def _end_of(planned: Planned) -> datetime | None:
    """The last instant at which the rule holds, in UTC, as `UNTIL` wants it."""
    place, ends = ZoneInfo(planned.zone), []
    if planned.until is not None:
        ends.append(planned.until.astimezone(UTC) - timedelta(seconds=1))
    last_day = _last_day(planned.rule)
    if last_day is not None:
        ends.append(schedule.at_clock(last_day, time(23, 59), place))
    return min(ends) if ends else None


def _last_day(rule: Rule) -> date | None:
    if not rule.taper or any(step.days is None for step in rule.taper):
        return rule.end
    taper_end = rule.start + timedelta(days=sum(step.days or 0 for step in rule.taper) - 1)
    return min(taper_end, rule.end or taper_end)


def key_of(senior_id: UUID) -> str:
    """The name of the file."""
    return f"lilo-plan-{senior_id.hex[:8]}.ics"
