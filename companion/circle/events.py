"""What the circle tells the rest of the house: hints only, sent when the change is committed."""

from __future__ import annotations

import asyncio
import logging
from typing import Literal, TypedDict
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
#: Seconds that a hint may take: a Redis that is frozen must hold nobody up.
PATIENCE = 1.0


class CircleChanged(TypedDict):
    """People or sharing of a circle changed: whoever shows it must ask again what they may see."""

    type: Literal["circle.changed"]
    senior_id: str
    gone: str
    """The person who is no longer in it, or nothing."""


def senior_group(senior_id: UUID) -> str:
    """The channel-layer group of everything that concerns one senior."""
    return f"senior.{senior_id}"


def circle_changed_on_commit(senior_id: UUID, *, gone: UUID | None = None) -> None:
    """Send the hint once the change is stored."""
    event = CircleChanged(type="circle.changed", senior_id=str(senior_id), gone=str(gone or ""))
    transaction.on_commit(lambda: hint(senior_group(senior_id), dict(event)))


def hint(group: str, event: dict[str, str]) -> None:
    """Send a hint to open pages.

    Nothing counts as delivered by it, so a channel layer that is down is only worth a line.
    """

    async def send() -> None:
        await asyncio.wait_for(get_channel_layer().group_send(group, event), PATIENCE)

    try:
        async_to_sync(send)()
    except (OSError, TimeoutError, RedisError):
        log.warning("a live hint could not be sent", exc_info=True)
