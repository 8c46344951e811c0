"""A curator sees how a search went, and that it is the search people get."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.index.artefact import Artefact
from knowledge.index.build import build_and_publish
from knowledge.index.serving import Snapshot
from knowledge.public import find_evidence
from knowledge.retrieval.explain import explain
from tests.knowledge.index.conftest import entry


async def test_explanation_is_of_the_search_that_people_get(published_corpus: None) -> None:
    asked = "what BP is too high when you have diabeetus?"
    found = await find_evidence(asked, limit=5)
    shown = explain(asked, limit=5)
    assert [key for key, _ in shown.fused] == [item.key for item in found.evidence]
    assert (shown.route, shown.strategy, shown.confidence) == (found.route, found.strategy, found.confidence)
    assert ("diabeetus", "diabetes") in shown.corrections
    assert ("BP", "blood pressure") in shown.expansions
    assert "blood pressure" in shown.searched_text
    assert dict(shown.confidence_parts).keys() == {"closeness", "coverage", "terms"}
    for ranking in (shown.by_words, shown.by_meaning, shown.fused):
        scores = [score for _, score in ranking]
        assert ranking
        assert scores == sorted(scores, reverse=True)


def test_another_artefact_can_be_searched(tmp_path: Path) -> None:
    manifest = build_and_publish(entries=[entry("only", "How do I keep bees?")], folder=tmp_path)
    shown = explain("keeping bees", snapshot=Snapshot(Artefact(tmp_path / manifest.version), None))
    assert [key for key, _ in shown.fused] == ["only"]


@pytest.mark.usefixtures("published_corpus")
def test_nothing_said_finds_the_defaults() -> None:
    assert explain("   ").strategy == "default"
