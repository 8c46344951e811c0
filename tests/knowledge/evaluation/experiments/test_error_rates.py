"""The error rates that the page promises, on thousands of made experiments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from knowledge.evaluation.experiments.checks import Check, looked, people_like_ours, run_all
from knowledge.evaluation.experiments.sequential import people_for_one_look, planned_people, two_sided
from knowledge.evaluation.experiments.statistics import Sample, compare, harm, mismatch


@pytest.fixture(scope="module")
def checks() -> dict[str, Check]:
    return {check.name: check for check in run_all(runs=2_000)}


def test_looking_sixty_times_announces_no_more_differences_than_promised(checks: dict[str, Check]) -> None:
    for name in ("A/A: a difference is announced", "A/A, run three times as long: announced"):
        assert checks[name].runs == 2_000
        assert checks[name].interval[0] <= 0.05
    assert checks["A/A, arms of unlike spread: a difference is announced"].interval[0] <= 0.05


def test_a_plain_test_at_each_look_would_not_keep_it(checks: dict[str, Check]) -> None:
    assert checks["A/A with a plain t-test at each look, to compare: announced"].interval[0] > 0.2


def test_differences_are_found_as_often_as_planned(checks: dict[str, Check]) -> None:
    assert checks["A/B, better by 6 points: found"].interval[0] >= 0.8
    assert checks["A/B, better by 9 points: found"].interval[0] >= 0.95


def test_every_promise_of_the_table_is_kept(checks: dict[str, Check]) -> None:
    assert [check.name for check in checks.values() if not check.holds] == []


def test_a_check_that_is_not_kept_says_so() -> None:
    assert not Check("too often", 2_000, 140, 0.05).holds
    assert not Check("too seldom", 2_000, 1_500, 0.8, must_stay_below=False).holds


def test_the_made_experiments_are_judged_as_real_ones_are() -> None:
    random = np.random.default_rng(3)
    control, arm = (people_like_ours(random, runs=1, people=400, effect=effect) for effect in (0, 0.05))
    seen = looked(control, arm, looks=2)
    found = compare(Sample.of(list(control[0])), Sample.of(list(arm[0])), planned=1_000, alpha=0.05)
    assert found.difference == pytest.approx(seen.difference[0, -1])
    assert found.error == pytest.approx(seen.error[0, -1])
    reach = two_sided(seen.people, planned=1_000, alpha=0.05)[-1] * seen.error[0, -1]
    assert (found.low, found.high) == pytest.approx((found.difference - reach, found.difference + reach))


def test_figures_agree_with_those_of_scipy() -> None:
    from scipy import stats

    random = np.random.default_rng(5)
    control, arm = random.normal(0.6, 0.2, 80), random.normal(0.7, 0.3, 60)
    found = compare(Sample.of(list(control)), Sample.of(list(arm)), planned=400, alpha=0.05)
    welch = stats.ttest_ind(arm, control, equal_var=False)
    interval = welch.confidence_interval(0.95)
    assert found.p_value == pytest.approx(float(welch.pvalue))
    assert (found.welch_low, found.welch_high) == pytest.approx((interval.low, interval.high))
    assert found.low < found.welch_low < found.welch_high < found.high
    spread = np.sqrt((79 * control.var(ddof=1) + 59 * arm.var(ddof=1)) / 138)
    assert found.effect == pytest.approx((arm.mean() - control.mean()) / spread)
    counts = [520, 480]
    assert mismatch({"A": 520, "B": 480}, {"A": 1, "B": 1}) == pytest.approx(float(stats.chisquare(counts).pvalue))


def test_nothing_seen_is_no_proof_that_it_never_happens() -> None:
    nothing = Sample.of([0.0] * 200)
    found = harm(compare(nothing, nothing, planned=800, alpha=0.05), better=-1, planned=800, alpha=0.05)
    assert 0.005 < found.at_most < 0.05


def test_sizes_grow_as_they_should() -> None:
    plan: dict[str, Any] = {"spread": 0.3, "alpha": 0.05, "power": 0.8}
    assert planned_people(effect=0.05, **plan) == pytest.approx(4 * planned_people(effect=0.1, **plan), rel=0.01)
    assert people_for_one_look(effect=0.1, **plan) == pytest.approx(2 * 2 * (0.3 * (1.96 + 0.8416) / 0.1) ** 2, abs=2)
    uneven = planned_people(effect=0.1, weights=(9, 1), **plan)
    assert uneven > 2 * planned_people(effect=0.1, **plan)
