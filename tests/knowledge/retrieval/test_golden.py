"""How often the first entry is right, and how often Lilo knows that it does not know: 223 questions of our own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.retrieval.find import find_many

GOLDEN = Path(__file__).parent.parent / "golden.jsonl"


@pytest.fixture(scope="module")
def outcomes(corpus_artefact: Path) -> list[tuple[list[str], str | None, float]]:
    """For each question: the right entries (none if it cannot be answered), the first one found, and the confidence."""
    rows = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    found = find_many([row["question"] for row in rows], limit=5)
    return [
        (row["entries"], item.evidence[0].key if item.evidence else None, item.confidence)
        for row, item in zip(rows, found, strict=True)
    ]


def test_first_entry_is_right(outcomes: list[tuple[list[str], str | None, float]]) -> None:
    right = [first in wanted for wanted, first, _ in outcomes if wanted]
    print(f"success at 1: {sum(right) / len(right):.3f} of {len(right)}")  # noqa: T201  # the figure is the point
    assert sum(right) / len(right) >= 0.85


def test_confidence_tells_right_from_wrong(outcomes: list[tuple[list[str], str | None, float]]) -> None:
    good = sum(first in wanted and sure >= 0.5 for wanted, first, sure in outcomes)
    answered = sum(sure >= 0.5 for _, _, sure in outcomes)
    possible = sum(first in wanted for wanted, first, _ in outcomes)
    precision, recall = good / answered, good / possible
    print(f"of {answered} answered, {precision:.3f} rightly; {recall:.3f} of the right ones were dared")  # noqa: T201
    assert precision >= 0.85
    assert recall >= 0.85


def test_confidence_is_a_probability(outcomes: list[tuple[list[str], str | None, float]]) -> None:
    score = sum((sure - (first in wanted)) ** 2 for wanted, first, sure in outcomes) / len(outcomes)
    print(f"Brier score {score:.3f}")  # noqa: T201
    assert score <= 0.1
