"""Sends what is due to webhooks: at least once, each with the id by which its program knows it again."""

from __future__ import annotations

import json
import logging
import time
from datetime import datetime, timedelta
from uuid import UUID

import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from companion.circle.access import rights_of
from companion.circle.webhooks import outside
from companion.circle.webhooks.actions import NEEDS, TEST
from companion.circle.webhooks.models import Kind, Webhook, WebhookDelivery
from companion.circle.webhooks.signing import signature

log = logging.getLogger(__name__)
State = WebhookDelivery.State
BATCH = 50
#: How long after each failure it is tried again; then it is given up.
WAITS = tuple(timedelta(seconds=wait) for wait in (10, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400))
#: A request under way is left alone for so long: then whoever had it was killed.
LEASE = timedelta(seconds=60)
#: A program that takes nothing for so long is told nothing more until its owner tests it.
STOP_AFTER = timedelta(days=3)
KEEP = timedelta(days=14)


def send_due() -> int:
    """Send what is due; how many requests were taken. Two workers may do this at once."""
    taken = 0
    stuck: set[UUID] = set()
    for delivery in _claim():
        if delivery.webhook_id not in stuck:
            if _send(delivery):
                taken += 1
            else:
                stuck.add(delivery.webhook_id)  # one program that hangs holds up no other
    return taken


def forget_old() -> None:
    """Remove what was sent or given up long ago."""
    WebhookDelivery.objects.filter(at__lt=timezone.now() - KEEP).exclude(state=State.PENDING).delete()


def _claim() -> list[WebhookDelivery]:
    with transaction.atomic():
        now = timezone.now()
        due = WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            state=State.PENDING, due_at__lte=now, webhook__is_active=True
        )
        rows = list(due.select_related("webhook__owner").order_by("due_at")[:BATCH])
        WebhookDelivery.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=now + LEASE)
    return rows


def _send(delivery: WebhookDelivery) -> bool:
    webhook = delivery.webhook
    if not _may_still(delivery):
        _mark(delivery, State.DEAD, "not_shared", None)
        return True
    body = json.dumps(delivery.body).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(delivery.pk),
        "Lilo-Signature": signature(body, secret=webhook.secret, at=int(time.time())),
    }
    try:
        status = outside.post(webhook.address, body, headers, own_origins=settings.WEBHOOK_ORIGINS)
        trouble = "" if 200 <= status < 300 else f"status_{status}"
    except outside.ForbiddenAddressError:
        trouble = "bad_address"
    except httpx.TimeoutException:
        trouble = "timeout"
    except httpx.HTTPError:
        trouble = "no_connection"
    if not trouble:
        _mark(delivery, State.SENT, "", None)
        Webhook.objects.filter(pk=webhook.pk).exclude(failing_since=None).update(failing_since=None)
        return True
    log.info("a webhook did not take a request", extra={"webhook": str(webhook.pk), "trouble": trouble})
    _failed(delivery, trouble)
    return False


def _may_still(delivery: WebhookDelivery) -> bool:
    """Whether the owner may see it now: what was taken back while it waited is not sent."""
    if delivery.kind == TEST or delivery.senior_id is None:
        return True
    rights = rights_of([delivery.webhook.owner_id], delivery.senior_id).get(delivery.webhook.owner_id)
    return rights is not None and NEEDS[Kind(delivery.kind)] in rights.needs


def _failed(delivery: WebhookDelivery, trouble: str) -> None:
    now, tries = timezone.now(), delivery.tries
    again = now + WAITS[tries] if tries < len(WAITS) else None
    _mark(delivery, State.DEAD if again is None else State.PENDING, trouble, again)
    webhook = delivery.webhook
    since = webhook.failing_since or now
    Webhook.objects.filter(pk=webhook.pk).update(failing_since=since, is_active=now - since < STOP_AFTER)


def _mark(delivery: WebhookDelivery, state: str, trouble: str, due_at: datetime | None) -> None:
    delivery.state, delivery.trouble, delivery.due_at, delivery.tries = state, trouble, due_at, delivery.tries + 1
    delivery.save(update_fields=["state", "trouble", "due_at", "tries"])
