"""What is measured of a person's turns: counts, and the measures made of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: What is counted of each person, day by day. Never a word.
COUNTS: Final = (
    "turns", "answered", "abstained", "repeated", "asked_more", "helpful", "not_helpful", "held_back", "latency_ms",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a person: a sum of counts over another."""

    title: str
    help: str
    over: tuple[str, ...]
    under: tuple[str, ...]
    better: int
    """1 where more is better, -1 where less is."""
    spread: float
    """How much people usually differ in it, as a standard deviation: for planning only."""
    unit: str = "points"
    """`points` of a hundred, or milliseconds."""

    def of(self, counts: Mapping[str, float]) -> float | None:
        """The figure of one person; None where there is nothing to divide by."""
        under = sum(counts[name] for name in self.under)
        return sum(counts[name] for name in self.over) / under if under > 0 else None

    @property
    def scale(self) -> float:
        """What to multiply a figure by before it is shown."""
        return 1.0 if self.unit == "ms" else 100.0


_TURNS = ("turns",)
MEASURES: Final[dict[str, Measure]] = {
    "answered": Measure(
        "Answered well",
        "Questions that Lilo answered and that were not asked again within ten minutes.",
        ("answered",), _TURNS, 1, 0.30,
    ),
    "helpful": Measure(
        "Found helpful",
        "“This helped” among all presses of the two buttons. Only people who press one count.",
        ("helpful",), ("helpful", "not_helpful"), 1, 0.40,
    ),
    "abstained": Measure(
        "Not answered", "Questions to which Lilo said that it is not sure.", ("abstained",), _TURNS, -1, 0.20,
    ),
    "repeated": Measure(
        "Asked again", "Questions that were the same as the one before, within ten minutes.",
        ("repeated",), _TURNS, -1, 0.15,
    ),
    "asked_more": Measure("Asked for more", "How often “Tell me more” followed.", ("asked_more",), _TURNS, -1, 0.20),
    "held_back": Measure(
        "Held back by the guard", "Sentences that the guard held back, by question.", ("held_back",), _TURNS, -1, 0.10
    ),
    "latency": Measure(
        "Time to the whole answer", "Milliseconds from the question to the end of the answer.",
        ("latency_ms",), _TURNS, -1, 150.0, "ms",
    ),
}  # fmt: skip
