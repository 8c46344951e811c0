"""Tickets that let an app open a websocket: 30 seconds, once, one user. They travel where a bearer token must not."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from django.core.cache import cache

from companion.accounts.models import User

LIFE_SECONDS = 30


def issue_ticket(user: User) -> str:
    """A fresh ticket for the user."""
    ticket = secrets.token_urlsafe(32)
    cache.set(_key(ticket), str(user.pk), timeout=LIFE_SECONDS)
    return ticket


def redeem_ticket(ticket: str) -> UUID | None:
    """Use a ticket up: its user's id, or None where it is unknown, used or too old. Blocks on the cache."""
    key = _key(ticket)
    user_id = cache.get(key)
    if user_id is None or not cache.delete(key):  # of two who come at once, one deletes
        return None
    return UUID(user_id)


def _key(ticket: str) -> str:
    return f"socket-ticket:{hashlib.sha256(ticket.encode('utf-8', 'surrogatepass')).hexdigest()}"
