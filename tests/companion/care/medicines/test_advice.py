"""What is said of a missed dose: the curated article's words, or not to double and whom to ask."""

from __future__ import annotations

import pytest

from companion.care.medicines.advice import if_missed
from companion.care.medicines.wording import IF_MISSED


def test_article_speaks_where_it_is_published(published_corpus: None) -> None:
    said = if_missed()
    assert said.startswith("Ask your pharmacist or doctor what to do about a missed pill")
    assert "Never take a double amount" in said


def test_without_knowledge_it_is_not_to_double(monkeypatch: pytest.MonkeyPatch) -> None:
    from companion.care.medicines import advice
    from knowledge.public import KnowledgeUnavailable

    def nothing(key: str) -> None:
        raise KnowledgeUnavailable

    monkeypatch.setattr(advice, "entry_page", nothing)
    assert if_missed() == IF_MISSED
    monkeypatch.setattr(advice, "entry_page", lambda key: None)
    assert if_missed() == IF_MISSED
