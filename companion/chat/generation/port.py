"""What every generator must be able to do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from companion.chat.context import Context


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be worded."""

    question: str
    """The question in full, follow-ups completed."""
    context: Context
    opener: str
    """A few words of acknowledgement to begin with; may be empty."""
    earlier: Sequence[tuple[str, str]] = ()
    """What was said and answered before, oldest first."""
    max_tokens: int | None = None


class Generator(Protocol):
    """Words an answer from its context."""

    name: str

    def sentences(self, request: Request) -> AsyncIterator[str]:
        """The answer, a sentence at a time, each factual one with the number of its source behind it, as [1]."""
        ...
