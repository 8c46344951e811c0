"""Rosewood, and another home that must never see it."""

from __future__ import annotations

import pytest

from tests.companion.circle.conftest import daughter, senior, son, stranger, visitor
from tests.companion.circle.organisations.homes import Home, make_home

__all__ = ["daughter", "senior", "son", "stranger", "visitor"]


@pytest.fixture
def home(db: None) -> Home:
    return make_home("Rosewood")


@pytest.fixture
def elsewhere(db: None) -> Home:
    return make_home("Elsewhere")
