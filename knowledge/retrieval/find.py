"""The way of a question through retrieval, off the event loop and within its time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from knowledge.embedding.embedder import configured_embedder
from knowledge.embedding.port import EmbeddingUnavailable, Vectors
from knowledge.index.rows import page
from knowledge.index.serving import Snapshot, serving, snapshot
from knowledge.public import Audience, EntryPage, KnowledgeUnavailable, Retrieval, Route
from knowledge.retrieval.metrics import RETRIEVALS, STEPS
from knowledge.retrieval.reading import Reading, read
from knowledge.retrieval.routing import choose_route, is_question
from knowledge.retrieval.search import Query, Search
from knowledge.wording import terms

log = logging.getLogger(__name__)

#: Seconds for everything, and how many of them the embedding may take before words must do.
PATIENCE, EMBEDDING_PATIENCE = 2.0, 1.5


async def find(
    question: str,
    *,
    audience: Audience,
    limit: int,
    route: Route | None,
    categories: Collection[str],
    tags: Collection[str],
) -> Retrieval:
    """See `knowledge.public.find_evidence`."""
    began = time.perf_counter()
    reading, vector = await _understood(question)
    spent = time.perf_counter() - began
    query = query_of(reading, vector, max(1, limit), route=route, audience=audience, categories=categories, tags=tags)
    try:
        async with asyncio.timeout(PATIENCE - spent):
            return await asyncio.to_thread(_searched, query, 1000 * spent)
    except TimeoutError as error:
        raise KnowledgeUnavailable("Retrieval took too long.") from error


async def _understood(question: str) -> tuple[Reading, Vectors | None]:
    """The question as it is searched for, and its vector."""
    reading = await asyncio.to_thread(_read, question)
    return reading, await _embedded(reading.text)


def _read(question: str) -> Reading:
    return read(question, snapshot().artefact)


def query_of(
    reading: Reading,
    vector: Vectors | None,
    limit: int,
    *,
    route: Route | None = None,
    audience: Audience = "everyone",
    categories: Collection[str] = (),
    tags: Collection[str] = (),
) -> Query:
    """What to search for, of a question that was read."""
    return Query(
        terms=reading.terms,
        route=route or choose_route(reading.text),
        vector=vector,
        limit=limit,
        audience=audience,
        categories=categories,
        tags=tags,
        weights=reading.weights,
        asks=is_question(reading.text),
    )


async def _embedded(text: str) -> Vectors | None:
    """The question's vector; None if it has no words, or the model is too slow or broken."""
    if not text:
        return None
    try:
        async with asyncio.timeout(EMBEDDING_PATIENCE):
            return await configured_embedder().embed_query(text)
    except (EmbeddingUnavailable, TimeoutError) as error:
        log.warning("question not embedded, searching by words", extra={"reason": type(error).__name__})
        return None


async def prefetch(question: str) -> None:
    """See `knowledge.public.prefetch`."""
    try:
        await _understood(question)
    except KnowledgeUnavailable:
        return  # the search itself will say so


def _searched(query: Query, embed_ms: float) -> Retrieval:
    retrieval = _search(snapshot(), query)
    retrieval.timings["embed"] = embed_ms
    RETRIEVALS.labels(retrieval.strategy).inc()
    for step, milliseconds in retrieval.timings.items():
        STEPS.labels(step).observe(milliseconds / 1000)
    return retrieval


def _search(searched: Snapshot, query: Query) -> Retrieval:
    return Search(searched, comparable(searched, query)).run()


def comparable(searched: Snapshot, query: Query) -> Query:
    """The query, of words alone where the artefact's vectors are another model's."""
    manifest = searched.artefact.manifest
    if query.vector is None or manifest.model == configured_embedder().name:
        return query
    log.error("artefact was built with another model", extra={"artefact": manifest.model})
    return replace(query, vector=None)


def find_many(questions: Iterable[str], *, limit: int) -> Iterator[Retrieval]:
    """The retrieval of each question, embedded together; blocks. For commands and measurements."""
    searched = snapshot()
    readings = [read(question, searched.artefact) for question in questions]
    vectors = configured_embedder().embed_queries([reading.text or "?" for reading in readings])
    for reading, vector in zip(readings, vectors, strict=True):
        yield _search(searched, query_of(reading, vector if reading.text else None, limit))


def entry(key: str) -> EntryPage | None:
    """See `knowledge.public.entry_page`."""
    shown = snapshot()
    place = shown.artefact.place_of(key)
    if place is None or (shown.visible is not None and not shown.visible[place]):
        return None
    return page(shown.artefact.record(place))


def known_words(words: Iterable[str]) -> frozenset[str]:
    """See `knowledge.public.known_words`."""
    artefact = snapshot().artefact
    return frozenset(word for word in words if any(artefact.frequency(term) for term in terms(word)))


def prepare() -> None:
    """See `knowledge.public.warm_up`."""
    configured_embedder().embed_queries(["Are you ready?"])
    read("Are you redy?", serving().current().artefact)
