"""No dose is lost and none is asked for twice: what a review of the engine found, each as it would be lived."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from companion.accounts.models import AuditLog, User
from companion.care.medicines import actions
from companion.care.medicines.models import DoseEvent, Regimen
from companion.care.medicines.plan import Rule
from companion.care.medicines.schedule import shortest_gap
from tests.companion.care.medicines.conftest import Clockwork, daily, doses, instant, letters, states

Add = Callable[..., Regimen]


def due_times(regimen: Regimen) -> list[str]:
    return [f"{row.due_at:%m-%d %H:%M}" for row in doses(regimen)]


def linked(leader: Regimen, **more: Any) -> Rule:
    return Rule.model_validate(
        {"kind": "linked", "start": "2026-01-01", "after": leader.pk, "minutes_after": 10, **more}
    )


# --- a rule that is changed after the day's dose was taken ---


def test_pill_taken_at_eight_is_not_asked_for_again_when_it_moves_to_noon(
    add: Add, clockwork: Clockwork, senior: User
) -> None:
    regimen = add(daily("08:00"))
    clockwork.go_to("2026-06-01 12:05")
    actions.take_dose(senior, doses(regimen)[0].pk)
    actions.change_regimen(senior, regimen.pk, rule=daily("12:00"))
    clockwork.go_to("2026-06-02 10:00")
    assert due_times(regimen)[:2] == ["06-01 12:00", "06-02 16:00"]


def test_pill_noted_only_after_its_rule_moved_is_not_asked_for_again(
    add: Add, clockwork: Clockwork, senior: User
) -> None:
    regimen = add(daily("08:00"))
    clockwork.go_to("2026-06-01 12:05")
    actions.change_regimen(senior, regimen.pk, rule=daily("12:00"))
    old = doses(regimen)[0]
    actions.take_dose(senior, old.pk)
    assert due_times(regimen)[:2] == ["06-01 12:00", "06-02 16:00"]
    actions.undo_dose(senior, old.pk)
    assert due_times(regimen)[:2] == ["06-01 12:00", "06-01 16:00"], "what was not taken after all is due at noon"


def test_pill_not_taken_is_asked_for_at_the_new_time(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(daily("08:00"))
    clockwork.go_to("2026-06-01 12:05")
    actions.change_regimen(senior, regimen.pk, rule=daily("12:00"))
    assert due_times(regimen)[:2] == ["06-01 12:00", "06-01 16:00"]


def test_more_doses_a_day_begin_the_same_day(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(daily("08:00"))
    clockwork.go_to("2026-06-01 12:05")
    actions.take_dose(senior, doses(regimen)[0].pk)
    actions.change_regimen(senior, regimen.pk, rule=daily("08:00", "12:00", "16:00"))
    assert due_times(regimen)[:3] == ["06-01 12:00", "06-01 16:00", "06-01 20:00"]


# --- how far two doses are apart ---


@pytest.mark.parametrize(
    ("more", "days"),
    [
        ({"weekdays": [0]}, 7),
        ({"weekdays": [0, 3]}, 3),
        ({"weekdays": [0, 6]}, 1),
        ({"weekdays": [2], "every_weeks": 2}, 14),
        ({"every_days": 3}, 3),
        ({"month_days": [1]}, 28),
        ({"month_days": [1, 15]}, 14),
        ({"month_days": [1, 31]}, 1),
        ({"days_on": 21, "days_off": 7}, 1),
        ({"days_on": 1, "days_off": 2}, 3),
        ({}, 1),
    ],
)
def test_days_between_two_doses(more: dict[str, Any], days: int) -> None:
    assert shortest_gap(daily("08:00", **more)).days == days


def test_weekly_pill_taken_again_the_next_day_may_be_a_double(
    add: Add, clockwork: Clockwork, senior: User, shared: User
) -> None:
    regimen = add(daily("08:00", weekdays=[0]))
    clockwork.go_to("2026-06-01 12:05")
    assert not actions.take_dose(senior, doses(regimen)[0].pk).doubt
    clockwork.go_to("2026-06-02 12:05")
    assert actions.take_as_needed(senior, regimen.pk).doubt == DoseEvent.Doubt.DOUBLE
    assert letters(shared) == ["Margaret: please check today"]


def test_linked_dose_as_planned_is_never_called_double(add: Add, clockwork: Clockwork, senior: User) -> None:
    first = add(daily("08:00", "14:00"))
    second = add(linked(first))
    for moment in ("12:10", "18:10"):
        for regimen in (first, second):
            clockwork.go_to(f"2026-06-01 {moment}")
            row = next(row for row in doses(regimen) if row.is_open)
            assert actions.take_dose(senior, row.pk).doubt == ""


# --- medicines that others follow ---


def test_medicine_that_others_follow_keeps_times_of_its_own(add: Add, senior: User) -> None:
    first = add(daily("08:00"))
    second = add(linked(first))
    with pytest.raises(actions.RefusedError):
        actions.change_regimen(senior, first.pk, rule=Rule(kind="as_needed", start="2026-01-01"))
    assert due_times(second)


def test_nothing_is_taken_up_again_that_follows_what_was_stopped(add: Add, clockwork: Clockwork, senior: User) -> None:
    first = add(daily("08:00"))
    second = add(linked(first))
    actions.pause_regimen(senior, second.pk, reason="doctor")
    actions.pause_regimen(senior, first.pk, reason="doctor")
    with pytest.raises(actions.RefusedError, match="times"):
        actions.resume_regimen(senior, second.pk)
    actions.resume_regimen(senior, first.pk)
    actions.resume_regimen(senior, second.pk)
    assert due_times(second)[0] == "06-01 12:10"
    actions.pause_regimen(senior, second.pk, reason="doctor")
    with pytest.raises(actions.RefusedError):
        actions.stop_regimen(senior, first.pk)


def test_pause_that_ends_before_that_of_the_other_waits_for_it(add: Add, clockwork: Clockwork, senior: User) -> None:
    first = add(daily("08:00"))
    second = add(linked(first))
    actions.pause_regimen(senior, second.pk, reason="doctor", until=instant("2026-06-02 10:00"))
    actions.pause_regimen(senior, first.pk, reason="doctor", until=instant("2026-06-04 10:00"))
    clockwork.go_to("2026-06-03 10:00")
    second.refresh_from_db()
    assert second.state == "paused"
    clockwork.go_to("2026-06-04 10:01")
    second.refresh_from_db()
    assert second.state == "active"
    assert due_times(second)[0] == "06-04 12:10"


def test_linked_dose_does_not_wait_longer_than_its_rule_lets_it(add: Add, clockwork: Clockwork) -> None:
    first = add(daily("08:00"))
    second = add(linked(first, most_delay_minutes=60), look="blue bottle")
    clockwork.go_to("2026-06-01 13:05")
    assert "It is time for the blue bottle." not in clockwork.shown()
    clockwork.go_to("2026-06-01 13:10")
    assert clockwork.shown()[-1] == "It is time for the blue bottle."
    assert states(second) == ["pending"]


# --- put off, and told ---


def test_what_is_not_due_yet_cannot_be_put_off(add: Add, clockwork: Clockwork, senior: User) -> None:
    """Put off by fifteen minutes, tomorrow's dose would be asked for today, and not tomorrow."""
    regimen = add(daily("08:00"))
    with pytest.raises(actions.RefusedError, match="not due yet"):
        actions.snooze_dose(senior, doses(regimen)[1].pk)
    clockwork.go_to("2026-06-01 11:59")
    assert clockwork.shown() == []


