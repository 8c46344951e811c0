"""Two rankings into one. Why this one: `docs/adr/0004-fusion.md`."""

from __future__ import annotations

import numpy as np

from knowledge.index.artefact import Scores

#: Share of meaning in the fused score; the rest is words.
MEANING = 0.7


def fuse(similarities: Scores, keywords: Scores, *, meaning: float = MEANING) -> Scores:
    """A convex sum of both scores, each scaled to 0..1 over these candidates.

    After Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (TOIS 2023).
    """
    return (meaning * _scaled(similarities) + (1 - meaning) * _scaled(keywords)).astype(np.float32)


def _scaled(scores: Scores) -> Scores:
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
