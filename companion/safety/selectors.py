"""What is read of alerts. Each is scoped by what the person may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, QuerySet

from companion.accounts.models import User
from companion.circle.models import Item
from companion.circle.seen import note_seen
from companion.safety import clock, probe
from companion.safety.access import visible_alerts
from companion.safety.ladder import CLOSED
from companion.safety.models import Alert, AlertEvent, CheckInPlan, Delivery, Heartbeat

PAGE = 100
HEARTBEAT_WITHIN = timedelta(seconds=10)
SENT_WITHIN = timedelta(seconds=15)
#: Transactions commit in another order than they took their numbers: lines this young are given again next time.
UNSETTLED = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class AlertsHealth:
    """Whether alerts reach people."""

    ok: bool
    heartbeat_age_s: float | None
    """Since a relay last went round; None where none ever did."""
    oldest_due_s: float
    dead: int
    """Messages given up in the last day."""
    probe_age_s: float | None = None
    """Since a probe last went the whole way; None where none ever did."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Alerts that changed, and the number to ask with next time."""

    alerts: list[Alert]
    after: int


def open_alerts(person: User) -> QuerySet[Alert]:
    """The open alerts the person may see, newest first."""
    return visible_alerts(person).select_related("senior", "claimed_by").exclude(state__in=CLOSED)


def told_alerts(senior_ids: Collection[UUID]) -> list[Alert]:
    """The open alerts of these seniors that people are told of, newest first, without their words.

    Not for everybody: pass them through `confided` for each person who has `Need.ALERTS` of the senior.
    """
    rows = Alert.objects.prefetch_related("senior", "claimed_by").defer("words", "reasons", "reason")
    return list(rows.filter(senior__in=senior_ids, told_since__isnull=False).exclude(state__in=CLOSED))


def confided(person: User, alerts: Iterable[Alert]) -> list[Alert]:
    """Those of the alerts that the person may see: confidential ones only where they are told of them.

    With `told_alerts` it answers as `open_alerts` would, in one plain query where nothing is confidential.
    """
    found = list(alerts)
    sealed = {alert.pk for alert in found if alert.is_confidential and alert.senior_id != person.pk}
    trusted = set(visible_alerts(person).filter(pk__in=sealed).values_list("pk", flat=True)) if sealed else set()
    return [alert for alert in found if alert.pk not in sealed or alert.pk in trusted]


def open_alert_of(senior_id: UUID, alert_id: UUID | None = None) -> Alert | None:
    """The senior's own alert of that id while it is open; without an id, their newest open one."""
    mine = Alert.objects.filter(senior_id=senior_id).exclude(state__in=CLOSED)
    return (mine if alert_id is None else mine.filter(pk=alert_id)).first()


def words_heard(alert: Alert) -> frozenset[str]:
    """What the senior said that it was raised by, the first time and again."""
    again = alert.events.filter(kind=AlertEvent.Kind.SAID_AGAIN)
    return frozenset({alert.words, *(line.words for line in again)} - {""})


def changed_alerts(person: User, *, after: int, limit: int = PAGE) -> Changes:
    """The alerts whose timeline grew past line `after`, oldest change first.

    The number that comes back never runs ahead of what was given, nor of a line still being committed: a change is
    given at least once, and may be given twice.
    """
    lines = AlertEvent.objects.filter(alert__in=visible_alerts(person), pk__gt=after)
    rows = list(lines.order_by("pk").values_list("pk", "alert_id", "at")[: limit * 10])
    keys: dict[UUID, None] = {}
    reached = after
    settled = clock.now() - UNSETTLED
    for number, key, at in rows:
        if key not in keys and len(keys) == limit:
            break
        keys[key] = None
        if at <= settled:
            reached = max(reached, number)
    alerts = Alert.objects.select_related("senior", "claimed_by").in_bulk(list(keys))
    note_seen(person, {alert.senior_id for alert in alerts.values()}, Item.ALERTS)
    return Changes([alerts[key] for key in keys], reached)


def timeline(alert: Alert) -> list[AlertEvent]:
    """Everything that happened to an alert the caller was given by `access`, in order."""
    return list(alert.events.select_related("actor"))


def alerts_health() -> AlertsHealth:
    """Whether a relay is alive and nothing waits too long. Red is an alarm of its own."""
    now = clock.now()
    beat = Heartbeat.objects.aggregate(newest=Max("at"))["newest"]
    due = Delivery.objects.filter(state=Delivery.State.PENDING, due_at__lte=now)
    oldest = due.aggregate(oldest=Min("due_at"))["oldest"]
    waited = _seconds(now, oldest) or 0.0
    age = _seconds(now, beat)
    probed = probe.age_s()
    ok = age is not None and age <= HEARTBEAT_WITHIN.total_seconds() and waited <= SENT_WITHIN.total_seconds()
    dead = Delivery.objects.filter(state=Delivery.State.DEAD, created_at__gt=now - timedelta(days=1)).count()
    return AlertsHealth(ok and not probe.is_overdue(probed), age, waited, dead, probed)


def _seconds(now: datetime, then: datetime | None) -> float | None:
    return None if then is None else round((now - then).total_seconds(), 1)


def exported_alerts(person: User) -> list[dict[str, Any]]:
    """The person's own alerts with their timelines, for their copy of their data."""
    return [
        {
            "raised_at": alert.raised_at,
            "level": alert.get_level_display(),
            "category": alert.category,
            "source": alert.get_source_display(),
            "words": alert.words,
            "state": alert.get_state_display(),
            "is_drill": alert.is_drill,
            "closed_at": alert.closed_at,
            "how_it_ended": alert.reason,
            "timeline": [[line.at, line.get_kind_display()] for line in alert.events.all()],
        }
        for alert in Alert.objects.filter(senior=person).prefetch_related("events")
    ]


def exported_check_in(person: User) -> list[dict[str, Any]]:
    """The agreed daily check-in."""
    plans = CheckInPlan.objects.filter(senior=person)
    names = ("time_of_day", "grace_minutes", "retries", "is_active", "paused_until", "last_seen_at")
    return [dict(row) for row in plans.values(*names)]
