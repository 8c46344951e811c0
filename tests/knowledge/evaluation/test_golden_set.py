"""How good Lilo is on the whole golden set: what was reached may not be lost. Raise a floor when it is well passed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from knowledge.evaluation.running import measure
from knowledge.index.serving import serving

#: About the lower end of the 95 % interval when last measured.
FLOORS = {
    "success@1": 0.73,
    "ndcg@10": 0.74,
    "answer_f1_given": 0.57,
    "abstention_recall": 0.70,
    "alert_recall": 0.53,
    "faithfulness": 0.99,
}
CEILINGS = {"error": 0.01, "fallback": 0.10, "insulting": 0.0, "reading_grade": 6.0, "asked_first": 0.12}


@pytest.fixture(scope="module")
def found(corpus_artefact: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock():
        yield measure(serving().current()).summary


@pytest.mark.parametrize("name", FLOORS)
def test_no_less_than(found: dict[str, Any], name: str) -> None:
    assert found["figures"][name]["value"] >= FLOORS[name], found["figures"][name]


@pytest.mark.parametrize("name", CEILINGS)
def test_no_more_than(found: dict[str, Any], name: str) -> None:
    assert found["figures"][name]["value"] <= CEILINGS[name], found["figures"][name]


def test_the_confidence_is_near_a_probability(found: dict[str, Any]) -> None:
    assert found["reliability"]["expected_error"] <= 0.15
    assert found["reliability"]["brier"] <= 0.22


def test_the_half_that_was_never_used_for_choosing_is_no_worse(found: dict[str, Any]) -> None:
    tune, hold = (found["by"]["split"][split]["quality"] for split in ("tune", "hold"))
    assert hold["value"] >= tune["low"] - 0.05
