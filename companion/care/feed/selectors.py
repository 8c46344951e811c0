"""What a feed shows: the senior's medicines with the rules they go by now and later."""

from __future__ import annotations

from companion.care.feed.ical import AHEAD, Plan, Planned
from companion.care.medicines import schedule, selectors
from companion.care.medicines.layout import routines_of
from companion.care.medicines.models import OPEN, Occurrence, Regimen
from companion.circle.models import Senior
from companion.safety import clock


def plan_of(senior: Senior) -> Plan:
    """The plan of a senior whose medicines the reader may see. What is paused without an end is left out."""
    now = clock.now()
    medicines = [planned for regimen in selectors.regimens_of(senior.pk) if (planned := _planned(regimen)) is not None]
    routine = routines_of({senior.pk}).get(senior.pk, schedule.USUAL_DAY)
    return Plan(senior.name, now, medicines, routine)


def _planned(regimen: Regimen) -> Planned | None:
    version = regimen.current
    since = max(version.effective_from, regimen.active_since)
    if not regimen.is_active:
        if regimen.paused_until is None:
            return None
        since = max(since, regimen.paused_until)
    now = clock.now()
    laid_out = Occurrence.objects.filter(regimen=regimen, state__in=OPEN, due_at__range=(now, now + AHEAD))
    doses = tuple(laid_out.order_by("due_at").values_list("due_at", flat=True))
    return Planned(regimen, version.rule, version.zone, since, version.effective_until, doses)
