"""Small artefacts of a model that is quick and known: words hashed to directions."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding.embedder import Embedder
from knowledge.embedding.port import EmbeddingUnavailable, Vectors, unit
from knowledge.index.build import build_and_publish
from knowledge.index.entries import IndexEntry
from knowledge.index.manifest import Manifest
from knowledge.wording import terms


class WordModel:
    """A stand-in for the world's models: similar words, similar vectors. Notes what it embeds; fails when told to."""

    def __init__(self, name: str = "words", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension
        self.embedded: list[str] = []
        self.broken = False

    def encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        if self.broken:
            raise EmbeddingUnavailable("the model is ill today")
        self.embedded.extend(texts)
        rows = np.full((len(texts), self.dimension), 0.01, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for term in terms(text):
                row[zlib.crc32(term.encode()) % self.dimension] += 1
        return unit(rows)


def entry(key: str, question: str, answer: str = "Rest well. Drink water. Ask a doctor.", **more: object) -> IndexEntry:
    """An entry of which only some words matter."""
    facts: dict[str, object] = {
        "alternatives": (), "category": "other", "tags": (), "audience": "everyone", "sources": (), "reviewed_on": None,
    }  # fmt: skip
    return IndexEntry(key=key, question=question, answer=answer, **(facts | more))  # type: ignore[arg-type]


ENTRIES = [
    entry("back", "Why does my back hurt?", "Backs ache when they are tired. Warmth helps a sore back."),
    entry("feet", "How do I care for my feet?", "Wash feet daily. Dry between toes.", tags=("skin",), category="feet"),
    entry("sleep", "How can I sleep better?", "Go to bed late. Keep the room dark.", alternatives=("I lie awake",)),
]


@pytest.fixture
def model() -> WordModel:
    """The model of this test."""
    return WordModel()


@pytest.fixture
def build(tmp_path: Path, model: WordModel) -> Callable[..., Manifest]:
    """Builds and publishes these entries in this test's folder."""

    def run(entries: Sequence[IndexEntry] = ENTRIES, *, by: WordModel | None = None) -> Manifest:
        return build_and_publish(entries=entries, embedder=Embedder(by or model), folder=tmp_path)

    return run
