"""The circle's cast (Margaret, her daughter and son, a visitor, a stranger), and a way to sign in as one of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from companion.accounts.models import User
from companion.circle.models import Item, Sharing
from tests.companion.circle.conftest import daughter, senior, son, stranger, visitor

__all__ = ["daughter", "senior", "son", "stranger", "visitor"]


def share(senior: User, *items: Item, is_on: bool = True) -> None:
    """Share items with the whole circle, or take them back."""
    for item in items:
        Sharing.objects.update_or_create(senior_id=senior.pk, member=None, item=item, defaults={"is_on": is_on})


@pytest.fixture
def enter() -> Callable[[User], Client]:
    """A client that is signed in as a person."""

    def as_person(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="companion.accounts.backends.PersonBackend")
        return client

    return as_person
