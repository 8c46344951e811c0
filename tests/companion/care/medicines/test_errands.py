"""What Lilo asks and reminds of besides doses: whether it helped, what to order, what expires."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from companion.accounts.models import User
from companion.care.medicines import actions
from companion.care.medicines.models import Notice, Regimen
from companion.care.medicines.plan import Rule
from tests.companion.care.medicines.conftest import (
    Clockwork,
    daily,
    doses,
    letters,
)

Add = Callable[..., Regimen]
KIND = Notice.Kind


def test_effect_of_a_dose_as_needed_is_asked_for(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(Rule(kind="as_needed", start="2026-01-01"))
    kept = actions.take_as_needed(senior, regimen.pk).event
    clockwork.jump_to("2026-06-01 10:01")
    undone = actions.take_as_needed(senior, regimen.pk).event
    assert kept is not None
    assert undone is not None
    actions.undo_as_needed(senior, undone.pk)
    clockwork.go_to("2026-06-01 10:44")
    assert clockwork.pushes == []
    clockwork.go_to("2026-06-01 10:50")
    assert clockwork.shown() == ["Has the white heart pill helped?"]
    assert actions.record_effect(senior, kept.pk, effect="better").of == kept


def test_time_to_order_is_said_once_by_day(add: Add, clockwork: Clockwork, senior: User, shared: User) -> None:
    regimen = add(daily("08:00"), lead_days=4)
    actions.count_stock(senior, regimen.pk, Decimal(7))
    ordered = "Time to order the white heart pill."

    def take_daily(first: int, last: int) -> None:
        for day in range(first, last + 1):
            clockwork.go_to(f"2026-06-{day:02d} 12:00")
            actions.take_dose(senior, doses(regimen, state="pending")[0].pk)

    take_daily(1, 3)
    assert ordered not in clockwork.shown()
    take_daily(4, 6)
    assert clockwork.shown().count(ordered) == 1
    assert letters(shared).count("Margaret: a small errand") == 1
    said = Notice.objects.get(kind=KIND.REFILL, channel="page").sent_at
    assert said is not None
    assert said.hour in range(13, 23)
    actions.refill(senior, regimen.pk, Decimal(7))
    take_daily(7, 13)
    assert clockwork.shown().count(ordered) == 2


def test_date_on_the_packet_is_said_before_it_comes(add: Add, clockwork: Clockwork) -> None:
    add(daily("08:00"), expires_on=datetime(2026, 6, 16, tzinfo=UTC).date())
    clockwork.go_to("2026-06-03 20:00")
    assert clockwork.shown().count("Please look at the date on the white heart pill.") == 1
