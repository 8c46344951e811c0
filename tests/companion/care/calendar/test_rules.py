"""The days and instants of visits and tasks: tables, and a year against a slower, simpler count."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion.care.calendar.rules import Pattern, days_between, in_words, instant, next_reminder

ZONES = ("America/New_York", "Europe/London", "Australia/Sydney", "Australia/Lord_Howe")


def days(pattern: Pattern, first: str, last: str) -> list[str]:
    return [day.isoformat() for day in days_between(pattern, date.fromisoformat(first), date.fromisoformat(last))]


def test_what_is_once_is_on_its_day_only() -> None:
    pattern = Pattern(date(2026, 11, 22))
    assert days(pattern, "2026-11-01", "2026-12-31") == ["2026-11-22"]
    assert days(pattern, "2026-11-23", "2026-12-31") == []


def test_every_month_on_the_31st_is_the_last_day_of_shorter_months_and_never_drifts() -> None:
    pattern = Pattern(date(2027, 1, 31), "monthly")
    assert days(pattern, "2027-01-01", "2027-05-31") == [
        "2027-01-31",
        "2027-02-28",
        "2027-03-31",
        "2027-04-30",
        "2027-05-31",
    ]
    assert days(pattern, "2028-02-01", "2028-02-29") == ["2028-02-29"]


def test_it_ends_with_its_last_day() -> None:
    pattern = Pattern(date(2026, 11, 22), "weekly", until=date(2026, 12, 6))
    assert days(pattern, "2026-11-01", "2027-12-31") == ["2026-11-22", "2026-11-29", "2026-12-06"]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(
    begin=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    repeat=st.sampled_from(["weekly", "monthly"]),
    first=st.dates(date(2023, 6, 1), date(2028, 1, 1)),
    span=st.integers(0, 366),
)
def test_any_window_shows_what_a_day_by_day_count_finds(begin: date, repeat: str, first: date, span: int) -> None:
    def is_on(day: date) -> bool:
        if day < begin:
            return False
        if repeat == "weekly":
            return (day - begin).days % 7 == 0
        return day.day == min(begin.day, monthrange(day.year, day.month)[1])

    window = [first + timedelta(days=number) for number in range(span + 1)]
    assert list(days_between(Pattern(begin, repeat), window[0], window[-1])) == [day for day in window if is_on(day)]


@pytest.mark.parametrize("zone", ZONES)
def test_the_senior_s_clock_shows_the_time_on_every_day_of_a_year_but_in_the_gap(zone: str) -> None:
    for number in range(366):
        day = date(2026, 6, 1) + timedelta(days=number)
        local = instant(day, time(14, 30), zone).astimezone(ZoneInfo(zone))
        assert (local.date(), local.time()) == (day, time(14, 30))


@pytest.mark.parametrize(
    ("zone", "day", "clock", "expected"),
    [
        ("America/New_York", date(2027, 3, 14), time(2, 30), "2027-03-14T07:30"),  # skipped: 3:30 on the clock
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01T05:30"),  # twice: the first
        ("Europe/London", date(2027, 3, 28), time(1, 30), "2027-03-28T01:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:45"),  # half an hour is skipped
    ],
)
def test_the_changes_of_clocks(zone: str, day: date, clock: time, expected: str) -> None:
    assert instant(day, clock, zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock", "after", "due"),
    [
        ("14:00", "2026-11-22T12:00", "2026-11-22T13:00"),
        ("14:00", "2026-11-22T13:00", "2026-11-23T13:00"),  # this one is just told of: the next
        ("08:30", "2026-11-22T02:00", "2026-11-22T08:00"),  # an hour before would be too early
        ("08:00", "2026-11-22T02:00", None),  # before the day begins: it stands in the day's plan
        ("21:30", "2026-11-22T12:00", "2026-11-22T20:30"),
        ("23:00", "2026-11-22T12:00", None),  # nobody is woken
    ],
)
def test_reminders_come_an_hour_before_in_the_waking_day(clock: str, after: str, due: str | None) -> None:
    zone = "Europe/London"  # in winter, its clock shows UTC
    pattern = Pattern(date(2026, 11, 22), "weekly" if due is None else "")
    if due == "2026-11-23T13:00":
        pattern = Pattern(date(2026, 11, 16), "weekly")
        due = "2026-11-23T13:00"
    expected = datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    assert next_reminder(pattern, time.fromisoformat(clock), zone, moment) == expected


def test_what_has_no_time_or_is_over_is_not_told_of() -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert next_reminder(Pattern(date(2026, 11, 22)), None, "UTC", noon) is None
    assert next_reminder(Pattern(date(2026, 11, 21)), time(14), "UTC", noon) is None


@pytest.mark.parametrize(
    ("clock", "words"),
    [(time(14, 5), "2:05 in the afternoon"), (time(0, 30), "12:30 at night"), (time(9), "9:00 in the morning")],
)
def test_times_are_said_as_people_say_them(clock: time, words: str) -> None:
    assert in_words(clock) == words