def test_circle_told_of_a_reminder_that_never_came_hears_that_it_was_taken(
    add: Add, clockwork: Clockwork, senior: User, shared: User
) -> None:
    regimen = add(daily("08:00"), is_critical=True)
    clockwork.jump_to("2026-06-01 18:00")
    clockwork.tick()
    assert letters(shared) == ["Margaret: a reminder may not have been seen"]
    actions.take_dose(senior, doses(regimen)[0].pk)
    assert letters(shared) == [], "it was not sent yet, and need not be"


def test_why_a_dose_was_left_out_or_paused_is_not_in_the_audit_log(
    add: Add, clockwork: Clockwork, senior: User
) -> None:
    regimen = add(daily("08:00"))
    actions.skip_dose(senior, doses(regimen)[0].pk, reason="felt_ill")
    actions.pause_regimen(senior, regimen.pk, reason="hospital")
    written = str(list(AuditLog.objects.values_list("action", "details")))
    assert "dose.skipped" in written
    assert not [word for word in ("felt_ill", "hospital") if word in written]


def test_stock_and_count_stand_by_an_undo_across_a_count(add: Add, clockwork: Clockwork, senior: User) -> None:
    from companion.care.medicines import selectors

    regimen = add(daily("08:00", quantity=Decimal("0.5")))
    actions.count_stock(senior, regimen.pk, Decimal(10))
    clockwork.go_to("2026-06-01 12:01")
    row = doses(regimen)[0]
    actions.take_dose(senior, row.pk)
    assert selectors.stock_of(regimen).left == Decimal("9.5")
    actions.undo_dose(senior, row.pk)
    assert selectors.stock_of(regimen).left == Decimal(10)


# --- one medicine never stands in the way of another's ---


def test_medicine_that_follows_a_weekly_one_can_be_added_on_any_day(add: Add, clockwork: Clockwork) -> None:
    weekly = add(daily("08:00", weekdays=[0]))
    clockwork.go_to("2026-06-04 10:00")  # a Thursday: no dose of the weekly one is near
    second = add(linked(weekly))
    other = add(daily("08:00"))
    clockwork.go_to("2026-06-07 10:00")
    assert states(other) == ["not_reminded", "missed", "missed"] or states(other) == ["missed"] * 3
    clockwork.go_to("2026-06-08 12:30")
    assert due_times(second)[0].startswith("06-08")


def test_rule_that_cannot_be_read_keeps_no_other_from_being_laid_out(add: Add, clockwork: Clockwork) -> None:
    broken, good = add(daily("08:00")), add(daily("08:00"))
    broken.versions.update(rule_data={"kind": "of another release"})
    clockwork.go_to("2026-06-06 10:00")
    assert len(states(good)) == 5
