"""Why a question found what it found: for the playground, where curators look into retrieval."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from knowledge.embedding.embedder import configured_embedder
from knowledge.index.serving import Snapshot
from knowledge.index.serving import snapshot as serving_snapshot
from knowledge.public import Audience, Retrieval, Route
from knowledge.retrieval.find import comparable, query_of
from knowledge.retrieval.reading import Changes, read
from knowledge.retrieval.search import Search

#: Keys of entries with a score each, best first.
Ranking = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One search, step by step."""

    route: Route
    strategy: str
    """The route and the fallback that gave the evidence, as in `Retrieval`."""
    searched_text: str
    """The question as the model read it."""
    searched_terms: tuple[tuple[str, float], ...]
    """What was searched by word, each with how much it counts."""
    corrections: Changes
    """Misspelt words, and what they were taken for."""
    expansions: Changes
    """Everyday words and abbreviations, and what they were taken for."""
    by_words: Ranking
    by_meaning: Ranking
    fused: Ranking
    confidence: float
    confidence_parts: tuple[tuple[str, float], ...]
    """What the confidence was reckoned from, by name."""
    retrieval: Retrieval
    """What a person's question would have found: evidence and times."""


def explain(
    question: str,
    *,
    audience: Audience = "everyone",
    limit: int = 10,
    categories: Collection[str] = (),
    tags: Collection[str] = (),
    snapshot: Snapshot | None = None,
) -> Explanation:
    """Search as for a person, and say how. Blocks; counts in no metric.

    Args:
        question: as a person would put it.
        audience: whose entries to search besides those for everyone.
        limit: how long each ranking may be.
        categories: only these categories, when any is given.
        tags: only entries with one of these tags, when any is given.
        snapshot: what to search; what serves when not given.

    Raises:
        KnowledgeUnavailable: nothing is published.
        EmbeddingUnavailable: the model failed.
    """
    searched = snapshot or serving_snapshot()
    reading = read(question, searched.artefact)
    vector = configured_embedder().embed_queries([reading.text])[0] if reading.text else None
    query = query_of(reading, vector, max(1, limit), audience=audience, categories=categories, tags=tags)
    search = Search(searched, comparable(searched, query), traced=True)
    retrieval = search.run()
    ranked = search.trace[-1] if search.trace else None
    return Explanation(
        route=retrieval.route,
        strategy=retrieval.strategy,
        searched_text=reading.text,
        searched_terms=tuple(zip(reading.terms, reading.weights or [1.0] * len(reading.terms), strict=True)),
        corrections=reading.corrections,
        expansions=reading.expansions,
        by_words=ranked.by_words if ranked else (),
        by_meaning=ranked.by_meaning if ranked else (),
        fused=ranked.fused if ranked else tuple((item.key, item.score) for item in retrieval.evidence),
        confidence=retrieval.confidence,
        confidence_parts=search.signs,
        retrieval=retrieval,
    )
