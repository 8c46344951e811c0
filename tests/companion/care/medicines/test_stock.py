"""What is left and until when: by halves, by simulation, by trailing use, and never hidden when below nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from companion.accounts.models import User
from companion.care.medicines import actions, selectors
from companion.care.medicines.models import Regimen
from companion.care.medicines.plan import Rule
from tests.companion.care.medicines.conftest import Clockwork, daily, doses, instant

Add = Callable[..., Regimen]


def test_nothing_is_said_before_anything_was_counted(add: Add) -> None:
    assert selectors.stock_of(add()).left is None


def test_halves_are_counted_as_halves(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(daily("08:00", quantity="0.5"))
    actions.refill(senior, regimen.pk, Decimal(2))
    clockwork.go_to("2026-06-01 12:00")
    actions.take_dose(senior, doses(regimen)[0].pk)
    assert selectors.stock_of(regimen).left == Decimal("1.5")
    actions.undo_dose(senior, doses(regimen)[0].pk)
    assert selectors.stock_of(regimen).left == 2


@pytest.mark.parametrize(
    ("rule", "left", "runs_out"),
    [
        ({}, 10, "2026-06-11"),
        ({"quantity": 2}, 5, "2026-06-03"),  # the third day's two are no longer whole
        ({"weekdays": [0]}, 2, "2026-06-15"),  # Mondays: the first, the eighth, and then none
        ({"days_on": 2, "days_off": 5, "start": "2026-06-01"}, 3, "2026-06-09"),
        ({"taper": [{"quantity": 4, "days": 2}, {"quantity": 1, "days": 3}], "start": "2026-06-01"}, 11, None),
        ({"taper": [{"quantity": 4, "days": 2}, {"quantity": 1, "days": 3}], "start": "2026-06-01"}, 10, "2026-06-05"),
        ({"end": "2026-06-05"}, 10, None),
    ],
)
def test_run_out_is_found_by_living_through_the_rule(
    rule: dict[str, Any], left: int, runs_out: str | None, add: Add, senior: User
) -> None:
    regimen = add(daily("08:00", **rule), lead_days=3)
    actions.count_stock(senior, regimen.pk, Decimal(left))
    stock = selectors.stock_of(regimen)
    assert stock.runs_out_on == (date.fromisoformat(runs_out) if runs_out else None)
    if stock.runs_out_on is not None:
        assert stock.order_by is not None
        assert (stock.runs_out_on - stock.order_by).days == 3


def test_as_needed_goes_by_the_use_of_the_last_month(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(Rule(kind="as_needed", start="2026-01-01"))
    actions.count_stock(senior, regimen.pk, Decimal(13))
    assert selectors.stock_of(regimen).runs_out_on is None
    for day in ("01", "03", "05"):
        clockwork.jump_to(f"2026-06-{day} 12:00")
        actions.take_as_needed(senior, regimen.pk)
    assert selectors.stock_of(regimen).runs_out_on == date(2026, 9, 13)  # ten left, three in thirty days


def test_count_settles_everything_before_it(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(daily("08:00"))
    actions.refill(senior, regimen.pk, Decimal(30))
    clockwork.go_to("2026-06-02 12:00")
    actions.count_stock(senior, regimen.pk, Decimal(12))
    actions.take_dose(
        senior, doses(regimen)[0].pk, taken_at=instant("2026-06-01 12:00")
    )  # noted later: counted already
    assert selectors.stock_of(regimen).left == 12
    actions.discard_stock(senior, regimen.pk, Decimal(2))
    clockwork.jump_to("2026-06-02 12:05")
    actions.take_dose(senior, doses(regimen)[1].pk)
    assert selectors.stock_of(regimen).left == 9


def test_below_nothing_asks_to_count(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(Rule(kind="as_needed", start="2026-01-01"))
    actions.count_stock(senior, regimen.pk, Decimal(0))
    clockwork.jump_to("2026-06-01 12:00")
    actions.take_as_needed(senior, regimen.pk)
    stock = selectors.stock_of(regimen)
    assert (stock.left, stock.needs_count, stock.runs_out_on) == (Decimal(-1), True, None)
