"""Questions that wait, and no broker."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from knowledge.inbox import actions
from knowledge.inbox.rules import Reason


@pytest.fixture(autouse=True)
def _no_broker(rebuilds_asked: list[str]) -> None:
    """Tasks go nowhere in these tests; each is called where it matters."""


@pytest.fixture
def ask(db: None) -> Callable[..., UUID]:
    """Somebody passes a question on; its ticket."""

    def note(text: str, *, reason: str = "unanswered", shown: tuple[str, ...] = ()) -> UUID:
        return actions.note_question(text, reason=Reason(reason), shown=shown, by_senior=True)

    return note
