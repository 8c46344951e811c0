"""What is in the house: fetched, counted, thrown away."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from companion.accounts import audit
from companion.accounts.models import User
from companion.care.medicines import access
from companion.care.medicines.events import dose_changed_on_commit
from companion.care.medicines.models import StockEvent
from companion.circle.refusals import RefusedError
from companion.safety import clock

MOST = Decimal(99_999)
Kind = StockEvent.Kind


def refill(by: User, regimen_id: UUID, quantity: Decimal, *, at: datetime | None = None) -> StockEvent:
    """So much was fetched from the pharmacy.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: the number cannot be.
    """
    return _note(by, regimen_id, Kind.REFILL, quantity, at)


def count_stock(by: User, regimen_id: UUID, quantity: Decimal, *, at: datetime | None = None) -> StockEvent:
    """So much is there: from now on everything is reckoned from this count.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: the number cannot be.
    """
    return _note(by, regimen_id, Kind.COUNT, quantity, at)


def discard_stock(by: User, regimen_id: UUID, quantity: Decimal, *, at: datetime | None = None) -> StockEvent:
    """So much was thrown away.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: the number cannot be.
    """
    return _note(by, regimen_id, Kind.DISCARD, quantity, at)


def _note(by: User, regimen_id: UUID, kind: StockEvent.Kind, quantity: Decimal, at: datetime | None) -> StockEvent:
    if not quantity.is_finite() or quantity > MOST or quantity < 0 or (quantity == 0 and kind != Kind.COUNT):
        raise RefusedError("Please give the number of tablets, puffs or spoons.")
    with transaction.atomic():
        regimen = access.regimen_for(by, regimen_id, to_write=True)
        now = clock.now()
        if at is not None and at > now:
            raise RefusedError("This time is still to come.")
        event = StockEvent.objects.create(
            regimen=regimen, kind=kind, quantity=quantity.quantize(Decimal("0.001")), at=at or now, by=by
        )
        audit.record(by, f"stock.{kind}", "regimen", regimen.pk, subject=regimen.senior_id)
        dose_changed_on_commit(regimen.senior_id, regimen.pk)
    return event
