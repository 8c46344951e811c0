"""Who presses for help while the database is away: a signed cookie that tells it without asking anybody.

It is good for pressing help and for nothing else. It holds the senior's id and a mark of the sign-in it came with, so
that it ends with a changed password and with signing out everywhere, as soon as the database can be asked again.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.http import HttpRequest, HttpResponse

from companion.accounts.models import User

COOKIE: Final = "help_pass"
SALT: Final = "companion.accounts.help_pass"
SECONDS: Final = 366 * 24 * 60 * 60
_MARK: Final = 16


def issue(request: HttpRequest, response: HttpResponse) -> None:
    """Give the pass of a session that is in memory, unless this device has it."""
    facts = _facts(request.session)
    if _read(request) == facts:
        return
    response.set_cookie(
        COOKIE,
        signing.dumps(facts, salt=SALT),
        max_age=SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE_TLS,
    )


def take_back(response: HttpResponse) -> None:
    """Who signs out presses help no more on this device."""
    response.delete_cookie(COOKIE, samesite="Lax")


def holder(request: HttpRequest) -> UUID | None:
    """Whose pass it is, by its signature alone: nothing is asked."""
    facts = _read(request)
    return UUID(facts[0]) if facts else None


def is_good(request: HttpRequest, senior: User) -> bool:
    """Whether the sign-in that it came with still holds."""
    return _read(request) == [str(senior.pk), senior.get_session_auth_hash()[:_MARK]]


def _facts(session: SessionBase) -> list[str]:
    return [str(session[SESSION_KEY]), str(session[HASH_SESSION_KEY])[:_MARK]]


def _read(request: HttpRequest) -> list[str] | None:
    try:
        facts: list[str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    return facts
