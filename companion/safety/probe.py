"""A message of nobody's to nobody, every five minutes, by the whole way that alerts go: outbox, claim, channel, mark.

Where it does not come through, the way is dead although every part of it looks alive, and health turns red. It is no
alert: it has no senior, nobody is shown it, and no figure counts it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.core.exceptions import SynchronousOnlyOperation
from django.db.models import Max
from prometheus_client import Gauge

from companion.safety import clock
from companion.safety.apart import NO_DATABASE
from companion.safety.models import Delivery

CHANNEL: Final = "probe"
#: After this many without success the way counts as dead.
MOST_MISSED: Final = 2
#: After emergencies, before tests of addresses.
PRIORITY: Final = 4
KEPT: Final = timedelta(days=1)


def send() -> None:
    """Put one into the outbox, once a time however many relays there are; old ones go."""
    now = clock.now()
    every = settings.ALERT_PROBE_SECONDS
    if not every:
        return
    row = {"channel": CHANNEL, "message": CHANNEL, "priority": PRIORITY, "created_at": now, "due_at": now}
    key = uuid5(NAMESPACE_URL, f"lilo:probe:{int(now.timestamp() // every)}")
    Delivery.objects.bulk_create([Delivery(id=key, **row)], ignore_conflicts=True)
    Delivery.objects.filter(channel=CHANNEL, created_at__lt=now - KEPT).delete()


def age_s() -> float | None:
    """Seconds since one last came through; None where none ever did, or where none is sent."""
    if not settings.ALERT_PROBE_SECONDS:
        return None
    newest = Delivery.objects.filter(channel=CHANNEL).aggregate(newest=Max("sent_at"))["newest"]
    return None if newest is None else round((clock.now() - newest).total_seconds(), 1)


def is_overdue(age: float | None) -> bool:
    """Whether the last success is too long ago. Before the first, the outbox itself tells whether it waits too long."""
    return age is not None and age > (MOST_MISSED + 1) * settings.ALERT_PROBE_SECONDS


def _for_metrics() -> float:
    try:
        age = age_s()
    except (*NO_DATABASE, SynchronousOnlyOperation):  # unknown: the database is away, or may not be asked from here
        return float("nan")
    return float("nan") if age is None else age


Gauge("lilo_alert_probe_age_seconds", "Since a probe last went the whole way of an alert.").set_function(_for_metrics)
