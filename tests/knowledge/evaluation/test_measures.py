"""The measures against values worked out by hand, and against what must hold of any text or numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.evaluation.calibration import reliability
from knowledge.evaluation.figures import mean, percentile, share_found
from knowledge.evaluation.insults import insults
from knowledge.evaluation.overlap import rouge, token_f1
from knowledge.evaluation.ranking import score_rankings
from knowledge.importers.starter import read_corpus

WORDS = st.lists(st.sampled_from(["tea", "walk", "doctor", "sleep", "warm", "call"]), max_size=12).map(" ".join)
SHARES = st.floats(0, 1)


# Words shared


def test_token_f1_by_hand() -> None:
    # {drink, water, often} and {drink, more, water}: 2 shared of 3 and 3; articles do not count
    assert token_f1("Drink the water often.", "drink more water") == pytest.approx(2 / 3)
    assert token_f1("", "drink more water") == 0
    assert token_f1("tea tea tea", "tea") == pytest.approx(2 * 1 / 4)


def test_rouge_by_hand() -> None:
    # stems: drink water slowli everi day / drink water everi morn: 3 unigrams, 1 bigram, the run "drink water every"
    found = rouge("Drink water slowly every day", "Drinks water every morning")
    assert found["rouge1"] == pytest.approx(2 * 3 / 9)
    assert found["rouge2"] == pytest.approx(2 * 1 / 7)
    assert found["rougeL"] == pytest.approx(2 * 3 / 9)


@given(WORDS, WORDS)
def test_overlap_is_a_share_and_even(first: str, second: str) -> None:
    pairs = [(token_f1(first, second), token_f1(second, first))]
    pairs += zip(rouge(first, second).values(), rouge(second, first).values(), strict=True)
    for one, other in pairs:
        assert 0 <= one <= 1
        assert one == pytest.approx(other)


@given(WORDS.filter(bool))
def test_the_same_words_are_a_full_match(text: str) -> None:
    assert token_f1(text, text) == 1
    assert rouge(text, text)["rougeL"] == 1


@given(WORDS, WORDS)
def test_the_longest_common_run_is_no_longer_than_the_words_shared(first: str, second: str) -> None:
    found = rouge(first, second)
    assert found["rougeL"] <= found["rouge1"] + 1e-9


def test_insults_are_heard_as_words_only() -> None:
    assert insults("You stupid old-bag! Shut up.") == ["stupid", "old-bag", "shut up"]
    assert insults("Assess the stupidness of assassins in class; a retardant is senility.") == []


def test_no_entry_of_ours_holds_an_insult() -> None:
    assert [(entry.key, found) for entry in read_corpus() if (found := insults(entry.answer))] == []


# Rankings


def test_ranking_by_hand() -> None:
    judgements = {"q": {"a": 2, "b": 1, "c": 0}, "none": {"z": 1}}
    found = score_rankings(judgements, {"q": ["c", "a", "x", "b"]})
    ideal = 2 + 1 / np.log2(3)
    assert found["ndcg@10"]["q"] == pytest.approx((2 / np.log2(3) + 1 / np.log2(5)) / ideal)
    assert found["map"]["q"] == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert found["mrr@10"]["q"] == pytest.approx(1 / 2)
    assert found["p@10"]["q"] == pytest.approx(2 / 10)
    assert found["r@10"]["q"] == 1
    assert found["f1@10"]["q"] == pytest.approx(2 * 0.2 / 1.2)
    assert found["success@1"]["q"] == 0
    assert {of["none"] for of in found.values()} == {0.0}


def test_equal_scores_keep_the_order_given() -> None:
    # trec_eval orders equal scores by name, the last first: "z" would win
    found = score_rankings({"q": {"a": 1}}, {"q": ["a", "z"]})
    assert found["success@1"]["q"] == 1


@settings(max_examples=30)
@given(st.permutations(["a", "b", "c", "d", "e"]), st.dictionaries(st.sampled_from("abcde"), st.integers(1, 3)))
def test_ranking_measures_are_shares_and_the_best_order_is_best(order: list[str], grades: dict[str, int]) -> None:
    if not grades:
        return
    best = sorted(order, key=lambda key: -grades.get(key, 0))
    found, ideal = (score_rankings({"q": grades}, {"q": keys}) for keys in (order, best))
    assert all(0 <= of["q"] <= 1 for of in found.values())
    assert found["ndcg@10"]["q"] <= ideal["ndcg@10"]["q"] == pytest.approx(1)


# Means and intervals


def test_mean_and_interval() -> None:
    figure = mean([0.0, 1.0] * 50)
    assert figure is not None
    assert figure.value == 0.5
    # the standard error of a share of one half in 100 is 0.05
    assert [figure.low, figure.high] == pytest.approx([0.4, 0.6], abs=0.02)
    assert mean([]) is None


@settings(max_examples=30)
@given(st.lists(SHARES, min_size=1, max_size=40))
def test_an_interval_holds_its_mean_and_is_the_same_each_time(values: list[float]) -> None:
    figure = mean(values)
    assert figure is not None
    assert min(values) - 1e-9 <= figure.low <= figure.value + 1e-9
    assert figure.value - 1e-9 <= figure.high <= max(values) + 1e-9
    assert mean(values) == figure


def test_precision_and_recall_by_hand() -> None:
    found = share_found([True, True, False, False, True], [True, False, True, False, True])
    assert found["precision"].value == pytest.approx(2 / 3)
    assert found["recall"].value == pytest.approx(2 / 3)
    assert found["f1"].value == pytest.approx(2 / 3)
    assert share_found([False], [True]) == {}


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([1, 2, 3, 4], 0.5) == 2
    assert percentile([1, 2, 3, 4], 0.95) == 4
    assert percentile([], 0.95) == 0


# Confidence


def test_reliability_by_hand() -> None:
    found = reliability([0.95, 0.95, 0.15, 1.0], [True, False, False, True])
    high, low = found.bins[9], found.bins[1]
    assert (high.count, low.count) == (3, 1)
    assert high.right == pytest.approx(2 / 3)
    assert high.confidence == pytest.approx(2.9 / 3)
    assert found.expected_error == pytest.approx((3 * abs(2.9 / 3 - 2 / 3) + 0.15) / 4)
    assert found.brier == pytest.approx((0.05**2 + 0.95**2 + 0.15**2 + 0) / 4)


@given(st.lists(st.tuples(SHARES, st.booleans())))
def test_every_answer_is_in_one_bin(pairs: list[tuple[float, bool]]) -> None:
    found = reliability([sure for sure, _ in pairs], [right for _, right in pairs])
    assert sum(bin_.count for bin_ in found.bins) == len(pairs)
    assert 0 <= found.expected_error <= 1
    assert 0 <= found.brier <= 1
