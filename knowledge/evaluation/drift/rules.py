"""Whether a day differs from the baseline by more than chance, and by enough to matter. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

#: Of all the tests of a day together, by Holm's correction.
ALPHA: Final = 0.01
#: Turns that both sides need; and words, for the vocabulary.
LEAST_TURNS, LEAST_WORDS = 200, 1_000
#: The smallest distance that matters: any difference is certain when there is enough of it.
LEAST_DISTANCE: Final = 0.1

#: What is measured of a turn: its name for people, and what a shift may mean.
FIGURES: Final[dict[str, tuple[str, str]]] = {
    "similarity": (
        "Likeness of question and evidence",
        "People ask about other things, or the index or the model changed.",
    ),
    "length": ("Length of the answers, in words", "Answers became longer or shorter."),
    "tone": ("Tone of the answers", "Answers sound kinder or graver than they did."),
    "unknown": ("Words that no entry has", "People use words that nothing is written about."),
}
VOCABULARY = ("Which words people use", "Other subjects are asked about than before.")


@dataclass(frozen=True, slots=True)
class Test:
    """One measure, now and in the baseline."""

    name: str
    distance: float
    """How far apart: Kolmogorov and Smirnov's, or Jensen and Shannon's beyond what chance alone makes; 0 to 1."""
    p_value: float
    before: float
    """The middle value in the baseline; for words, how many were counted."""
    now: float
    is_significant: bool = False
    """After Holm's correction."""

    @property
    def has_drifted(self) -> bool:
        """Whether it differs beyond chance, and by enough to matter."""
        return self.is_significant and self.distance >= LEAST_DISTANCE

    @property
    def title(self) -> str:
        """Its name for people."""
        return (FIGURES | {"vocabulary": VOCABULARY})[self.name][0]

    @property
    def meaning(self) -> str:
        """What a shift may mean."""
        return (FIGURES | {"vocabulary": VOCABULARY})[self.name][1]

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return {
            name: getattr(self, name) for name in ("name", "distance", "p_value", "before", "now", "is_significant")
        }


@dataclass(frozen=True, slots=True)
class Turns:
    """The figures of some turns, and the words that people used in them."""

    turns: int
    figures: Mapping[str, Sequence[float]]
    words: Mapping[str, int]


def corrected(tests: Sequence[Test]) -> list[Test]:
    """Holm's correction: the smallest p-value against alpha / n, the next against alpha / (n - 1), until one fails."""
    passed: set[str] = set()
    for place, test in enumerate(sorted(tests, key=lambda test: test.p_value)):
        if test.p_value > ALPHA / (len(tests) - place):
            break
        passed.add(test.name)
    return [Test(test.name, test.distance, test.p_value, test.before, test.now, test.name in passed) for test in tests]
