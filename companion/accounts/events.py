"""Live hints: how any room tells open pages, in this process and in others, that something of theirs has changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypedDict
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from companion.accounts.models import User

log = logging.getLogger(__name__)
#: Seconds that a hint may take: a Redis that is frozen must hold nobody up.
PATIENCE = 1.0
AccountListener = Callable[[UUID], None]
NewAccountListener = Callable[[User], None]
_new_account_listeners: list[NewAccountListener] = []
_account_listeners: list[AccountListener] = []
_erasure_listeners: list[AccountListener] = []


class Revoked(TypedDict):
    """A person's sign-ins have ended: their open sockets are looked at, at once."""

    type: Literal["revoked"]
    user_id: str


def user_group(user_id: UUID) -> str:
    """The channel-layer group of one person's own open pages."""
    return f"user.{user_id}"


def revoked_on_commit(user_id: UUID) -> None:
    """Have a person's open sockets checked once the change is stored."""
    event = Revoked(type="revoked", user_id=str(user_id))
    transaction.on_commit(lambda: send_hints([(user_group(user_id), dict(event))]))


def tell_of_new_accounts(listener: NewAccountListener) -> None:
    """Let a higher room lay out what a new person needs, within the transaction that opens the account.

    Args:
        listener: told the person.
    """
    if listener not in _new_account_listeners:
        _new_account_listeners.append(listener)


def account_opened(user: User) -> None:
    """An account was opened."""
    for listener in _new_account_listeners:
        listener(user)


def tell_of_accounts(listener: AccountListener) -> None:
    """Let a higher room hear of accounts that are closed or reopened, within the transaction.

    Args:
        listener: told the person's id.
    """
    if listener not in _account_listeners:
        _account_listeners.append(listener)


def account_changed(user_id: UUID) -> None:
    """An account was closed or reopened."""
    for listener in _account_listeners:
        listener(user_id)


def tell_of_erasure(listener: AccountListener) -> None:
    """Let a higher room take away what hangs on no row of the person's, before they are erased, in that transaction.

    Args:
        listener: told the person's id.
    """
    if listener not in _erasure_listeners:
        _erasure_listeners.append(listener)


def about_to_erase(user_id: UUID) -> None:
    """An account is erased now."""
    for listener in _erasure_listeners:
        listener(user_id)


def send_hints(hints: Sequence[tuple[str, dict[str, Any]]]) -> bool:
    """Send hints, each to its group, to whoever has a page open; whether the channel layer took them all.

    Nothing counts as delivered by a hint, so a channel layer that is down is worth a line in the log and no more.
    """
    from redis.exceptions import RedisError  # a tenth of a second of imports: only when something is sent

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
