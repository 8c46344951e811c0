"""When doses are due: every kind of rule, every kind of clock change, and a year of random rules against an oracle."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from companion.care.medicines.plan import Moment, Rule
from companion.care.medicines.schedule import (
    Answered,
    at_clock,
    closes_at,
    occurrences,
    shortest_gap,
    window_of,
)
from tests.companion.care.medicines.conftest import daily, instant

ZONES = ("America/New_York", "Europe/London", "Australia/Sydney", "Australia/Lord_Howe")


def utc(rule: Rule, zone: str, since: str, until: str, **more: Any) -> list[str]:
    return [f"{due.due_at:%m-%d %H:%M}" for due in occurrences(rule, zone, instant(since), instant(until), **more)]


@pytest.mark.parametrize(
    ("zone", "clock", "since", "until", "expected"),
    [
        # forward: eight o'clock stays eight o'clock, 23 hours (or 23 and a half) after the last
        ("America/New_York", "08:00", "2026-03-07", "2026-03-10", ["03-07 13:00", "03-08 12:00", "03-09 12:00"]),
        ("Europe/London", "08:00", "2026-03-28", "2026-03-31", ["03-28 08:00", "03-29 07:00", "03-30 07:00"]),
        ("Australia/Sydney", "08:00", "2026-10-02", "2026-10-05", ["10-02 22:00", "10-03 21:00", "10-04 21:00"]),
        ("Australia/Lord_Howe", "08:00", "2026-10-02", "2026-10-05", ["10-02 21:30", "10-03 21:00", "10-04 21:00"]),
        # back: 25 hours (or 24 and a half)
        ("America/New_York", "08:00", "2026-10-31", "2026-11-03", ["10-31 12:00", "11-01 13:00", "11-02 13:00"]),
        ("Europe/London", "08:00", "2026-10-24", "2026-10-27", ["10-24 07:00", "10-25 08:00", "10-26 08:00"]),
        ("Australia/Sydney", "08:00", "2026-04-03", "2026-04-06", ["04-03 21:00", "04-04 22:00", "04-05 22:00"]),
        ("Australia/Lord_Howe", "08:00", "2026-04-03", "2026-04-06", ["04-03 21:00", "04-04 21:30", "04-05 21:30"]),
        # the hour that is skipped: once, by the offset before the gap
        ("America/New_York", "02:30", "2026-03-07", "2026-03-10", ["03-07 07:30", "03-08 07:30", "03-09 06:30"]),
        ("Europe/London", "01:30", "2026-03-28", "2026-03-31", ["03-28 01:30", "03-29 01:30", "03-30 00:30"]),
        ("Australia/Sydney", "02:30", "2026-10-02", "2026-10-05", ["10-02 16:30", "10-03 16:30", "10-04 15:30"]),
        ("Australia/Lord_Howe", "02:15", "2026-10-02", "2026-10-05", ["10-02 15:45", "10-03 15:45", "10-04 15:15"]),
        # the hour that comes twice: once, the first time
        ("America/New_York", "01:30", "2026-10-31", "2026-11-03", ["10-31 05:30", "11-01 05:30", "11-02 06:30"]),
        ("Europe/London", "01:30", "2026-10-24", "2026-10-27", ["10-24 00:30", "10-25 00:30", "10-26 01:30"]),
        ("Australia/Sydney", "02:30", "2026-04-03", "2026-04-06", ["04-03 15:30", "04-04 15:30", "04-05 16:30"]),
        ("Australia/Lord_Howe", "01:45", "2026-04-03", "2026-04-06", ["04-03 14:45", "04-04 14:45", "04-05 15:15"]),
    ],
)
def test_clock_time_is_kept_through_changes(zone: str, clock: str, since: str, until: str, expected: list[str]) -> None:
    assert utc(daily(clock), zone, since, until) == expected


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("around", ["2026-03-07", "2026-03-28", "2026-04-03", "2026-10-02", "2026-10-24", "2026-10-30"])
def test_interval_is_exact_through_changes(zone: str, around: str) -> None:
    begin = instant(around)
    rule = Rule(kind="interval", start=begin.date(), every_minutes=360, first_at=begin + timedelta(hours=1))
    found = [due.due_at for due in occurrences(rule, zone, begin, begin + timedelta(days=4))]
    assert found == [begin + timedelta(hours=1 + 6 * step) for step in range(16)]
    keys = [due.key for due in occurrences(rule, zone, begin, begin + timedelta(days=4))]
    assert len(set(keys)) == len(keys)


def test_interval_in_due_mode_never_drifts_and_in_taken_mode_does() -> None:
    first = instant("2026-06-01 08:00")
    rule = Rule(kind="interval", start=date(2026, 6, 1), every_minutes=480, first_at=first)
    late = instant("2026-06-01 09:10")
    window = ("Europe/London", "2026-06-01 10:00", "2026-06-02 02:00")
    assert utc(rule, *window, last=late) == ["06-01 16:00", "06-02 00:00"]
    from_taken = Rule.model_validate({**rule.model_dump(), "count_from": "taken"})
    assert utc(from_taken, *window, last=late) == ["06-01 17:10", "06-02 01:10"]


def test_once_a_day_interval_in_the_long_day_has_two_keys() -> None:
    rule = Rule(kind="interval", start="2026-10-30", every_minutes=1440, first_at=instant("2026-10-31 04:30"))
    found = occurrences(rule, "America/New_York", instant("2026-10-31"), instant("2026-11-03"))
    assert [(str(due.local_date), due.label) for due in found] == [
        ("2026-10-31", "00:30"),
        ("2026-11-01", "00:30"),
        ("2026-11-01", "23:30"),
    ]
    assert len({due.key for due in found}) == 3


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ({"weekdays": [0, 2, 4]}, [1, 3, 5, 8, 10, 12, 15, 17, 19, 22, 24, 26, 29]),
        ({"every_days": 10}, [1, 11, 21]),
        ({"every_weeks": 2}, [1, 15, 29]),
        ({"every_weeks": 2, "weekdays": [6, 0]}, [1, 7, 15, 21, 29]),
        ({"month_days": [15, 31]}, [15, 30]),
        ({"month_days": [15, 31], "month_end": "skip"}, [15]),
        ({"days_on": 5, "days_off": 9}, [1, 2, 3, 4, 5, 15, 16, 17, 18, 19, 29, 30]),
        ({"end": "2026-06-03"}, [1, 2, 3]),
        ({"start": "2026-06-29"}, [29, 30]),
    ],
)
def test_days(rule: dict[str, Any], days: list[int]) -> None:
    found = occurrences(
        daily("09:00", **{"start": "2026-06-01", **rule}), "UTC", instant("2026-06-01"), instant("2026-07-01")
    )
    assert [due.local_date.day for due in found] == days


def test_taper_goes_down_and_ends_or_goes_on() -> None:
    steps = [{"quantity": 4, "days": 2}, {"quantity": "2.5", "days": 1}]
    window = ("UTC", instant("2026-06-01"), instant("2026-06-06"))
    ends = occurrences(daily("09:00", start="2026-06-01", taper=steps), *window)
    assert [due.quantity for due in ends] == [4, 4, Decimal("2.5")]
    goes_on = occurrences(daily("09:00", start="2026-06-01", taper=[*steps, {"quantity": 1}]), *window)
    assert [due.quantity for due in goes_on] == [4, 4, Decimal("2.5"), 1, 1]


def test_moments_follow_the_persons_own_day() -> None:
    slots = [{"moment": "breakfast", "offset_minutes": -30}, {"moment": "bed"}]
    rule = Rule(kind="times", start="2026-01-01", slots=slots)
    own = {
        Moment.WAKING: time(9), Moment.BREAKFAST: time(10), Moment.LUNCH: time(14), Moment.DINNER: time(19),
        Moment.BED: time(23, 45),
    }  # fmt: skip
    found = occurrences(rule, "Europe/London", instant("2026-06-01"), instant("2026-06-02"), routine=own)
    assert [(due.slot, due.label) for due in found] == [("breakfast-30", "09:30"), ("bed", "23:45")]


def linked(**more: Any) -> Rule:
    return Rule.model_validate({"kind": "linked", "start": "2026-01-01", "after": uuid4(), "minutes_after": 10, **more})


def answered(due: str, moved_to: str | None = None) -> Answered:
    at = instant(f"2026-06-01 {due}")
    return Answered(at, at.date(), due, instant(f"2026-06-01 {moved_to}") if moved_to else at)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([answered("08:00"), answered("20:00")], ["06-01 08:10", "06-01 20:10"]),
        ([answered("08:00", "08:45"), answered("20:00")], ["06-01 08:55", "06-01 20:10"]),
        ([answered("08:00", "07:30"), answered("20:00")], ["06-01 08:10", "06-01 20:10"]),  # never sooner
        ([answered("08:00", "19:55"), answered("20:00")], ["06-01 20:10"]),  # not into the next one of the other
    ],
)
def test_linked_dose_moves_with_the_one_it_follows(after: list[Answered], expected: list[str]) -> None:
    assert utc(linked(), "UTC", "2026-06-01", "2026-06-02", after=after) == expected


def test_linked_dose_is_moved_only_so_far() -> None:
    after = [answered("08:00", "14:00"), answered("20:00")]
    assert utc(linked(most_delay_minutes=60), "UTC", "2026-06-01", "2026-06-01 12:00", after=after) == ["06-01 09:10"]


@pytest.mark.parametrize(
    ("clocks", "critical", "chosen", "minutes"),
    [
        (["08:00"], False, None, 120),
        (["08:00", "20:00"], False, None, 60),
        (["08:00", "12:00", "16:00"], False, None, 60),
        (["08:00", "10:00"], False, None, 30),
        (["08:00"], True, None, 30),
        (["08:00"], True, 45, 45),
    ],
)
def test_window_goes_by_how_often(clocks: list[str], critical: bool, chosen: int | None, minutes: int) -> None:
    gap = shortest_gap(daily(*clocks))
    assert window_of(gap, is_critical=critical, chosen=chosen) == timedelta(minutes=minutes)


def test_dose_closes_when_the_next_is_due() -> None:
    due, window = instant("2026-06-01 08:00"), timedelta(minutes=60)
    assert closes_at(due, window, None) == instant("2026-06-01 11:00")
    assert closes_at(due, window, instant("2026-06-01 10:00")) == instant("2026-06-01 10:00")


@pytest.mark.parametrize(
    "rule",
    [
        {"slots": []},
        {"slots": [{}]},
        {"slots": [{"at": "08:00", "moment": "bed"}]},
        {"slots": [{"at": "08:00"}, {"at": "08:00"}]},
        {"end": "2025-12-31"},
        {"weekdays": [1], "month_days": [1]},
        {"weekdays": [7]},
        {"days_on": 3},
        {"quantity": 0},
        {"quantity": "NaN"},
        {"taper": [{"quantity": 1}, {"quantity": 2, "days": 3}]},
        {"kind": "interval"},
        {"kind": "linked"},
        {"colour": "red"},
    ],
)
def test_rule_that_cannot_be_is_refused(rule: dict[str, Any]) -> None:
    whole = {"kind": "times", "start": "2026-01-01", "slots": [{"at": "08:00"}], **rule}
    with pytest.raises(ValidationError):
        Rule.model_validate(whole)


# --- a year of random rules against an oracle that asks every minute of the clock instead of combining dates ---


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    quarter_hours = st.integers(0, 95).map(lambda n: {"at": time(n // 4, n % 4 * 15)})
    slots = draw(st.lists(quarter_hours, min_size=1, max_size=4, unique_by=lambda slot: slot["at"]))
    start = draw(st.dates(date(2025, 12, 1), date(2026, 6, 30)))
    days: dict[str, Any] = draw(
        st.one_of(
            st.just({}),
            st.fixed_dictionaries({"every_days": st.integers(2, 40)}),
            st.fixed_dictionaries({"weekdays": st.sets(st.integers(0, 6), min_size=1)}),
            st.fixed_dictionaries({"weekdays": st.sets(st.integers(0, 6)), "every_weeks": st.integers(2, 5)}),
            st.fixed_dictionaries(
                {
                    "month_days": st.sets(st.integers(1, 31), min_size=1, max_size=4),
                    "month_end": st.sampled_from(["skip", "last_day"]),
                }
            ),
            st.fixed_dictionaries({"days_on": st.integers(1, 30), "days_off": st.integers(1, 30)}),
        )
    )
    end = draw(st.none() | st.dates(start, date(2026, 12, 31)))
    return Rule.model_validate({"kind": "times", "start": start, "end": end, "slots": slots, **days})


def is_oracle_day(rule: Rule, day: date) -> bool:
    """The days of a rule, counted off one after the other from its start."""
    if not rule.start <= day <= (rule.end or day):
        return False
    walked, number = rule.start, 0
    weeks = 0
    while walked < day:
        walked += timedelta(days=1)
        number += 1
        weeks += walked.weekday() == 0
    if rule.days_on and rule.days_off:
        phase = ["on"] * rule.days_on + ["off"] * rule.days_off
        return phase[number % len(phase)] == "on"
    if rule.month_days:
        length = monthrange(day.year, day.month)[1]
        wanted = {min(one, length) if rule.month_end == "last_day" else one for one in rule.month_days}
        return day.day in wanted
    if rule.weekdays or rule.every_weeks > 1:
        return weeks % rule.every_weeks == 0 and day.weekday() in (rule.weekdays or [rule.start.weekday()])
    return number % rule.every_days == 0


def oracle_instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The first instant at which the wall shows that time; if none does, as long after the gap as the time lies in it.

    Found by looking at the wall clock every quarter of an hour, through the day.
    """
    wanted = datetime.combine(day, clock)
    moment = datetime.combine(day, time(0), UTC) - timedelta(hours=15)
    before = moment
    for _ in range(45 * 4):
        wall = moment.astimezone(zone).replace(tzinfo=None)
        if wall == wanted:
            return moment
        if wall > wanted and before.astimezone(zone).replace(tzinfo=None) < wanted:
            offset = before.astimezone(zone).utcoffset() or timedelta(0)
            return (wanted - offset).replace(tzinfo=UTC)
        before, moment = moment, moment + timedelta(minutes=15)
    raise AssertionError("that wall clock never got there")


