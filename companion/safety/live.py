"""The outbox of live notices: each new line of a timeline, as a hint to the portal's open pages, to the senior's own,
and to webhooks.

A hint carries a number and no words: whoever gets it asks for the truth. It is sent at least once.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from companion.circle.events import send_hints, senior_group
from companion.circle.webhooks.actions import tell_webhooks
from companion.safety import clock
from companion.safety.events import AlertChanged
from companion.safety.models import AlertEvent

BATCH = 500
Kind = AlertEvent.Kind
#: What the senior is shown on their own page, and in which words.
SHOWN = {
    Kind.SILENCE: "I have not heard from you, so I am letting your people know.",
    Kind.CLAIMED: "Somebody is on it.",
    Kind.REOPENED: "I am asking your people again.",
    Kind.RESOLVED: "That alert is over now.",
    Kind.FALSE_ALARM: "That alert is over now.",
}


def publish() -> int | None:
    """Send what was not sent yet, in order; how many lines there were, None where the channel layer is down.

    No row is held meanwhile, so two relays may send a hint twice, which does no harm.
    """
    waiting = AlertEvent.objects.filter(published_at=None).select_related("alert__claimed_by")
    lines = list(waiting.defer("words", "alert__words", "alert__reasons", "alert__reason").order_by("pk")[:BATCH])
    if not lines:
        return 0
    if not send_hints([hint for line in lines for hint in _hints(line)]):
        return None
    with transaction.atomic():
        for line in lines:
            for group, hint in _hints(line):
                if group == senior_group(line.alert.senior_id):
                    tell_webhooks(line.alert.senior_id, hint["type"], hint, key=f"alert:{line.pk}")
        AlertEvent.objects.filter(pk__in=[line.pk for line in lines]).update(published_at=clock.now())
    return len(lines)


def _hints(line: AlertEvent) -> list[tuple[str, dict[str, Any]]]:
    alert = line.alert
    changed = AlertChanged(
        type="alert.changed",
        senior_id=str(alert.senior_id),
        alert_id=str(alert.pk),
        sequence=line.pk,
        kind=line.kind,
        state=alert.state,
    )
    if alert.told_since is None or alert.is_confidential:
        return []  # nobody is told: the one who may be the cause could have a page open
    hints: list[tuple[str, dict[str, Any]]] = [(senior_group(alert.senior_id), dict(changed))]
    if line.kind in SHOWN:
        hints.append((f"user.{alert.senior_id}", _for_senior(line)))
    return hints


def _for_senior(line: AlertEvent) -> dict[str, Any]:
    """The event that the senior's own page shows; its shape is the conversation's `alert` event."""
    alert = line.alert
    text = SHOWN[Kind(line.kind)]
    if line.kind == Kind.CLAIMED and alert.claimed_by is not None:
        text = f"{alert.claimed_by.short_name} is on it."
    event = {"type": "alert", "alert_id": str(alert.pk), "state": alert.state, "text": text}
    return {"type": "push", "user_id": str(alert.senior_id), "event": event}
