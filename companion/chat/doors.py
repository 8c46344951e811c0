"""Who may open a socket, and whether they still may: by a page's session cookie, or by an app's one-time ticket."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest, parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from companion.accounts.models import User
from companion.accounts.tickets import redeem_ticket
from companion.chat.actions import speaker_of
from companion.chat.turn import Speaker

Headers = Iterable[tuple[bytes, bytes]]
PROTOCOL, TICKET = "lilo.v1", "ticket."


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is at the other end of a socket, and what their right to it rests on."""

    speaker: Speaker
    auth_epoch: int
    session_key: str = ""

    @property
    def user_id(self) -> UUID:
        """Whose socket it is."""
        return self.speaker.user_id


def header(headers: Headers, name: bytes) -> str:
    """The header's value, or nothing."""
    return next((value.decode("latin1") for key, value in headers if key == name), "")


def is_own_page(headers: Headers) -> bool:
    """Whether the socket is opened by a page of this site, or of one that the settings list."""
    origin = header(headers, b"origin")
    if origin in settings.WEBSOCKET_ORIGINS:
        return True
    host = header(headers, b"host").lower()
    schemes = {"https"} if settings.SECURE_TLS else {"http", "https"}
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    own = parts.scheme in schemes and parts.netloc.lower() == host
    return own and validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def session_key(headers: Headers) -> str:
    """The session cookie's value, or nothing."""
    return parse_cookie(header(headers, b"cookie")).get(settings.SESSION_COOKIE_NAME, "")


def guest_of_session(key: str) -> Guest | None:
    """The person of a live session. Blocks."""
    request = cast(HttpRequest, SimpleNamespace(session=SessionStore(key)))
    user: Any = get_user(request)
    return _guest(user, key) if user.is_authenticated else None


def ticket_in(protocols: Sequence[str]) -> tuple[str, str]:
    """The ticket among the offered subprotocols, and the subprotocol to choose; both empty where there is no ticket."""
    offered = next((name for name in protocols if name.startswith(TICKET)), "")
    return offered.removeprefix(TICKET), PROTOCOL if PROTOCOL in protocols else offered


def guest_of_ticket(ticket: str) -> Guest | None:
    """The person a ticket was made for; the ticket is used up. Blocks."""
    user_id = redeem_ticket(ticket)
    user = User.objects.filter(pk=user_id, is_active=True).first() if user_id else None
    return _guest(user) if user else None


def unwelcome(guests: Collection[Guest]) -> set[Guest]:
    """Those of the guests whose session has ended, or whose account was closed or signed out everywhere. Blocks."""
    keys = {guest.session_key for guest in guests if guest.session_key}
    live = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )
    people = User.objects.filter(pk__in={guest.user_id for guest in guests}, is_active=True)
    epochs = dict(people.values_list("pk", "auth_epoch"))
    return {
        guest
        for guest in guests
        if epochs.get(guest.user_id) != guest.auth_epoch or (guest.session_key and guest.session_key not in live)
    }


def _guest(user: User, key: str = "") -> Guest:
    return Guest(speaker_of(user), user.auth_epoch, key)
