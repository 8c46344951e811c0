"""The people of these tests and the turns they take."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.utils import timezone

from companion.accounts.actions import create_user
from companion.accounts.models import Kind, User
from companion.chat import streams
from companion.chat.actions import FullAnswer, collect, speaker_of
from companion.chat.models import Disclosure
from companion.chat.reply import Exchange
from companion.chat.turn import Turn, answer
from tests.companion.chat.sockets import PacedAnswers, session_of


@pytest.fixture
def senior(db: None) -> User:
    """Margaret, 82, who was told a moment ago that Lilo is a program."""
    margaret = create_user(
        username="margaret", full_name="Margaret Doyle", password="a good long password", kind=Kind.SENIOR
    )
    Disclosure.objects.create(user=margaret, said_at=timezone.now())
    return margaret


@pytest.fixture
def stranger(db: None) -> User:
    """Another senior, who must never see Margaret's words."""
    return create_user(username="stranger", full_name="Sam Stranger", password="a good long password", kind=Kind.SENIOR)


@pytest.fixture
def turn_of(senior: User) -> Callable[..., Turn]:
    """Make a turn of Margaret's."""

    def make(text: str, *, recent: tuple[Exchange, ...] = (), message_id: str = "", **options: object) -> Turn:
        return Turn(
            uuid4(),
            message_id or str(uuid4()),
            text,
            speaker_of(senior),
            uuid4().hex,
            recent=recent,
            **options,  # type: ignore[arg-type]
        )

    return make


@pytest.fixture
def ask(turn_of: Callable[..., Turn], published_corpus: None) -> Callable[..., object]:
    """Run a whole turn of Margaret's against the starter corpus."""

    async def run(text: str, **options: object) -> FullAnswer:
        return collect([event async for event in answer(turn_of(text, **options))])

    return run


@pytest.fixture
def session(senior: User) -> str:
    """A browser session of Margaret's."""
    return session_of(senior)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> PacedAnswers:
    """Answers at the test's pace, for tests of what carries them."""
    paced = PacedAnswers()
    monkeypatch.setattr(streams, "answer", paced)
    return paced
