"""Retrieval is asked warm, as in a serving process: loading the model takes longer than a question may wait."""

from __future__ import annotations

import pytest

from knowledge.embedding.embedder import configured_embedder


@pytest.fixture(scope="session", autouse=True)
def warm_model() -> None:
    """The model, loaded before the first question."""
    configured_embedder().embed_queries(["Are you ready?"])
