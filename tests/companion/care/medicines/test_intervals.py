"""Doses counted from the last one, and doses that follow another medicine."""

from __future__ import annotations

from collections.abc import Callable

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
    instant,
    states,
)

Add = Callable[..., Regimen]
KIND = Notice.Kind


def interval(count_from: str) -> Rule:
    return Rule(
        kind="interval", start="2026-06-01", every_minutes=480, count_from=count_from,
        first_at=instant("2026-06-01 12:00"),
    )  # fmt: skip


def test_interval_from_taken_moves_on_with_each_taking(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(interval("taken"))
    clockwork.go_to("2026-06-01 13:10")
    actions.take_dose(senior, doses(regimen)[0].pk)
    assert due_times(regimen)[-1] == "06-01 21:10"
    actions.undo_dose(senior, doses(regimen)[0].pk)
    assert due_times(regimen)[-1] == "06-01 20:00"
    clockwork.go_to("2026-06-02 12:00")
    assert states(regimen) == ["missed", "missed", "missed", "pending"]


def test_interval_from_due_never_drifts(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(interval("due"))
    clockwork.go_to("2026-06-01 13:10")
    actions.take_dose(senior, doses(regimen)[0].pk)
    assert due_times(regimen)[:3] == ["06-01 12:00", "06-01 20:00", "06-02 04:00"]


@pytest.fixture
def pair(add: Add) -> tuple[Regimen, Regimen]:
    """Drops, and others ten minutes after them."""
    first = add(daily("08:00"), name="Drops")
    rule = Rule(kind="linked", start="2026-01-01", after=first.pk, minutes_after=10)
    return first, add(rule, name="Other drops", look="blue bottle")


def test_linked_dose_is_due_after_the_other(pair: tuple[Regimen, Regimen]) -> None:
    assert due_times(pair[1])[:2] == ["06-01 12:10", "06-02 12:10"]


def test_linked_dose_waits_for_the_other_and_follows_it(
    pair: tuple[Regimen, Regimen], clockwork: Clockwork, senior: User
) -> None:
    first, second = pair
    clockwork.go_to("2026-06-01 12:40")
    assert "blue bottle" not in " ".join(clockwork.shown())
    actions.take_dose(senior, doses(first)[0].pk)
    assert due_times(second)[0] == "06-01 12:50"
    clockwork.go_to("2026-06-01 12:50")
    assert clockwork.shown()[-1] == "It is time for the blue bottle."


def test_snoozing_one_moves_the_linked_one(pair: tuple[Regimen, Regimen], clockwork: Clockwork, senior: User) -> None:
    first, second = pair
    clockwork.go_to("2026-06-01 12:00")
    actions.snooze_dose(senior, doses(first)[0].pk, minutes=30)
    assert due_times(second)[0] == "06-01 12:40"


def test_linked_dose_is_reminded_although_the_other_was_missed(
    pair: tuple[Regimen, Regimen], clockwork: Clockwork
) -> None:
    first, second = pair
    clockwork.go_to("2026-06-01 18:10")
    assert (states(first), states(second)) == (["missed"], ["pending"])
    assert clockwork.shown()[-1] == "It is time for the blue bottle."


def test_medicine_that_others_follow_is_not_simply_stopped(pair: tuple[Regimen, Regimen], senior: User) -> None:
    with pytest.raises(actions.RefusedError):
        actions.stop_regimen(senior, pair[0].pk)
    assert actions.pause_all(senior, senior.pk, reason="hospital") == 2


def test_one_taken_besides_counts_for_an_interval_from_the_last_taken(
    add: Add, clockwork: Clockwork, senior: User
) -> None:
    regimen = add(interval("taken"))
    clockwork.go_to("2026-06-01 12:00")
    actions.take_dose(senior, doses(regimen)[0].pk)
    assert due_times(regimen) == ["06-01 12:00", "06-01 20:00"]
    clockwork.go_to("2026-06-01 16:00")
    besides = actions.take_as_needed(senior, regimen.pk).event
    assert besides is not None
    assert due_times(regimen) == ["06-01 12:00", "06-02 00:00"]
    actions.undo_as_needed(senior, besides.pk)
    assert due_times(regimen) == ["06-01 12:00", "06-01 20:00"]
