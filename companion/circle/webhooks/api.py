"""Webhooks over HTTP: a person's own programs only."""

from __future__ import annotations

from uuid import UUID

from ninja import Router, Status

from companion.accounts.api_auth import BearerAuth, SignedInRequest
from companion.circle.refusals import RefusedError
from companion.circle.webhooks import actions
from companion.circle.webhooks.models import Webhook, WebhookDelivery
from companion.circle.webhooks.schemas import (
    NewWebhookOut,
    WebhookDeliveriesOut,
    WebhookDeliveryOut,
    WebhookIn,
    WebhookOut,
)
from lilo_site.api_errors import Problem
from lilo_site.api_paging import Cursor, Limit, page_of

router = Router(tags=["webhooks"], auth=BearerAuth())


@router.get("/webhooks", response=list[WebhookOut], operation_id="list_webhooks", summary="My webhooks")
def list_webhooks(request: SignedInRequest) -> list[WebhookOut]:
    """Where the person's own programs are told."""
    return [_shown(webhook) for webhook in request.auth.webhooks.all()]


@router.post("/webhooks", response={201: NewWebhookOut}, operation_id="add_webhook", summary="Add a webhook")
def add_webhook(request: SignedInRequest, body: WebhookIn) -> Status[NewWebhookOut]:
    """Have a program told of changes. `Lilo-Signature: t=…,v1=…` on each request is HMAC-SHA256 of `<t>.<body>`."""
    try:
        made = actions.add_webhook(request.auth, address=body.url, kinds=body.kinds)
    except RefusedError as error:
        raise Problem(422, "refused", str(error)) from None
    return Status(201, NewWebhookOut(**_shown(made).dict(), secret=made.secret))


@router.delete(
    "/webhooks/{uuid:webhook_id}", response={204: None}, operation_id="remove_webhook", summary="Remove a webhook"
)
def remove_webhook(request: SignedInRequest, webhook_id: UUID) -> Status[None]:
    """Tell the program no more."""
    actions.remove_webhook(request.auth, webhook_id)
    return Status(204, None)


@router.post(
    "/webhooks/{uuid:webhook_id}/test",
    response={202: WebhookDeliveryOut},
    operation_id="test_webhook",
    summary="Send a test",
)
def test_webhook(request: SignedInRequest, webhook_id: UUID) -> Status[WebhookDelivery]:
    """Send a request of the kind `test`, and take up a webhook again that was stopped."""
    return Status(202, actions.wake_webhook(request.auth, webhook_id))


@router.get(
    "/webhooks/{uuid:webhook_id}/deliveries",
    response=WebhookDeliveriesOut,
    operation_id="list_webhook_deliveries",
    summary="What was sent",
)
def list_deliveries(request: SignedInRequest, webhook_id: UUID, cursor: Cursor, limit: Limit) -> WebhookDeliveriesOut:
    """The requests of two weeks, newest first."""
    webhook = actions.own_webhook(request.auth, webhook_id)
    rows, following = page_of(webhook.deliveries.all(), cursor=cursor, limit=limit)
    return WebhookDeliveriesOut(items=[WebhookDeliveryOut.from_orm(row) for row in rows], next_cursor=following)


def _shown(webhook: Webhook) -> WebhookOut:
    return WebhookOut(
        id=webhook.pk,
        url=webhook.address,
        kinds=webhook.kinds,
        is_active=webhook.is_active,
        failing_since=webhook.failing_since,
        created_at=webhook.created_at,
    )
