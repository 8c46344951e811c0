"""Rosewood at work, and another home that must never see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from companion.accounts.models import User
from companion.care.medicines.actions import add_regimen
from companion.care.medicines.models import Occurrence
from companion.care.medicines.plan import Rule, RuleKind, Slot
from companion.circle.organisations.models import Residency
from companion.safety import clock
from tests.companion.circle.conftest import stranger
from tests.companion.circle.organisations.conftest import elsewhere, home
from tests.companion.circle.organisations.homes import Home

__all__ = ["elsewhere", "home", "stranger"]
Browse = Callable[[User], Client]


@pytest.fixture
def browse() -> Browse:
    """A browser in which somebody is signed in."""

    def open_for(person: User) -> Client:
        browser = Client()
        browser.force_login(person, backend="companion.accounts.backends.PersonBackend")
        return browser

    return open_for


@pytest.fixture
def resident(home: Home) -> Residency:
    """Margaret lives in room 12 of the garden, and lets the home see her medicines."""
    return home.admit(home.garden, "Margaret Doyle", room="12", agreed=["medicines"])


@pytest.fixture
def dose(resident: Residency) -> Occurrence:
    """A dose of hers that must not be missed, due in a few minutes."""
    person = resident.senior.user
    at = (clock.now() + timedelta(minutes=20)).astimezone(resident.unit.organisation.tz)
    slot = Slot(at=at.time().replace(second=0, microsecond=0))
    rule = Rule(kind=RuleKind.TIMES, start=at.date(), quantity=Decimal(1), slots=(slot,))
    add_regimen(person, person.pk, rule=rule, name="Apixaban", strength="5 mg", is_critical=True, form="tablet")
    return Occurrence.objects.filter(senior=person.pk).earliest("due_at")
