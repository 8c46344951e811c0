"""What is left in the house, and until when it lasts.

What is left is reckoned from the last count: plus what was fetched, less what was thrown away and what was taken since.
Nothing is kept that could go wrong with time, so an undo or a dose noted later is right by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Sum

from companion.care.medicines import schedule
from companion.care.medicines.layout import routines_of
from companion.care.medicines.models import OPEN, DoseEvent, Occurrence, Regimen, StockEvent
from companion.care.medicines.plan import Rule, RuleKind

#: How far ahead run-out is looked for, and over how long a use as needed is averaged.
FURTHEST = timedelta(days=400)
AVERAGED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Stock:
    """What is left of a medicine.

    Args:
        left: in the unit of its quantity; None where nothing was ever fetched or counted.
        runs_out_on: the first day on which a dose is no longer there; None where that is too far off to say.
        order_by: the day by which to ask the pharmacy.
        expires_on: the date on the packet.
        needs_count: it would be below nothing, so something was not noted.
    """

    left: Decimal | None
    runs_out_on: date | None = None
    order_by: date | None = None
    expires_on: date | None = None
    needs_count: bool = False


def stock_of(regimen: Regimen, now: datetime) -> Stock:
    """What is left of a medicine, and until when it lasts."""
    left = left_of(regimen.pk)
    if left is None or left < 0:
        return Stock(left, expires_on=regimen.expires_on, needs_count=left is not None)
    version = regimen.versions.get(effective_until=None)
    if version.rule.kind is RuleKind.AS_NEEDED:
        out_at = now + _lasts_as_needed(regimen.pk, left, now)
    else:
        out_at = _runs_out(regimen, version.rule, version.zone, left, now)
    if not regimen.is_active or out_at - now >= FURTHEST:
        return Stock(left, expires_on=regimen.expires_on)
    day = out_at.astimezone(ZoneInfo(version.zone)).date()
    return Stock(left, day, day - timedelta(days=regimen.lead_days), regimen.expires_on)


def left_of(regimen_id: UUID) -> Decimal | None:
    """What is left; below nothing where something was not noted, None where it was never counted or fetched."""
    events = list(StockEvent.objects.filter(regimen=regimen_id).order_by("at", "pk"))
    if not events:
        return None
    counts = [event for event in events if event.kind == StockEvent.Kind.COUNT]
    since = counts[-1].at if counts else events[0].at
    left = counts[-1].quantity if counts else Decimal(0)
    signs = {StockEvent.Kind.REFILL: 1, StockEvent.Kind.DISCARD: -1}
    later = [event for event in events if event.at >= since and event.kind != StockEvent.Kind.COUNT]
    left += sum((signs[StockEvent.Kind(event.kind)] * event.quantity for event in later), Decimal(0))
    return left - used_since(regimen_id, since)


def used_since(regimen_id: UUID, since: datetime) -> Decimal:
    """How much was taken since then, without what was undone."""
    taken = DoseEvent.objects.filter(regimen=regimen_id, kind=DoseEvent.Kind.TAKEN, taken_at__gt=since)
    used = taken.exclude(followed_by__kind=DoseEvent.Kind.UNDONE).aggregate(used=Sum("quantity"))["used"]
    return used or Decimal(0)


def _lasts_as_needed(regimen_id: UUID, left: Decimal, now: datetime) -> timedelta:
    used = used_since(regimen_id, now - AVERAGED)
    if not used:
        return FURTHEST
    return min(FURTHEST, timedelta(seconds=float(left / used) * AVERAGED.total_seconds()))


def _runs_out(regimen: Regimen, rule: Rule, zone: str, left: Decimal, now: datetime) -> datetime:
    """When the first dose is due that what is left does not reach for."""
    open_now = Occurrence.objects.filter(regimen=regimen, state__in=OPEN, due_at__lte=now)
    for quantity in open_now.values_list("quantity", flat=True):
        left -= quantity
        if left < 0:
            return now
    for due_at, quantity in _ahead(regimen, rule, zone, now):
        left -= quantity
        if left < 0:
            return due_at
    return now + FURTHEST


def _ahead(regimen: Regimen, rule: Rule, zone: str, now: datetime) -> list[tuple[datetime, Decimal]]:
    routine = routines_of({regimen.senior_id}).get(regimen.senior_id, schedule.USUAL_DAY)
    if rule.kind is RuleKind.LINKED and regimen.follows is not None:
        lead = regimen.follows.versions.get(effective_until=None)
        found = schedule.occurrences(lead.rule, lead.zone, now, now + FURTHEST, routine=routine)
        return [(due.due_at, rule.quantity) for due in found if rule.end is None or due.local_date <= rule.end]
    found = schedule.occurrences(rule, zone, now.astimezone(UTC), now + FURTHEST, routine=routine)
    return [(due.due_at, due.quantity) for due in found]
