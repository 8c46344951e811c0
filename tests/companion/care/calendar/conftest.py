"""The circle's cast shares a calendar."""

from __future__ import annotations

from tests.companion.circle.conftest import daughter, senior, son, stranger, visitor

__all__ = ["daughter", "senior", "son", "stranger", "visitor"]
