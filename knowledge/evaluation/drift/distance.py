"""How far apart two days are. Apart from the rules, which the models need at every start: NumPy takes long to load."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from knowledge.evaluation.drift.rules import FIGURES, LEAST_TURNS, LEAST_WORDS, Test, Turns, corrected

Floats = NDArray[np.float64]
#: How often chance is tried out for the vocabulary.
TRIES = 999


def compare(before: Turns, now: Turns, *, seed: int = 0) -> list[Test]:
    """Every test that has enough to go by, with Holm's correction over all of them."""
    tests = []
    for name in FIGURES:
        old, new = np.asarray(before.figures.get(name, ())), np.asarray(now.figures.get(name, ()))
        if min(len(old), len(new)) >= LEAST_TURNS:
            tests.append(_distribution(name, old, new))
    if min(sum(before.words.values()), sum(now.words.values())) >= LEAST_WORDS:
        tests.append(_vocabulary(before.words, now.words, np.random.default_rng(seed)))
    return corrected(tests)


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
