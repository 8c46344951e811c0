"""How likely the first evidence answers the question."""

from __future__ import annotations

import math
from collections.abc import Sequence

from knowledge.index.artefact import Scores

#: Logistic regression by `benchmarks.confidence`, 2026-11-23, on questions of three origins: 2,092 of
#: `knowledge/retrieval/taught`, whose writers had kept away from the entries' wordings (each way of speaking weighted
#: by about how often people speak so), the tune half of the golden set, and the 223 of `tests/knowledge/golden.jsonl`.
#: The outcome is whether the first entry was a right one. Ten-fold cross-validation: area under ROC 0.81 and Brier
#: score 0.180 for the taught, 0.89 and 0.141 for the golden ones, 0.96 and 0.079 for the oldest. The fit before had
#: seen only questions that wordings had been written for, and promised strangers twice what came true. How far the
#: first entry leads the second was a sign too: better for the first two, worse for the third, and left out.
INTERCEPT, CLOSENESS, COVERAGE, LENGTH = -6.76, 9.65, 2.49, 0.40
#: The same without a vector, when only words could be searched: area under ROC 0.83, F1 0.61.
WORDS_INTERCEPT, WORDS_COVERAGE = -3.36, 5.36


def confidence(*, closeness: float | None, coverage: float, terms: int) -> float:
    """A probability, from a logistic fit.

    Args:
        closeness: mean cosine similarity of the first entry's two nearest vectors; None if only words were searched.
        coverage: share of the question's terms, weighted by rarity, that the first entry has.
        terms: how many terms the question has.
    """
    if closeness is None:
        score = WORDS_INTERCEPT + WORDS_COVERAGE * coverage
    else:
        score = INTERCEPT + CLOSENESS * closeness + COVERAGE * coverage + LENGTH * math.log1p(terms)
    return 1.0 / (1.0 + math.exp(-score))


def coverage(terms: Sequence[str], rarity: Scores, found: frozenset[str]) -> float:
    """Share of the terms, by rarity, that are among those found."""
    total = float(rarity.sum())
    return (
        sum(float(weight) for term, weight in zip(terms, rarity, strict=True) if term in found) / total
        if total
        else 0.0
    )
