"""The turn: one message in, events out. Every face uses this and nothing else answers a person."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from companion.chat.events import TurnEvent


@dataclass(frozen=True, slots=True)
class Speaker:
    """What a turn needs to know of the person, read once per connection."""

    user_id: UUID
    name: str
    kind: str
    country: str
    time_zone: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One earlier turn, oldest first in a list of them."""

    said: str
    answered: str
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One message to answer."""

    turn_id: UUID
    message_id: str
    text: str
    speaker: Speaker
    trace_id: str
    session_id: str = ""
    recent: Sequence[Exchange] = field(default=())
    use_knowledge: bool = True
    max_tokens: int | None = None


def answer(turn: Turn) -> AsyncIterator[TurnEvent]:
    """Answer one message."""
    raise NotImplementedError
