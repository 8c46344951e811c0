"""What a calendar program makes of the feed is what Lilo reminds of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from icalendar import Calendar

from companion.care.feed.ical import HIDDEN, Plan, Planned, calendar_of
from companion.care.medicines import schedule
from companion.care.medicines.models import Regimen
from companion.care.medicines.plan import CountFrom, Moment, MonthEnd, Rule, RuleKind, Slot, Step

ZONE = "America/New_York"
START = date(2026, 1, 30)
NOW = datetime(2026, 1, 30, 12, tzinfo=UTC)
MORNING, EVENING = Slot(at=time(8)), Slot(at=time(20, 30))
TWICE: dict[str, Any] = {"kind": RuleKind.TIMES, "start": START, "slots": (MORNING, EVENING)}

RULES = {
    "every day": Rule(**TWICE),
    "until a day": Rule(**TWICE, end=date(2026, 6, 1)),
    "mondays and thursdays": Rule(**TWICE, weekdays=frozenset({0, 3})),
    "every other week on fridays": Rule(**TWICE, every_weeks=2),
    "every three days": Rule(**TWICE, every_days=3),
    "the first and the fifteenth": Rule(**TWICE, month_days=frozenset({1, 15})),
    "the last day of the month": Rule(**TWICE, month_days=frozenset({31})),
    "the thirtieth, where there is one": Rule(**TWICE, month_days=frozenset({30}), month_end=MonthEnd.SKIP),
    "three weeks on, one off": Rule(**TWICE, days_on=21, days_off=7),
    "a taper": Rule(**TWICE, taper=(Step(quantity=Decimal(2), days=5), Step(quantity=Decimal(1), days=9))),
    "before breakfast": Rule(
        kind=RuleKind.TIMES, start=START, slots=(Slot(moment=Moment.BREAKFAST, offset_minutes=-30),)
    ),
    "every six hours": Rule(kind=RuleKind.INTERVAL, start=START, every_minutes=360, first_at=NOW),
    "every 36 hours": Rule(kind=RuleKind.INTERVAL, start=START, every_minutes=2160, first_at=NOW),
    "every 90 minutes": Rule(kind=RuleKind.INTERVAL, start=START, every_minutes=90, first_at=NOW),
    "every three days exactly": Rule(kind=RuleKind.INTERVAL, start=START, every_minutes=4320, first_at=NOW),
}


def planned(rule: Rule, *, since: datetime = NOW, hides_name: bool = True, **more: object) -> Planned:
    regimen = Regimen(id=uuid4(), name="Ramipril", strength="5 mg", look="white heart pill", hides_name=hides_name)
    return Planned(regimen, rule, ZONE, since, **more)  # type: ignore[arg-type]


def read(*medicines: Planned) -> list[Any]:  # a property's type depends on its value
    text = calendar_of(Plan("Margaret", NOW, medicines))
    return list(Calendar.from_ical(text).walk("VEVENT"))


def times(events: list[Any], until: datetime) -> Iterator[datetime]:
    """What a calendar program shows: local times, put on the clock of their zone."""
    for event in events:
        start = event["DTSTART"].dt
        if "RRULE" not in event:
            yield start.astimezone(UTC)
            continue
        zone = start.tzinfo
        rule = event["RRULE"].to_ical().decode()
        ends = event["RRULE"].get("UNTIL", [until])[0]
        naive = ";".join(part for part in rule.split(";") if not part.startswith("UNTIL"))
        for at in rrulestr(naive, dtstart=start.replace(tzinfo=None)):
            instant = at.replace(tzinfo=zone).astimezone(UTC)
            if instant > min(ends, until):
                break
            yield instant


@pytest.mark.parametrize("name", RULES)
def test_a_calendar_program_shows_the_same_times_as_lilo_for_a_year(name: str) -> None:
    rule, until = RULES[name], NOW + timedelta(days=365)
    dues = schedule.occurrences(rule, ZONE, NOW, until)
    shown = sorted(at for at in times(read(planned(rule)), until) if at < until)
    assert shown == [due.due_at for due in dues]


def test_a_later_version_takes_over_where_the_earlier_ends() -> None:
    change = NOW + timedelta(days=10)
    later = Rule(**(TWICE | {"slots": (Slot(at=time(9)),)}))
    events = read(planned(RULES["every day"], until=change), planned(later, since=change))
    shown = sorted(times(events, NOW + timedelta(days=12)))
    hours = [at.astimezone(ZoneInfo(ZONE)).hour for at in shown]
    assert hours[-2:] == [9, 9]
    assert 8 in hours[:-2]


@pytest.mark.parametrize("kind", [RuleKind.AS_NEEDED, RuleKind.LINKED])
def test_what_has_no_time_of_its_own_is_told_dose_by_dose(kind: RuleKind) -> None:
    rule = Rule(kind=kind, start=START, after=uuid4())
    assert read(planned(rule)) == []
    at = NOW + timedelta(hours=3)
    assert [event["DTSTART"].dt.astimezone(UTC) for event in read(planned(rule, doses=[at]))] == [at]


def test_an_interval_from_the_last_one_taken_is_told_dose_by_dose() -> None:
    rule = Rule(kind=RuleKind.INTERVAL, start=START, every_minutes=240, first_at=NOW, count_from=CountFrom.TAKEN)
    event = read(planned(rule, doses=[NOW]))[0]
    assert "RRULE" not in event


def test_a_hidden_name_is_nowhere_in_the_feed() -> None:
    text = calendar_of(Plan("Margaret", NOW, [planned(RULES["every day"])])).decode()
    assert "Ramipril" not in text
    assert "heart" not in text
    assert f"SUMMARY:{HIDDEN}" in text


def test_each_event_has_its_zone_an_alarm_and_a_name_of_its_own() -> None:
    text = calendar_of(Plan("Margaret", NOW, [planned(RULES["every day"], hides_name=False)])).decode()
    events = list(Calendar.from_ical(text).walk("VEVENT"))
    assert [event["SUMMARY"] for event in events] == ["Ramipril 5 mg", "Ramipril 5 mg"]
    assert "DTSTART;TZID=America/New_York:20260130T080000" in text
    assert "BEGIN:VTIMEZONE" in text
    assert text.count("BEGIN:VALARM") == len(events) == len({event["UID"] for event in events})
    assert "TRIGGER:P0D" in text, "the alarm rings when it is due"
