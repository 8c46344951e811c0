"""Background work of webhooks."""

from __future__ import annotations

from celery import shared_task

from companion.circle.webhooks import sending


@shared_task(name="circle.send_webhooks")
def send_webhooks() -> None:
    """Send what is due; safe to run twice at once."""
    sending.send_due()


@shared_task(name="circle.forget_old_webhook_deliveries")
def forget_old_webhook_deliveries() -> None:
    """Remove what was settled long ago."""
    sending.forget_old()
