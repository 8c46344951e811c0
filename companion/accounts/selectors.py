"""What can be read of an account."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from companion.accounts.models import RefreshFamily, User


def open_sign_ins(user: User) -> QuerySet[RefreshFamily]:
    """The apps in which a user is signed in, the last used first."""
    return RefreshFamily.objects.filter(user=user, revoked_at=None, expires_at__gt=timezone.now())


def user_by_email(email: str) -> User | None:
    """The person who may sign in and has this address, or None."""
    try:
        user = User.objects.get_by_email(email)
    except User.DoesNotExist:
        return None
    return user if user.is_active else None
