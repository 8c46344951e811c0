"""The clockwork: what happens to a dose as time passes, relays stop, and rules change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from companion.accounts.models import User
from companion.care.medicines import actions, ticks
from companion.care.medicines.models import DoseEvent, DoseState, Notice, Occurrence, Regimen
from companion.circle import actions as circle
from companion.circle.models import Item
from companion.safety.models import Alert, AlertEvent, Delivery
from tests.companion.care.medicines.conftest import (
    Clockwork,
    daily,
    doses,
    due_times,
    instant,
    letters,
    reachable,
    states,
)

Add = Callable[..., Regimen]
KIND = Notice.Kind


# --- laid out ---


def test_two_days_always_stand_in_the_table(add: Add, clockwork: Clockwork) -> None:
    regimen = add(daily("08:00", "20:00"))
    clockwork.go_to("2026-06-05 10:00")
    ahead = [row for row in doses(regimen) if row.due_at > clockwork.now]
    assert [f"{row.local_date} {row.label}" for row in ahead][:4] == [
        "2026-06-05 08:00", "2026-06-05 20:00", "2026-06-06 08:00", "2026-06-06 20:00",
    ]  # fmt: skip
    assert ahead[-1].due_at >= clockwork.now + timedelta(hours=36)


def test_medicine_added_in_the_evening_does_not_ask_for_the_morning(add: Add, clockwork: Clockwork) -> None:
    clockwork.jump_to("2026-06-01 23:00")  # seven in the evening in New York
    assert due_times(add(daily("08:00", "20:00")))[:2] == ["06-02 00:00", "06-02 12:00"]


def test_laying_out_twice_adds_nothing(add: Add, clockwork: Clockwork) -> None:
    regimen = add(daily("08:00"))
    before = [row.pk for row in doses(regimen)]
    Regimen.objects.update(laid_out_until=clockwork.now)
    clockwork.tick()
    clockwork.tick()
    assert [row.pk for row in doses(regimen)] == before


def test_due_dose_of_the_change_of_clocks_comes_once(add: Add, clockwork: Clockwork) -> None:
    clockwork.jump_to("2026-10-31 20:00")
    regimen = add(daily("01:30"))
    clockwork.go_to("2026-11-01 08:00")
    assert [f"{row.due_at:%d %H:%M}" for row in doses(regimen) if row.due_at < clockwork.now] == ["01 05:30"]
    assert clockwork.shown().count("It is time for the white heart pill.") == 2  # said, and said again unseen


# --- reminded, late, missed ---


def test_day_of_a_dose_that_nobody_answers(add: Add, clockwork: Clockwork, shared: User) -> None:
    regimen = add(daily("08:00"))  # noon in UTC
    clockwork.go_to("2026-06-01 11:59")
    assert (clockwork.pushes, states(regimen)) == ([], [])
    clockwork.go_to("2026-06-01 12:00")
    card = clockwork.pushes[0]["event"]
    occurrence = doses(regimen)[0]
    assert (card["title"], card["detail"]) == (
        "It is time for the white heart pill.",
        "1 tablet. It is due at 8:00 a.m.",
    )
    assert [choice["value"] for choice in card["choices"]] == [
        f"dose:{occurrence.pk}:{verb}" for verb in ("taken", "later", "skip")
    ]
    clockwork.go_to("2026-06-01 12:59")
    assert letters(shared) == []
    clockwork.go_to("2026-06-01 13:00")
    assert letters(shared) == ["Margaret: a reminder may not have been seen"]
    assert states(regimen) == ["pending"]
    clockwork.go_to("2026-06-01 14:00")
    assert states(regimen) == ["late"]
    clockwork.go_to("2026-06-01 18:00")
    assert states(regimen) == ["missed"]
    clockwork.go_to("2026-06-01 23:00")
    assert (len(letters(shared)), Alert.objects.count()) == (1, 0)


def test_seen_reminder_is_not_said_to_be_unseen(add: Add, clockwork: Clockwork, senior: User, shared: User) -> None:
    regimen = add(daily("08:00"))
    reachable(senior, "sms")
    clockwork.go_to("2026-06-01 12:01")
    actions.mark_seen(senior, senior.pk, [doses(regimen)[0].pk])
    clockwork.go_to("2026-06-01 13:00")
    assert letters(shared) == ["Margaret: something to check"]
    assert letters(senior) == []


def test_unseen_reminder_goes_on_to_the_seniors_other_ways(add: Add, clockwork: Clockwork, senior: User) -> None:
    add(daily("08:00"))
    reachable(senior)
    clockwork.go_to("2026-06-01 12:04")
    assert letters(senior) == []
    clockwork.go_to("2026-06-01 12:05")
    row = Delivery.objects.get(recipient=senior, message="calm")
    assert letters(senior) == ["Lilo has a reminder for you"]
    assert ("Metoprolol" in row.letter, "heart" in row.letter) == (False, False)


def test_messages_name_the_medicine_only_where_the_senior_wants_it(
    add: Add, clockwork: Clockwork, senior: User, shared: User
) -> None:
    add(daily("08:00"), hides_name=False)
    reachable(senior)
    clockwork.go_to("2026-06-01 13:00")
    assert letters(senior) == ["It is time for the white heart pill."]
    assert "Metoprolol" in Delivery.objects.get(recipient=shared, message="calm").letter


def test_critical_dose_is_told_sooner_and_raises_an_alert(
    add: Add, clockwork: Clockwork, senior: User, shared: User
) -> None:
    regimen = add(daily("08:00"), is_critical=True)
    assert regimen.notice_minutes == 30
    clockwork.go_to("2026-06-01 12:30")
    assert letters(shared) == ["Margaret: a reminder may not have been seen"]
    clockwork.go_to("2026-06-01 13:29")
    assert not Alert.objects.exists()
    clockwork.go_to("2026-06-01 13:30")
    alert = Alert.objects.get()
    assert (alert.level, alert.category, alert.source, alert.senior) == ("A", "missed_dose", "medicines", senior)
    assert (alert.told_since, states(regimen)) == (None, ["missed"])
    assert clockwork.shown()[-1] == "Are you all right?"
    clockwork.go_to("2026-06-01 20:00")
    assert Alert.objects.count() == 1


def test_dose_taken_after_all_answers_its_alert(
    add: Add, clockwork: Clockwork, senior: User, shared: User, django_capture_on_commit_callbacks: Any
) -> None:
    regimen = add(daily("08:00"), is_critical=True)
    clockwork.go_to("2026-06-01 13:30")
    with django_capture_on_commit_callbacks(execute=True):
        actions.take_dose(senior, doses(regimen)[0].pk)
    alert = Alert.objects.get()
    assert (alert.state, alert.answer_due_at) == ("resolved", None)
    assert list(AlertEvent.objects.values_list("kind", flat=True)) == ["asked", "answered_no"]


def test_low_risk_is_told_once_in_the_evening(add: Add, clockwork: Clockwork, shared: User) -> None:
    add(daily("08:00", "09:00", "10:00"), is_low_risk=True)
    taken_later = add(daily("11:00"), is_low_risk=True)
    clockwork.go_to("2026-06-01 20:00")
    actions.take_dose(shared, doses(taken_later)[0].pk)
    assert letters(shared) == []
    clockwork.go_to("2026-06-02 00:00")
    assert letters(shared) == ["Margaret: your daily note"]
    assert "Today 3 doses were not noted" in Delivery.objects.get(recipient=shared, message="calm").letter


def test_nothing_is_told_to_whom_nothing_is_shared(
    add: Add, clockwork: Clockwork, senior: User, daughter: User, visitor: User
) -> None:
    add(daily("08:00"))
    clockwork.go_to("2026-06-01 13:00")
    circle.set_sharing(senior, senior.pk, Item.MEDICINES, is_on=True)
    clockwork.go_to("2026-06-02 13:00")
    assert (len(letters(daughter)), letters(visitor)) == (1, [])


def test_older_dose_gives_way_to_the_next(add: Add, clockwork: Clockwork) -> None:
    regimen = add(daily("08:00", "10:00", "12:00"))
    clockwork.go_to("2026-06-01 14:00")
    assert states(regimen) == ["missed", "pending"]
    clockwork.go_to("2026-06-01 16:00")
    assert states(regimen) == ["missed", "missed", "pending"]


def test_dose_past_midnight_belongs_to_its_slot(add: Add, clockwork: Clockwork, senior: User) -> None:
    clockwork.jump_to("2026-06-02 01:00")
    regimen = add(daily("23:00"))
    clockwork.go_to("2026-06-02 04:40")  # half past midnight in New York
    actions.take_dose(senior, doses(regimen)[0].pk)
    row = doses(regimen)[0]
    assert (str(row.local_date), row.state, row.was_late) == ("2026-06-01", "taken", False)


# --- the relay was down ---


def test_due_within_the_window_is_reminded_late_with_its_true_time(add: Add, clockwork: Clockwork) -> None:
    regimen = add(daily("08:00"))
    clockwork.jump_to("2026-06-01 13:30")
    clockwork.tick()
    assert clockwork.pushes[0]["event"]["detail"].endswith("due at 8:00 a.m.")
    assert states(regimen) == ["pending"]


def test_due_long_ago_is_not_reminded_and_nobody_is_blamed(add: Add, clockwork: Clockwork, shared: User) -> None:
    regimen = add(daily("08:00"))
    clockwork.jump_to("2026-06-05 19:00")
    clockwork.tick()
    clockwork.tick()
    assert states(regimen) == ["not_reminded"] * 5
    assert (clockwork.pushes, letters(shared), Alert.objects.count()) == ([], [], 0)


def test_critical_dose_that_lilo_slept_through_is_told_calmly(add: Add, clockwork: Clockwork, shared: User) -> None:
    regimen = add(daily("08:00"), is_critical=True)
    clockwork.jump_to("2026-06-01 18:00")
    clockwork.tick()
    assert (states(regimen), letters(shared)) == (["not_reminded"], ["Margaret: a reminder may not have been seen"])
    assert not Alert.objects.exists()


# --- put off ---


def test_snooze_keeps_the_due_time_and_moves_the_notice(
    add: Add, clockwork: Clockwork, senior: User, shared: User
) -> None:
    regimen = add(daily("08:00"))
    clockwork.go_to("2026-06-01 12:50")
    said = actions.snooze_dose(senior, doses(regimen)[0].pk, minutes=20).said
    assert said == "I will remind you again at 9:10 a.m. It was due at 8:00 a.m."
    clockwork.go_to("2026-06-01 13:09")
    assert (len(clockwork.pushes), letters(shared)) == (2, [])
    clockwork.go_to("2026-06-01 13:10")
    assert clockwork.pushes[-1]["event"]["detail"] == "1 tablet. It was due at 8:00 a.m."
    clockwork.go_to("2026-06-01 14:09")
    assert letters(shared) == []
    clockwork.go_to("2026-06-01 14:10")
    assert len(letters(shared)) == 1


# --- taken meanwhile ---


def test_circle_is_told_when_what_it_was_told_of_is_taken(
    add: Add, clockwork: Clockwork, senior: User, shared: User
) -> None:
    regimen = add(daily("08:00"))
    clockwork.go_to("2026-06-01 13:00")
    Delivery.objects.update(state="sent", fence=1)
    actions.take_dose(senior, doses(regimen)[0].pk)
    assert sorted(letters(shared)) == ["Margaret: a reminder may not have been seen", "Margaret: all is well"]


def test_notice_that_was_not_sent_yet_is_taken_back(add: Add, clockwork: Clockwork, senior: User, shared: User) -> None:
    regimen = add(daily("08:00"))
    clockwork.go_to("2026-06-01 13:00")
    actions.take_dose(senior, doses(regimen)[0].pk)
    assert letters(shared) == []
    assert set(Notice.objects.filter(recipient=shared).values_list("state", flat=True)) == {"cancelled"}


# --- changed, paused, left ---


def test_rule_changed_at_noon_leaves_the_morning_as_it_was(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(daily("08:00", "20:00"))
    clockwork.go_to("2026-06-01 12:01")
    actions.take_dose(senior, doses(regimen)[0].pk)
    clockwork.jump_to("2026-06-01 17:00")
    actions.change_regimen(senior, regimen.pk, rule=daily("09:00", "21:00", quantity=2))
    rows = doses(regimen)
    assert [(row.label, row.quantity, row.version.number) for row in rows[:3]] == [
        ("08:00", Decimal(1), 1), ("21:00", Decimal(2), 2), ("09:00", Decimal(2), 2),
    ]  # fmt: skip
    assert not [row for row in rows if row.label == "20:00"]


def test_dose_replaced_by_a_changed_rule_is_called_off_and_not_missed(
    add: Add, clockwork: Clockwork, senior: User
) -> None:
    regimen = add(daily("08:00"))
    clockwork.go_to("2026-06-01 12:20")
    actions.change_regimen(senior, regimen.pk, rule=daily("08:45"))
    clockwork.go_to("2026-06-01 12:45")
    assert states(regimen) == ["cancelled", "pending"]


def test_pause_stops_everything_at_once_and_resuming_makes_up_for_nothing(
    add: Add, clockwork: Clockwork, senior: User, shared: User
) -> None:
    regimen = add(daily("08:00", "20:00"))
    clockwork.go_to("2026-06-01 12:10")
    assert actions.pause_all(senior, senior.pk, reason="hospital") == 1
    count = len(clockwork.pushes)
    clockwork.go_to("2026-06-03 15:00")
    assert (states(regimen), len(clockwork.pushes), letters(shared)) == (["cancelled"], count, [])
    actions.resume_all(senior, senior.pk)
    clockwork.go_to("2026-06-04 00:05")
    assert states(regimen) == ["cancelled", "pending"]


def test_pause_ends_by_itself(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(daily("08:00"))
    actions.pause_regimen(senior, regimen.pk, reason="doctor", until=instant("2026-06-03 11:00"))
    clockwork.go_to("2026-06-03 12:00")
    assert states(regimen) == ["pending"]


@pytest.mark.parametrize("how", [{"is_active": False}, {"deleted_at": instant("2026-06-01 11:00")}])
def test_closed_account_is_reminded_of_nothing(
    how: dict[str, Any], add: Add, clockwork: Clockwork, senior: User, shared: User
) -> None:
    regimen = add(daily("08:00"), is_critical=True)
    User.everyone.filter(pk=senior.pk).update(**how)
    clockwork.go_to("2026-06-02 14:00")
    assert (clockwork.pushes, letters(shared), Alert.objects.count()) == ([], [], 0)
    assert set(states(regimen)) <= {"cancelled"}


# --- one trouble alone, and many people ---


def test_medicine_that_cannot_be_read_keeps_no_other_from_being_reminded(
    add: Add, clockwork: Clockwork, senior: User
) -> None:
    from django.db import connection

    broken, sound = add(daily("08:00")), add(daily("08:00"), look="round pill")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE care_regimen SET name = 'v1|nokey|x|y' WHERE id = %s", [broken.pk.hex])
    clockwork.go_to("2026-06-01 12:00")
    assert clockwork.shown() == ["It is time for the round pill."]
    assert Occurrence.objects.get(regimen=sound, state=DoseState.PENDING, reminded_at__isnull=False)
    assert Occurrence.objects.filter(regimen_id=broken.pk, step_at=clockwork.now + ticks.REST).exists()


def test_queries_do_not_grow_with_the_people(
    db: None, clockwork: Clockwork, django_assert_max_num_queries: Any
) -> None:
    from tests.companion.care.medicines.crowd import make_crowd

    make_crowd(40, medicines=5)
    with django_assert_max_num_queries(60):
        clockwork.tick()
    assert Occurrence.objects.filter(due_at__lt=instant("2026-06-02 11:00")).count() == 200
    clockwork.now = instant("2026-06-01 12:00")
    with django_assert_max_num_queries(60):
        clockwork.tick()
    assert len(clockwork.pushes) == 200
    clockwork.now = instant("2026-06-01 13:00")
    with django_assert_max_num_queries(60):
        clockwork.tick()
    assert Delivery.objects.filter(message="calm").count() == 200 * 2  # the seniors' other way, and their circle
    assert not DoseEvent.objects.exists()
