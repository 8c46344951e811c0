"""How likely the first evidence answers the question."""

from __future__ import annotations

import math
from collections.abc import Sequence

from knowledge.index.artefact import Scores

#: Provisional until fitted on the golden set.
INTERCEPT, SIMILARITY, MARGIN, COVERAGE = -6.5, 10.0, 3.0, 2.0


def confidence(*, similarity: float, margin: float, coverage: float) -> float:
    """A probability from a logistic fit.

    Args:
        similarity: best cosine similarity of the first entry.
        margin: how far the second entry's similarity lies below.
        coverage: share of the question's terms, weighted by rarity, that the first entry has.
    """
    score = INTERCEPT + SIMILARITY * similarity + MARGIN * margin + COVERAGE * coverage
    return 1.0 / (1.0 + math.exp(-score))


def coverage(terms: Sequence[str], rarity: Scores, found: frozenset[str]) -> float:
    """Share of the terms, by rarity, that are among those found."""
    total = float(rarity.sum())
    return (
        sum(float(weight) for term, weight in zip(terms, rarity, strict=True) if term in found) / total
        if total
        else 0.0
    )
