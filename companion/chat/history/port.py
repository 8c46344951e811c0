"""What every store of conversations must be able to do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from companion.chat.events import Choice, SourceItem


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One side of a turn, as it was shown."""

    turn_id: UUID
    message_id: str
    role: Literal["senior", "lilo"]
    text: str
    created_at: datetime
    kind: str = ""
    """What kind of answer it is (`Done.kind`); empty on the senior's side."""
    sources: tuple[SourceItem, ...] = ()
    entries: tuple[str, ...] = ()
    """Keys of the entries the answer rests on."""
    suggestions: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    searched: str = ""
    """The words that knowledge was searched with: what was said, made whole by what came before."""
    about: str = ""
    """What the senior said before and this answers; empty where it answers its own turn."""


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A message and its answer."""

    said: StoredMessage
    answered: StoredMessage


@dataclass(frozen=True, slots=True)
class Spoken:
    """That the person spoke, and what the answer rests on; never a word of it."""

    at: datetime
    entries: tuple[str, ...] = ()


class ConversationHistory(Protocol):
    """A store of conversations. Methods block: call them from a thread."""

    def append(self, user_id: UUID, turn: StoredTurn) -> bool:
        """Keep both sides of a turn, durably, before returning.

        False: this message id is already kept, and nothing changed.
        """
        ...

    def find(self, user_id: UUID, message_id: str) -> StoredTurn | None:
        """The turn of a client's message id, if it was kept."""
        ...

    def recent(self, user_id: UUID, *, limit: int) -> list[StoredMessage]:
        """The last messages, oldest first."""
        ...

    def spoken(self, user_id: UUID, *, since: datetime, until: datetime) -> list[Spoken]:
        """When the person spoke, oldest first."""
        ...

    def last_spoken(self, user_ids: Collection[UUID]) -> dict[UUID, datetime]:
        """When each of these people spoke last; without those who never did."""
        ...
