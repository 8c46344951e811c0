"""The sign-ins of apps: chains of opaque refresh tokens, each used once.

A token used twice was copied. Then the whole sign-in ends, unless it is the same client asking again within the grace,
as after a lost answer: it gets the same successor.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from companion.accounts import audit, rules, tokens
from companion.accounts.clients import Client
from companion.accounts.models import RefreshFamily, RefreshToken, User

TOKEN_LIFE = timedelta(days=30)
FAMILY_LIFE = timedelta(days=180)
GRACE = timedelta(seconds=10)
LONGEST_DEVICE = 200


class SignInEndedError(Exception):
    """The refresh token is unknown, too old, revoked or was used before. Callers are never told which."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What an app keeps: an access token, and the refresh token that gets the next pair."""

    access: str
    refresh: str
    expires_in: int = int(tokens.LIFE.total_seconds())


@transaction.atomic
def begin(user: User, client: Client, *, device: str = "", now: datetime | None = None) -> TokenPair:
    """Open a sign-in for a user who has just proved who they are."""
    now = now or timezone.now()
    family = RefreshFamily.objects.create(
        user=user,
        device=rules.plain_line(device or client.agent, LONGEST_DEVICE),
        last_used_at=now,
        expires_at=now + FAMILY_LIFE,
    )
    token = secrets.token_urlsafe(32)
    _keep(family, token, now)
    audit.record(user, "sign_in.begun", "sign_in", family.pk, subject=user)
    return TokenPair(tokens.issue(user, family.pk, now=now), token)


def refresh(token: str, client: Client, *, now: datetime | None = None) -> TokenPair:
    """Trade a refresh token for the next pair.

    Raises:
        SignInEndedError: it cannot be used. Where it was used before, its whole sign-in has ended with this call.
    """
    pair = _refresh_or_revoke(token, client, now or timezone.now())
    if pair is None:  # raised out here, so that a revocation is not rolled back
        raise SignInEndedError
    return pair


@transaction.atomic
def _refresh_or_revoke(token: str, client: Client, now: datetime) -> TokenPair | None:
    held = _lock(token)
    if held is None or not _is_open(held.family, now) or held.expires_at <= now:
        return None
    successor = _successor(token)
    if held.used_at is None:
        held.used_at, held.used_by = now, client.fingerprint
        held.save(update_fields=["used_at", "used_by"])
        held.family.last_used_at = now
        held.family.save(update_fields=["last_used_at"])
        _keep(held.family, successor, now)
    elif now - held.used_at > GRACE or held.used_by != client.fingerprint:
        _revoke(held.family, "reused", by=None, now=now)
        return None
    return TokenPair(tokens.issue(held.family.user, held.family_id, now=now), successor)


@transaction.atomic
def end_by_token(token: str) -> None:
    """Sign out: end the sign-in a refresh token belongs to. An unknown token is no error."""
    held = _lock(token)
    if held is not None and held.family.revoked_at is None:
        _revoke(held.family, "signed_out", by=held.family.user, now=timezone.now())


@transaction.atomic
def end(family: RefreshFamily, *, by: User) -> None:
    """End one sign-in; `access.sign_in_of` says whose it may be."""
    locked = RefreshFamily.objects.select_for_update().select_related("user").get(pk=family.pk, user=family.user)
    if locked.revoked_at is None:
        _revoke(locked, "by_owner", by=by, now=timezone.now())


@transaction.atomic
def end_all(user: User, *, because: str) -> None:
    """End every app's sign-in of a user: after a new password, or when the account closes."""
    now = timezone.now()
    user.sign_ins.filter(revoked_at=None).update(revoked_at=now, revoked_because=because)


def _lock(token: str) -> RefreshToken | None:
    """The stored token, locked with its family, so that two uses at once come one after the other."""
    tokens_held = RefreshToken.objects.select_for_update(of=("self", "family")).select_related("family__user")
    return tokens_held.filter(digest=_digest(token)).first()


def _is_open(family: RefreshFamily, now: datetime) -> bool:
    person_may = family.user.is_active and family.user.deleted_at is None
    return family.revoked_at is None and family.expires_at > now and person_may


def _keep(family: RefreshFamily, token: str, now: datetime) -> None:
    expires_at = min(now + TOKEN_LIFE, family.expires_at)
    RefreshToken.objects.create(family=family, digest=_digest(token), expires_at=expires_at)


def _revoke(family: RefreshFamily, because: str, *, by: User | None, now: datetime) -> None:
    family.revoked_at, family.revoked_because = now, because
    family.save(update_fields=["revoked_at", "revoked_because"])
    audit.record(by, "sign_in.revoked", "sign_in", family.pk, subject=family.user, because=because)


def _successor(token: str) -> str:
    """The token that follows, derived with our key: the same each time, and unknown to whoever reads the database."""
    digest = salted_hmac("companion.accounts.refresh", token, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
