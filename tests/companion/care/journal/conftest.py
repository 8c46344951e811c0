"""The cast of the circle's tests, with the journal shared as each test needs."""

from __future__ import annotations

import pytest

from companion.accounts.models import User
from companion.circle.actions import set_sharing
from tests.companion.circle.conftest import daughter, senior, son, stranger, visitor

__all__ = ["daughter", "senior", "son", "stranger", "visitor"]


@pytest.fixture
def shared(senior: User) -> None:
    """Margaret shares her journal with her circle."""
    set_sharing(senior, senior.pk, "journal", is_on=True)
