"""Changing a medicine's times on the page: what the form does not show must come through as it was."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from companion.accounts.models import User
from companion.care.medicines.forms import Manner
from companion.care.medicines.models import Regimen
from companion.care.medicines.plan import Rule
from companion.care.medicines.selectors import current_version
from tests.companion.care.medicines.conftest import daily
from tests.companion.circle.conftest import signed_in

HOURS = ("06:00", "08:00", "10:00", "12:00", "14:00", "16:00", "18:00", "20:00")


def saved_again(client: Client, regimen: Regimen, manner: Manner, **other: Any) -> Rule:
    """The rule after somebody has opened the form of its times and sent it as it stood, but for `other`."""
    path = f"/medicines/{regimen.senior_id}/{regimen.pk}/change/when/"
    form = client.post(path, {"step": "often", "manner": manner}).context["form"]
    held = {name: form[name].value() for name in form.fields}
    shown = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in held.items()}
    said = {name: value for name, value in {**shown, **other}.items() if value is not None}
    answer = client.post(path, {"step": "when", "manner": manner, **said})
    assert answer.status_code == 302, answer.context["form"].errors
    return current_version(regimen).rule


def times(*slots: dict[str, Any], **more: Any) -> Rule:
    return Rule.model_validate({"kind": "times", "start": "2026-01-01", "slots": slots, **more})


@pytest.mark.parametrize(
    ("manner", "rule"),
    [
        (Manner.DAILY, times({"at": "08:00"}, {"at": "20:00", "quantity": "6"}, quantity="10")),
        (Manner.DAILY, times({"moment": "breakfast", "offset_minutes": -30}, {"moment": "breakfast"})),
        (Manner.DAILY, daily(*HOURS)),
        (
            Manner.TAPER,
            times({"at": "08:00"}, quantity="6", taper=[{"quantity": str(6 - n), "days": 5} for n in range(5)]),
        ),
        (
            Manner.TAPER,
            times(
                {"at": "08:00"}, quantity="4", weekdays=[0], taper=[{"quantity": "4", "days": 28}, {"quantity": "2"}]
            ),
        ),
        (Manner.DAILY, daily("08:00", quantity="0.125")),
    ],
    ids=["amounts of their own", "before a meal", "many times", "a long taper", "a taper of Mondays", "a small amount"],
)
def test_a_last_day_is_set_and_no_dose_changes(
    senior: User, add: Callable[..., Regimen], manner: Manner, rule: Rule
) -> None:
    regimen = add(rule, most_in_24_hours=Decimal(30))
    changed = saved_again(signed_in(senior), regimen, manner, end="2026-12-31")
    assert f"{changed.end}" == "2026-12-31"
    assert changed.model_copy(update={"end": None}) == rule
    regimen.refresh_from_db()
    assert regimen.most_in_24_hours == 30


def test_amounts_of_their_own_are_named_beside_the_amount(senior: User, add: Callable[..., Regimen]) -> None:
    regimen = add(times({"at": "08:00"}, {"at": "20:00", "quantity": "6"}, quantity="10"))
    path = f"/medicines/{senior.pk}/{regimen.pk}/change/when/"
    page = signed_in(senior).post(path, {"step": "often", "manner": "daily"}).content.decode()
    assert "With an amount of their own, which stays: 8:00 p.m. 6" in page


def test_days_of_the_month_are_read_out_of_anything(senior: User, add: Callable[..., Regimen]) -> None:
    path = f"/medicines/{senior.pk}/{add().pk}/change/when/"
    said = {"step": "when", "manner": "monthly", "month_days": "1\u00b2", "at1": "08:00", "start": "2026-01-01"}
    answer = signed_in(senior).post(path, {**said, "quantity": "1", "month_end": "last_day"})
    assert answer.status_code == 302
