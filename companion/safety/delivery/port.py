"""What every channel takes and gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

#: Seconds that one attempt may take.
PATIENCE = 10.0


GONE = "gone"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, ready to go.

    It says that help is needed and where to look, never what is wrong: phones lie on tables.
    """

    key: UUID
    """The delivery's id: the same at every attempt, so the far side can know a repeat."""
    channel: str
    address: str
    subject: str
    body: str
    details: dict[str, Any] = field(default_factory=dict)
    """For programs only: what a dispatcher needs, and how a phone shows a notice."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended. `trouble` is a word of ours and empty on success."""

    trouble: str = ""
    retry_after: float | None = None

    @property
    def is_gone(self) -> bool:
        """Whether there is no such address any more, so that no further attempt can help."""
        return self.trouble == GONE

    @property
    def is_sent(self) -> bool:
        """Whether the far side took it."""
        return not self.trouble
