"""Signing in with a user name or an e-mail address, and a password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from companion.accounts import rules
from companion.accounts.models import User


class PersonBackend(ModelBackend):
    """Checks a password. Takes about as long for a person who does not exist as for one who does."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        """The person, where name and password fit and the account is open; else None."""
        if not username or not password or len(password) > rules.LONGEST_PASSWORD:
            return None
        user = self._find(username)
        if user is None:
            User().set_password(password)  # as much work as a real check
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None

    def _find(self, name: str) -> User | None:
        if "@" not in name and not rules.USERNAME.fullmatch(rules.normal_username(name)):
            return None  # such a name cannot exist, and the database need not see it
        try:
            return User.objects.get_by_email(name) if "@" in name else User.objects.get_by_natural_key(name)
        except User.DoesNotExist:
            return None
