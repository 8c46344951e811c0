"""What the circle tells the rest of the house: hints only, sent when the change is committed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Literal, TypedDict
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
    transaction.on_commit(lambda: send_hints([(senior_group(senior_id), dict(event))]))


def send_hints(hints: Sequence[tuple[str, dict[str, Any]]]) -> bool:
    """Send hints, each to its group, to whoever has a page open; whether the channel layer took them all.

    Nothing counts as delivered by a hint, so a channel layer that is down is worth a line in the log and no more.
    """

    async def send() -> None:
        layer = get_channel_layer()
        for group, event in hints:
            await asyncio.wait_for(layer.group_send(group, event), PATIENCE)

    try:
        async_to_sync(send)()
    except (OSError, TimeoutError, RedisError):
        log.warning("live hints could not be sent", exc_info=True)
        return False
    return True
