"""Whether a day differs from the baseline by more than chance, and by enough to matter. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Of all the tests of a day together, by Holm's correction.
ALPHA: Final = 0.01
#: Turns that both sides need; and words, for the vocabulary.
LEAST_TURNS, LEAST_WORDS = 200, 1_000
#: The smallest distance that matters: any difference is certain when there is enough of it.
LEAST_DISTANCE: Final = 0.1
#: How often chance is tried out for the vocabulary.
TRIES = 999

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


def compare(before: Turns, now: Turns, *, seed: int = 0) -> list[Test]:
    """Every test that has enough to go by, with Holm's correction over all of them."""
    tests = []
    for name in FIGURES:
        old, new = np.asarray(before.figures.get(name, ())), np.asarray(now.figures.get(name, ()))
        if min(len(old), len(new)) >= LEAST_TURNS:
            tests.append(_distribution(name, old, new))
    if min(sum(before.words.values()), sum(now.words.values())) >= LEAST_WORDS:
        tests.append(_vocabulary(before.words, now.words, np.random.default_rng(seed)))
    return _corrected(tests)


def _distribution(name: str, before: Floats, now: Floats) -> Test:
    from scipy.stats import ks_2samp

    found = ks_2samp(before, now, method="asymp")
    return Test(name, float(found.statistic), float(found.pvalue), float(np.median(before)), float(np.median(now)))


def _vocabulary(before: Mapping[str, int], now: Mapping[str, int], random: np.random.Generator) -> Test:
    """Whether people use other words: how much farther apart the counts are than two draws from both together."""
    words = sorted(set(before) | set(now))
    counts = np.asarray([[side.get(word, 0) for word in words] for side in (before, now)], float)
    sizes = counts.sum(axis=1).astype(int)
    found = float(jensen_shannon(counts[:1], counts[1:])[0])
    together = counts.sum(axis=0) / counts.sum()
    by_chance = np.concatenate(
        [
            jensen_shannon(*(random.multinomial(size, together, part).astype(float) for size in sizes))
            for part in (TRIES // 3,) * 3
        ]
    )
    beyond = max(0.0, found - float(by_chance.mean()))
    p_value = (1 + int((by_chance >= found).sum())) / (1 + len(by_chance))
    return Test("vocabulary", beyond, p_value, float(sizes[0]), float(sizes[1]))


def jensen_shannon(one: Floats, other: Floats) -> Floats:
    """The distance of two distributions given by counts, row by row: 0 for the same words, 1 for none in common."""
    from scipy.special import rel_entr

    first, second = (side / side.sum(axis=1, keepdims=True) for side in (one, other))
    middle = (first + second) / 2
    divergence = (rel_entr(first, middle).sum(axis=1) + rel_entr(second, middle).sum(axis=1)) / 2
    return np.sqrt(np.maximum(divergence, 0) / np.log(2))  # type: ignore[no-any-return]


def _corrected(tests: Sequence[Test]) -> list[Test]:
    """Holm's correction: the smallest p-value against alpha / n, the next against alpha / (n - 1), until one fails."""
    passed: set[str] = set()
    for place, test in enumerate(sorted(tests, key=lambda test: test.p_value)):
        if test.p_value > ALPHA / (len(tests) - place):
            break
        passed.add(test.name)
    return [Test(test.name, test.distance, test.p_value, test.before, test.now, test.name in passed) for test in tests]
