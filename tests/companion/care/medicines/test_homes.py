"""Doses of somebody who lives in a home: who of its staff is told, and who is not."""

from __future__ import annotations

from datetime import date

import pytest

from companion.accounts.models import User
from companion.care.medicines import actions
from companion.care.medicines.models import Regimen
from companion.circle.models import Item
from companion.circle.organisations import admissions
from companion.circle.organisations.models import Residency
from companion.safety import calm
from companion.safety.models import Delivery
from tests.companion.care.medicines.conftest import Clockwork, daily, doses, letters, reachable
from tests.companion.circle.organisations.homes import Home, make_home

LATE = ": a reminder may not have been seen"


@pytest.fixture
def home(db: None, clockwork: Clockwork) -> Home:
    """Where the nurse works by day and the carer by night."""
    made = make_home("Rosewood")
    made.shift(made.nurse, made.garden, 7, 19, first_day=date(2026, 1, 5))
    made.shift(made.carer, made.garden, 19, 7, first_day=date(2026, 1, 5))
    for user in (made.lead, made.nurse, made.carer):
        reachable(user)
    return made


def resident_with_pill(home: Home, *agreed: str) -> tuple[Residency, Regimen]:
    """Somebody with a pill at eight in the morning."""
    residency = home.admit(home.garden, "Ida Jones", agreed=agreed)
    person = residency.senior.user
    regimen = actions.add_regimen(person, person.pk, rule=daily("08:00"), name="Metoprolol")
    return residency, regimen


def test_staff_on_shift_are_told_and_hear_that_it_was_taken(home: Home, clockwork: Clockwork) -> None:
    residency, regimen = resident_with_pill(home, Item.MEDICINES)
    clockwork.go_to("2026-06-01 13:10")
    assert letters(home.nurse) == [f"{residency.senior.name}{LATE}"]
    assert (letters(home.carer), letters(home.lead)) == ([], [])
    row = Delivery.objects.get(recipient=home.nurse)
    assert calm.may_be_read(row, home.nurse.pk)
    row.fence = 1  # the relay has begun to send it
    row.save(update_fields=["fence"])
    actions.take_dose(home.nurse, doses(regimen)[0].pk)
    assert letters(home.nurse)[-1] == f"{residency.senior.name}: all is well"


def test_home_that_was_not_let_see_medicines_is_told_nothing(home: Home, clockwork: Clockwork) -> None:
    resident_with_pill(home)
    clockwork.go_to("2026-06-01 13:10")
    assert [letters(user) for user in (home.nurse, home.carer, home.lead)] == [[], [], []]


def test_where_nobody_is_on_shift_the_lead_is_told(home: Home, clockwork: Clockwork) -> None:
    residency = home.admit(home.terrace, "Ida Jones", agreed=[Item.MEDICINES])
    person: User = residency.senior.user
    actions.add_regimen(person, person.pk, rule=daily("08:00"), name="Metoprolol")
    clockwork.go_to("2026-06-01 13:10")
    assert letters(home.lead) == [f"{residency.senior.name}{LATE}"]
    assert (letters(home.nurse), letters(home.carer)) == ([], [])


def test_what_was_not_sent_before_they_moved_out_is_not_sent(home: Home, clockwork: Clockwork) -> None:
    residency, _ = resident_with_pill(home, Item.MEDICINES)
    clockwork.go_to("2026-06-01 13:10")
    row = Delivery.objects.get(recipient=home.nurse)
    admissions.discharge(home.lead, residency.senior_id)
    assert not calm.may_be_read(row, home.nurse.pk)
