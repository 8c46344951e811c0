"""Errands: time to order from the pharmacy, and dates on packets. Looked at twice a day for each medicine."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from companion.care.medicines import notices, wording
from companion.care.medicines.models import Notice, Regimen, RegimenState, StockEvent
from companion.care.medicines.notices import Round
from companion.care.medicines.stock import stock_of
from companion.safety import clock
from companion.safety.apart import apart

BATCH = 20
EVERY = timedelta(hours=12)
#: Said by day only, by the senior's clock, and this long before the packet's date.
FROM_HOUR, TO_HOUR = 9, 19
EXPIRY_AHEAD = timedelta(days=14)


def mind_errands() -> int:
    """Look at the medicines that were not looked at for half a day."""
    now = clock.now()
    counted = Exists(StockEvent.objects.filter(regimen=OuterRef("pk")))
    due = Regimen.objects.filter(
        Q(counted) | Q(expires_on__isnull=False),
        state=RegimenState.ACTIVE,
        errands_at__lte=now,
        senior__user__is_active=True,
        senior__user__deleted_at=None,
    )
    if not due.exists():
        return 0
    with transaction.atomic():
        held = due.select_for_update(skip_locked=True, of=("self",))
        found = list(held.select_related("senior__user").order_by("errands_at")[:BATCH])
        round_ = notices.begin(now, to_tell={regimen.senior_id for regimen in found})
        for regimen in found:
            is_day = FROM_HOUR <= now.astimezone(ZoneInfo(regimen.senior.user.time_zone)).hour < TO_HOUR
            if is_day:
                with apart("a medicine's errand", regimen=str(regimen.pk)):
                    _look(round_, regimen, now)
            regimen.errands_at = now + (EVERY if is_day else timedelta(hours=1))
            regimen.save(update_fields=["errands_at"])
        round_.store()
    return len(found)


def _look(round_: Round, regimen: Regimen, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(regimen.senior.user.time_zone)).date()
    stock = stock_of(regimen, now)
    errands: list[tuple[Notice.Kind, str]] = []
    if stock.order_by is not None and stock.order_by <= today:
        newest = regimen.stock_events.order_by("-at").first()  # said once for what was fetched or counted last
        errands.append((Notice.Kind.REFILL, f"refill:{newest.pk if newest else ''}"))
    if regimen.expires_on is not None and regimen.expires_on - EXPIRY_AHEAD <= today:
        errands.append((Notice.Kind.EXPIRY, f"expiry:{regimen.expires_on}"))
    for kind, key in errands:
        if not notices.was_said(regimen, key):
            notices.tell_of_regimen(round_, regimen, kind, key, wording.stock_card(regimen, stock, kind))
