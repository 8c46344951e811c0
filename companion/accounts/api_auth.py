"""Bearer tokens at the API's door."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from companion.accounts import tokens
from companion.accounts.models import RefreshFamily, User


def user_of(token: str) -> User | None:
    """The user an access token stands for, or None. One query: its sign-in is open, its user unchanged."""
    try:
        claims = tokens.read(token)
    except tokens.InvalidTokenError:
        return None
    sign_ins = RefreshFamily.objects.select_related("user").filter(user_id=claims.user_id, revoked_at=None)
    sign_in = sign_ins.filter(pk=claims.sign_in_id).first()
    if sign_in is None:
        return None
    user = sign_in.user
    unchanged = user.auth_epoch == claims.epoch and user.is_active and user.deleted_at is None
    return user if unchanged else None


class BearerAuth(HttpBearer):
    """`auth=` of routers and operations, asynchronous ones too; the operation finds the user in `request.auth`."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The token's user. Ninja calls this in a thread where the operation is asynchronous."""
        return user_of(token)


class SignedInRequest(HttpRequest):
    """A request that `BearerAuth` let in."""

    auth: User
