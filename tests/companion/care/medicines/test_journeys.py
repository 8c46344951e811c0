"""Doses while people travel, zones change and the day is moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest

from companion.accounts.models import User
from companion.care.medicines import actions
from companion.care.medicines.models import Notice, Regimen
from companion.care.medicines.plan import Rule
from tests.companion.care.medicines.conftest import (
    Clockwork,
    daily,
    doses,
    due_times,
)

Add = Callable[..., Regimen]
KIND = Notice.Kind


def move(senior: User, zone: str) -> None:
    """The senior's clock is that of another place from now on."""
    User.objects.filter(pk=senior.pk).update(time_zone=zone)


def test_medicine_that_keeps_home_time_shows_both_clocks(add: Add, clockwork: Clockwork, senior: User) -> None:
    add(daily("08:00"), zone_policy="home")
    move(senior, "Europe/London")
    clockwork.go_to("2026-06-01 12:00")
    assert "due at 8:00 a.m. at home, which is 1:00 p.m. here." in clockwork.pushes[-1]["event"]["detail"]


def test_medicine_that_follows_goes_by_the_clock_there_and_doubles_nothing(
    add: Add, clockwork: Clockwork, senior: User
) -> None:
    regimen = add(daily("08:00"), zone_policy="device")
    clockwork.go_to("2026-06-01 12:01")
    actions.take_dose(senior, doses(regimen)[0].pk)
    move(senior, "America/Los_Angeles")  # where it is five in the morning, and eight is still to come
    clockwork.go_to("2026-06-01 13:00")
    assert due_times(regimen)[:3] == ["06-01 12:00", "06-02 15:00", "06-03 15:00"]


def test_journey_that_gives_the_day_twice_loses_no_dose(add: Add, clockwork: Clockwork, senior: User) -> None:
    move(senior, "Australia/Sydney")
    senior.refresh_from_db()
    regimen = add(daily("08:00"), zone_policy="device")
    clockwork.go_to("2026-06-01 22:01")
    actions.take_dose(senior, doses(regimen)[0].pk)  # of the second of June, there
    move(senior, "America/New_York")
    clockwork.go_to("2026-06-02 02:00")
    rows = doses(regimen)
    assert [f"{row.due_at:%m-%d %H:%M} {row.local_date}" for row in rows[:3]] == [
        "06-01 22:00 2026-06-02",
        "06-02 12:00 2026-06-02",  # eight in New York, fourteen hours on: the same clock time of the same day again
        "06-03 12:00 2026-06-03",
    ]


def test_senior_is_asked_once_a_journey(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(daily("08:00"))
    question = "By which clock shall I remind you of the white heart pill?"
    move(senior, "Europe/London")
    clockwork.tick()
    clockwork.tick()
    assert clockwork.shown() == [question]
    assert due_times(regimen)[0] == "06-01 12:00"
    actions.settle_zone(senior, regimen.pk, follow=True)
    assert due_times(regimen)[0] == "06-02 07:00"
    clockwork.tick()
    move(senior, "America/New_York")
    clockwork.tick()
    assert clockwork.shown() == [question, question]
    actions.settle_zone(senior, regimen.pk, follow=False)
    clockwork.tick()
    assert clockwork.shown() == [question, question]


def test_new_table_of_zones_moves_what_lies_ahead_only(
    add: Add, clockwork: Clockwork, senior: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    regimen = add(daily("08:00"))
    clockwork.go_to("2026-06-01 12:00")
    from companion.care.medicines import schedule

    class ChangedZone:
        """New York decides in June to stay at UTC-5."""

        def __new__(cls, name: str) -> Any:
            from datetime import timezone

            return timezone(timedelta(hours=-5))

    monkeypatch.setattr(schedule, "ZoneInfo", ChangedZone)
    clockwork.go_to("2026-06-01 19:00")
    assert due_times(regimen)[:3] == ["06-01 12:00", "06-02 13:00", "06-03 13:00"]


def test_own_day_moves_doses_ahead(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(Rule(kind="times", start="2026-01-01", slots=[{"moment": "breakfast"}]))
    assert doses(regimen)[0].label == "08:00"
    actions.set_routine(senior, senior.pk, breakfast=time(9, 30))
    assert [row.label for row in doses(regimen)][:2] == ["09:30", "09:30"]
