"""The cast of the circle's tests, and a far side that records what arrives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.companion.circle.conftest import daughter, senior, son, stranger, visitor
from tests.companion.safety.far_side import FarSide

__all__ = ["daughter", "far_side", "senior", "son", "stranger", "visitor"]


@pytest.fixture
def far_side() -> Iterator[FarSide]:
    """A real HTTP server in place of a service that takes messages."""
    with FarSide() as server:
        yield server
