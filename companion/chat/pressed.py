"""A large button of a card: what it sends, and what a press of it comes to. `choices.py` lists who acts on which."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from companion.chat.events import Choice


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that was pressed: `kind:id:verb`, as `dose:<occurrence id>:taken`."""

    kind: str
    id: UUID
    verb: str
    by: UUID
    """The senior."""
    key: str
    """The client's own id of the message: the same press twice is one."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a press comes to: the words that are kept of it, as the senior's own, and Lilo's reply."""

    said: str
    reply: str
    choices: tuple[Choice, ...] = ()
    """The answers to what Lilo asks further."""


def value_of(kind: str, key: UUID, verb: str) -> str:
    """What a button sends."""
    return f"{kind}:{key}:{verb}"
