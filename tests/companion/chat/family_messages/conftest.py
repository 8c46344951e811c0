"""The circle's cast writes to each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from companion.accounts.models import User
from companion.chat.family_messages import actions
from companion.chat.family_messages.models import FamilyMessage
from companion.chat.history import StoredMessage, StoredTurn, history
from companion.safety.screen import floor
from tests.companion.circle.conftest import daughter, senior, son, stranger, visitor

__all__ = ["daughter", "senior", "son", "stranger", "visitor"]
NOON = datetime(2026, 11, 22, 17, tzinfo=UTC)  # in New York


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What open pages of the senior are told, as it is handed to the channel layer."""
    told: list[dict[str, Any]] = []

    def take(hints: list[tuple[str, dict[str, Any]]]) -> bool:
        told.extend(hint["event"] for group, hint in hints if group.startswith("user."))
        return True

    monkeypatch.setattr(actions, "send_hints", take)
    return told


@pytest.fixture
def rules_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen's floor alone: these tests are about where words go, not about what the model hears."""

    async def screen(text: str, recent: Any = ()) -> Any:
        return floor(text, recent)

    monkeypatch.setattr("companion.chat.danger.screen", screen)
    monkeypatch.setattr("companion.chat.family_messages.views.screen", screen)
    monkeypatch.setattr("companion.chat.family_messages.api.screen", screen)


@pytest.fixture
def write() -> Callable[..., FamilyMessage]:
    """Write to the senior."""

    def send(by: User, senior: User, text: str = "I ring after lunch.", key: str = "") -> FamilyMessage:
        return actions.write_to_senior(by, senior.pk, text, key=key or str(uuid4()))

    return send


def talked(senior: User, at: datetime | None = None) -> None:
    """The senior says something to Lilo."""
    turn_id, key, now = uuid4(), str(uuid4()), at or timezone.now()
    said = StoredMessage(turn_id, key, "senior", "Hello", now)
    history().append(senior.pk, StoredTurn(said, StoredMessage(turn_id, key, "lilo", "Hello.", now, kind="small_talk")))


def browser_of(user: User) -> Client:
    """A browser in which the user is signed in."""
    client = Client()
    client.force_login(user, backend="companion.accounts.backends.PersonBackend")
    return client
