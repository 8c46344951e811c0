"""What the webhooks' API takes and gives."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field


class WebhookIn(Schema, extra="forbid"):
    """Where to tell, and of what."""

    url: str = Field(max_length=500)
    kinds: list[str] = Field(min_length=1, max_length=10, description="As `alert.changed` or `dose.changed`.")


class WebhookOut(Schema):
    """A webhook."""

    id: UUID
    url: str
    kinds: list[str]
    is_active: bool
    failing_since: datetime | None
    created_at: datetime


class NewWebhookOut(WebhookOut):
    """A webhook with the secret that signs its requests: shown now and never again."""

    secret: str


class WebhookDeliveryOut(Schema):
    """One request."""

    id: UUID
    kind: str
    at: datetime
    state: str
    tries: int
    trouble: str


class WebhookDeliveriesOut(Schema):
    """Requests, newest first."""

    items: list[WebhookDeliveryOut]
    next_cursor: str | None
