"""The function that answers people, handed over by the room that has it, so that answers can be tried and judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Level = Literal["E", "A", "C", "N"]


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of an answer, as a person would see it, without its source's number."""

    text: str
    entry: str = ""
    """Key of the entry that it stands on; empty for Lilo's own words, an opener or small talk."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What Lilo would say to a message, and why. Nothing of it was kept, and nobody was alerted."""

    kind: str
    """`answer`, `abstention`, `small_talk`, `emergency` or `refusal`. At the level `A` Lilo asked first whether all was
    well: then this is what it said once told so, `emergency` where that was no answer."""
    sentences: tuple[AnswerSentence, ...]
    level: Level
    """What the emergency screen hears in the message."""
    strategy: str
    """How the evidence was found."""
    rung: str
    """Of the degradation ladder."""
    confidence: float
    """0 to 1: how likely the answer is right."""
    entries: tuple[str, ...] = ()
    """Keys of the entries that it rests on, best first."""
    searched: str = ""
    """The words that knowledge was searched with: the message, made whole by what was said before; empty for none."""
    steps_ms: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds by step."""

    @property
    def text(self) -> str:
        """The whole answer."""
        return " ".join(sentence.text for sentence in self.sentences)


class Answering(Protocol):
    """Answers a message as the turn does, leaving no trace."""

    async def __call__(
        self, message: str, *, before: Sequence[str] = (), by_senior: bool = True, is_well: bool = False
    ) -> Answered:
        """Answer.

        Args:
            message: what the person says.
            before: their earlier messages, oldest first; each was answered.
            by_senior: whether a senior asks, else somebody of the family.
            is_well: where Lilo asks back whether they are safe, they say that they are.
        """


_handed: list[Answering] = []


def hand_over(answering: Answering) -> None:
    """Called once, when the program starts, by whoever answers people."""
    _handed[:] = [answering]


def answering() -> Answering:
    """The function that answers people.

    Raises:
        LookupError: none was handed over: knowledge runs by itself.
    """
    if not _handed:
        raise LookupError("Nothing in this program answers people.")
    return _handed[0]