@settings(max_examples=60, deadline=None)
@given(rules(), st.sampled_from(ZONES), st.data())
def test_a_year_of_random_rules_agrees_with_the_oracle(rule: Rule, zone: str, data: st.DataObject) -> None:
    since, until = instant("2026-01-01"), instant("2027-01-01")
    found = occurrences(rule, zone, since, until)
    assert len({due.key for due in found}) == len(found)
    assert all(since <= due.due_at < until for due in found)
    # the days: all of the year, counted off
    year = [date(2026, 1, 2) + timedelta(days=number) for number in range(362)]
    expected_days = [day for day in year if is_oracle_day(rule, day)]
    assert sorted({due.local_date for due in found} & set(year)) == expected_days
    # the instants: on the changes of clocks and on some other days
    changes = [date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 10, 4), date(2026, 10, 25),
               date(2026, 11, 1)]  # fmt: skip
    for day in {*changes, *data.draw(st.lists(st.sampled_from(year), max_size=3))} & set(expected_days):
        got = sorted(due.due_at for due in found if due.local_date == day)
        assert got == sorted(oracle_instant(day, slot.at, ZoneInfo(zone)) for slot in rule.slots if slot.at)
    # any window shows the same doses
    cut = instant("2026-01-01") + timedelta(minutes=data.draw(st.integers(1, 365 * 24 * 60 - 1)))
    assert occurrences(rule, zone, since, cut) + occurrences(rule, zone, cut, until) == found


@given(st.integers(30, 5000), st.integers(0, 5000), st.sampled_from(ZONES))
def test_intervals_are_even_in_utc(every: int, offset: int, zone: str) -> None:
    first = instant("2026-03-01") + timedelta(minutes=offset)
    rule = Rule(kind="interval", start="2026-01-01", every_minutes=every, first_at=first)
    found = [due.due_at for due in occurrences(rule, zone, instant("2026-03-01"), instant("2026-04-10"))]
    assert found[0] == first
    assert {later - earlier for earlier, later in pairwise(found)} <= {timedelta(minutes=every)}
    assert instant("2026-04-10") - found[-1] <= timedelta(minutes=every)


def test_clock_is_read_by_the_zone() -> None:
    assert at_clock(date(2026, 7, 1), time(8), ZoneInfo("Australia/Lord_Howe")) == instant("2026-06-30 21:30")
