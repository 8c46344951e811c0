"""Words weigh as much as they match."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.retrieval.confidence import confidence, coverage
from knowledge.retrieval.fusion import fuse


def scores(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.asarray(values, np.float32)


def test_poor_keyword_match_does_not_outvote_meaning() -> None:
    assert fuse(scores(0.7, 0.5, 0.2), scores(0.5, 2.0, 0.0), "hybrid").argmax() == 0


def test_strong_keyword_match_does() -> None:
    assert fuse(scores(0.7, 0.6, 0.2), scores(0.0, 16.0, 0.0), "hybrid").argmax() == 1


def test_claim_leans_on_its_words_more_than_a_question() -> None:
    meaning, words = scores(0.7, 0.55, 0.2), scores(0.0, 4.0, 0.0)
    assert fuse(meaning, words, "hybrid").argmax() == 0
    assert fuse(meaning, words, "hybrid", asks=False).argmax() == 1


def test_routes_listen_to_what_they_are_named_after() -> None:
    meaning, keywords = scores(0.9, 0.3), scores(0.0, 9.0)
    assert fuse(meaning, keywords, "semantic").tolist() == [1.0, 0.0]
    assert fuse(meaning, keywords, "exact").argmax() == 1


@pytest.mark.parametrize("count", [0, 1, 3])
def test_equal_scores_are_no_trouble(count: int) -> None:
    fused = fuse(np.full(count, 0.5, np.float32), np.zeros(count, np.float32), "hybrid")
    assert fused.tolist() == [0.0] * count


def test_confidence_grows_with_closeness_and_with_words_shared() -> None:
    far, near, near_in_words = (
        confidence(closeness=closeness, coverage=covered, terms=5)
        for closeness, covered in [(0.3, 0.2), (0.6, 0.2), (0.6, 0.8)]
    )
    assert 0 < far < 0.2 < 0.5 < near < near_in_words < 1
    words = [confidence(closeness=None, coverage=covered, terms=5) for covered in (0.0, 1.0)]
    assert words[0] < 0.1 < words[1] < 1


def test_few_words_are_less_sure() -> None:
    short, long = (confidence(closeness=0.5, coverage=0.5, terms=count) for count in (2, 12))
    assert short < 0.5 < long


def test_coverage_counts_rare_words_more() -> None:
    assert coverage(["knee", "help"], scores(3, 1), frozenset({"knee"})) == 0.75
    assert coverage([], scores(), frozenset({"knee"})) == 0.0
