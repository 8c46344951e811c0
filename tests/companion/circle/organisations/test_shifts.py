"""Who is on shift: by the home's clock, over midnight, over changes of clocks, never who is away or has left."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from companion.circle.organisations import actions, rota
from companion.circle.organisations.rules import Pattern, window_at
from companion.circle.organisations.selectors import duties, on_shift, staff_of_resident
from companion.circle.refusals import RefusedError
from tests.companion.circle.organisations.homes import FROM, MONDAY, ZONE, Home

DAY, NIGHT = Pattern("0123456", time(7), time(19), FROM), Pattern("0123456", time(19), time(7), FROM)


def at(text: str) -> datetime:
    """An instant by the clock of New York."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


@pytest.mark.parametrize(
    ("pattern", "moment", "is_on"),
    [
        (DAY, "2026-03-02 07:00", True),
        (DAY, "2026-03-02 18:59", True),
        (DAY, "2026-03-02 19:00", False),  # the next shift begins on the minute
        (NIGHT, "2026-03-02 19:00", True),
        (NIGHT, "2026-03-03 06:59", True),
        (NIGHT, "2026-03-03 07:00", False),
        (Pattern("0", time(19), time(7), FROM), "2026-03-03 03:00", True),  # Monday's night, on Tuesday
        (Pattern("1", time(19), time(7), FROM), "2026-03-03 03:00", False),
        (Pattern("0123456", time(19), time(7), date(2026, 3, 3)), "2026-03-03 03:00", False),  # began too early
        (Pattern("0123456", time(19), time(7), FROM, date(2026, 3, 2)), "2026-03-03 03:00", True),  # the last night
        (Pattern("0123456", time(19), time(7), FROM, date(2026, 3, 2)), "2026-03-03 20:00", False),
        (Pattern("0123456", time(8), time(8), FROM), "2026-03-02 07:59", True),  # round the clock
    ],
)
def test_windows(pattern: Pattern, moment: str, is_on: bool) -> None:
    assert (window_at(pattern, at(moment), ZONE) is not None) is is_on


@pytest.mark.parametrize("night", ["2026-03-07", "2026-10-31"], ids=["spring", "autumn"])
def test_somebody_is_on_in_every_minute_of_a_change_of_clocks(night: str) -> None:
    begins = at(f"{night} 12:00")
    for minutes in range(0, 24 * 60, 10):
        moment = begins + timedelta(minutes=minutes)
        found = [window_at(one, moment, ZONE) is not None for one in (DAY, NIGHT)]
        assert found.count(True) == 1, f"{moment} has {found.count(True)} shifts"


def test_night_is_as_long_as_the_clocks_make_it() -> None:
    spring, autumn = window_at(NIGHT, at("2026-03-08 05:00"), ZONE), window_at(NIGHT, at("2026-11-01 05:00"), ZONE)
    assert spring
    assert autumn
    assert (spring.ends - spring.begins, autumn.ends - autumn.begins) == (timedelta(hours=11), timedelta(hours=13))


def test_on_shift_names_who_works_in_that_unit_now(home: Home) -> None:
    home.shift(home.nurse, home.garden, 7, 15)
    home.shift(home.carer, home.garden, 15, 23)
    home.shift(home.lead, home.terrace, 7, 15, weekdays="56")
    assert [member.user for member in on_shift(home.garden.pk, MONDAY)] == [home.nurse]
    assert [member.user for member in on_shift(home.garden.pk, MONDAY + timedelta(hours=6))] == [home.carer]
    assert on_shift(home.terrace.pk, MONDAY) == []


def test_who_is_away_or_has_left_is_not_on_shift(home: Home) -> None:
    home.shift(home.nurse, home.garden, 7, 15)
    nurse = home.post(home.nurse)
    keep: dict[str, Any] = {"role": nurse.role, "unit_ids": [home.garden.pk], "is_safeguarding_lead": False}
    actions.change_staff(home.lead, nurse.pk, away_until=date(2026, 3, 2), **keep)
    assert on_shift(home.garden.pk, MONDAY) == []
    assert [one.user for one in on_shift(home.garden.pk, MONDAY + timedelta(days=1))] == [home.nurse]
    actions.change_staff(home.lead, nurse.pk, **{**keep, "unit_ids": [home.terrace.pk]})
    assert on_shift(home.garden.pk, MONDAY + timedelta(days=1)) == []
    actions.change_staff(home.lead, nurse.pk, **keep)
    actions.remove_staff(home.lead, nurse.pk)
    assert on_shift(home.garden.pk, MONDAY + timedelta(days=1)) == []


def test_shift_needs_somebody_of_the_unit_and_a_day(home: Home) -> None:
    times = {"starts": time(7), "ends": time(15), "first_day": FROM}
    carer = home.post(home.carer).pk
    with pytest.raises(RefusedError, match="does not look after Terrace"):
        rota.plan_shift(home.lead, home.terrace.pk, carer, **times)  # type: ignore[arg-type]
    for wrong in ({"weekdays": ""}, {"weekdays": "7"}, {"last_day": FROM - timedelta(days=1)}):
        with pytest.raises(RefusedError):
            rota.plan_shift(home.lead, home.garden.pk, carer, **{**times, **wrong})  # type: ignore[arg-type]


def test_ended_shift_begins_no_more_and_what_was_stays_known(home: Home) -> None:
    was = home.shift(home.nurse, home.garden, 7, 15)
    never = home.shift(home.carer, home.garden, 7, 15, first_day=date(2090, 1, 1))
    for shift in (was, never):
        rota.end_shift(home.lead, shift.pk)
    was.refresh_from_db()
    assert was.last_day is not None
    assert not type(never).objects.filter(pk=never.pk).exists()


def test_duties_ask_the_database_as_often_for_ten_units_as_for_one(
    home: Home, django_assert_num_queries: object
) -> None:
    units = [home.garden.pk, *(actions.add_unit(home.lead, home.organisation.pk, name=f"U{n}").pk for n in range(9))]
    for asked in (units[:1], units):
        with django_assert_num_queries(4):  # type: ignore[operator]
            assert set(duties(asked, MONDAY)) == set(asked)


def test_staff_of_a_resident_are_those_of_where_they_live(home: Home, elsewhere: Home) -> None:
    home.shift(home.nurse, home.garden, 7, 15)
    resident = home.admit(home.garden).senior_id
    found = {duty.member.user: duty.is_on_shift for duty in staff_of_resident(resident, MONDAY)}
    assert found == {home.lead: False, home.nurse: True, home.carer: False}
    assert staff_of_resident(elsewhere.lead.pk, MONDAY) == []
