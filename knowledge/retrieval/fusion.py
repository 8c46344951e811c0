"""Two rankings into one. Measured against others in `docs/adr/0004-fusion.md`."""

from __future__ import annotations

import numpy as np

from knowledge.index.artefact import Scores
from knowledge.public import Route

#: Share of meaning in the fused score; the rest is words. A hybrid question's depends on how well its words match.
MEANING: dict[Route, float] = {"semantic": 1.0, "exact": 0.3}
#: The most of it for a question, and for a claim or a name, in which each word is meant; and the least for both.
MOST_MEANING, MOST_MEANING_CLAIM, LEAST_MEANING = 0.95, 0.85, 0.5
#: A best keyword score of this much would leave meaning nothing: several rare words of the question in one entry.
FULL_MATCH = 30.0


def fuse(meaning: Scores, keywords: Scores, route: Route, *, asks: bool = True) -> Scores:
    """A convex sum of both scores, each scaled to 0..1 over these candidates.

    After Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (TOIS 2023). Unlike there the
    share is not fixed: people who describe a thing in their own words hit few rare words, and then the best of many
    poor keyword matches means little, which scaling to 0..1 would hide.
    """
    share = MEANING[route] if route in MEANING else _share(keywords, MOST_MEANING if asks else MOST_MEANING_CLAIM)
    return (share * _scaled(meaning) + (1 - share) * _scaled(keywords)).astype(np.float32)


def _share(keywords: Scores, most: float) -> float:
    best = float(keywords.max(initial=0.0))
    return max(LEAST_MEANING, most - best / FULL_MATCH)


def _scaled(scores: Scores) -> Scores:
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
