"""Other ways to rank, over the same artefact: what ours must beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from knowledge.embedding.port import Vectors
from knowledge.index.artefact import Artefact, Places, top
from knowledge.wording import clean, terms

#: Reciprocal rank fusion: the constant of Cormack, Clarke and Büttcher (SIGIR 2009), and how deep each ranking is read.
K = 60
FUSED = 1_000

Rival = Callable[[Artefact, str, Vectors, int], Places]


def by_words(artefact: Artefact, question: str, vector: Vectors, count: int) -> Places:
    """BM25 alone, over our stems."""
    scores = artefact.keyword_scores(tuple(dict.fromkeys(terms(clean(question)))))
    places = top(scores, count)
    return places[scores[places] > 0]


def by_meaning(artefact: Artefact, question: str, vector: Vectors, count: int) -> Places:
    """The embedding model alone: the entry's best vector, every one compared."""
    return artefact.nearest_exactly(vector, count)


def by_both(artefact: Artefact, question: str, vector: Vectors, count: int) -> Places:
    """Plain RRF of the two."""
    scores = np.zeros(len(artefact), np.float32)
    for rank in (by_words, by_meaning):
        places = rank(artefact, question, vector, FUSED)
        scores[places] += (1 / (K + np.arange(1, len(places) + 1))).astype(np.float32)
    places = top(scores, count)
    return places[scores[places] > 0]


RIVALS: dict[str, Rival] = {"bm25": by_words, "model": by_meaning, "rrf": by_both}


def ranked(rival: Rival, artefact: Artefact, questions: Sequence[str], vectors: Vectors, count: int) -> list[list[str]]:
    """The keys that a rival finds for each question, best first."""
    return [
        [artefact.record(int(place))["key"] for place in rival(artefact, question, vector, count)]
        for question, vector in zip(questions, vectors, strict=True)
    ]
