"""What an experiment may vary, declared here and nowhere else: how answers are worded, never whether help comes.

Nothing of safety is or may become a lever: not the emergency screen, the alerts, the guard, the sentence that says when
to see a doctor, or the confidence below which Lilo says that it is not sure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

USUAL_VALUE: Final = "usual"


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing that may differ between people."""

    title: str
    help: str
    values: dict[str, str]
    """Every value it may have, each with its name for people. `usual` is how things are outside of experiments."""


LEVERS: Final[dict[str, Lever]] = {
    "sentences": Lever(
        "Number of sentences",
        "How many sentences of the entry an answer has at most. The one that says when to get help is never left out.",
        {"usual": "As usual", "2": "Two at most", "4": "Four at most"},
    ),
    "opener": Lever(
        "First words",
        "Whether a plain question is answered with a few words first, as “I am glad to help.” Grief and pain are "
        "always acknowledged.",
        {"usual": "As usual", "plain": "The answer at once"},
    ),
}


@dataclass(frozen=True, slots=True)
class Ways:
    """How one person is answered, and which experiments that makes them part of."""

    sentences: int | None = None
    """Most sentences of an answer; None for as many as usual."""
    is_plain: bool = False
    """Whether a plain question is answered at once."""
    alias: str = ""
    """The name that stands for the person in experiments; empty for those who take no part."""
    arms: tuple[tuple[int, str], ...] = field(default=())
    """Experiments by number, each with the arm that the person is in."""


USUAL: Final = Ways()


def ways(chosen: dict[str, str], *, alias: str, arms: tuple[tuple[int, str], ...]) -> Ways:
    """The ways that chosen values of levers come to."""
    sentences = chosen.get("sentences", USUAL_VALUE)
    return Ways(
        sentences=None if sentences == USUAL_VALUE else int(sentences),
        is_plain=chosen.get("opener") == "plain",
        alias=alias,
        arms=arms,
    )
