"""The way of a question through retrieval, off the event loop and within its time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Iterable, Iterator

from knowledge.embedding.embedder import configured_embedder
from knowledge.embedding.port import EmbeddingUnavailable, Vectors
from knowledge.index.rows import page
from knowledge.index.serving import Snapshot, serving, snapshot
from knowledge.public import Audience, EntryPage, KnowledgeUnavailable, Retrieval, Route
from knowledge.retrieval.metrics import RETRIEVALS, STEPS
from knowledge.retrieval.routing import choose_route
from knowledge.retrieval.search import Query, Search
from knowledge.wording import clean, terms

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
    text = clean(question)
    began = time.perf_counter()
    vector = await _embedded(text)
    spent = time.perf_counter() - began
    query = Query(
        terms=tuple(dict.fromkeys(terms(text))),
        route=route or choose_route(text),
        vector=vector,
        limit=max(1, limit),
        audience=audience,
        categories=categories,
        tags=tags,
    )
    try:
        async with asyncio.timeout(PATIENCE - spent):
            return await asyncio.to_thread(_searched, query, 1000 * spent)
    except TimeoutError as error:
        raise KnowledgeUnavailable("Retrieval took too long.") from error


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
    await _embedded(clean(question))


def _searched(query: Query, embed_ms: float) -> Retrieval:
    retrieval = _search(snapshot(), query)
    retrieval.timings["embed"] = embed_ms
    RETRIEVALS.labels(retrieval.strategy).inc()
    for step, milliseconds in retrieval.timings.items():
        STEPS.labels(step).observe(milliseconds / 1000)
    return retrieval


def _search(searched: Snapshot, query: Query) -> Retrieval:
    """Search, by words alone where the artefact's vectors are another model's."""
    manifest = searched.artefact.manifest
    if query.vector is not None and manifest.model != configured_embedder().name:
        log.error("artefact was built with another model", extra={"artefact": manifest.model})
        query = Query(query.terms, query.route, None, query.limit, query.audience, query.categories, query.tags)
    return Search(searched, query).run()


def find_many(questions: Iterable[str], *, limit: int) -> Iterator[Retrieval]:
    """The retrieval of each question, embedded together; blocks. For commands and measurements."""
    searched = snapshot()
    texts = [clean(question) for question in questions]
    vectors = configured_embedder().embed_queries([text or "?" for text in texts])
    for text, vector in zip(texts, vectors, strict=True):
        known = tuple(dict.fromkeys(terms(text)))
        yield _search(searched, Query(known, choose_route(text), vector if text else None, limit))


def entry(key: str) -> EntryPage | None:
    """See `knowledge.public.entry_page`."""
    shown = snapshot()
    place = shown.artefact.place_of(key)
    if place is None or (shown.visible is not None and not shown.visible[place]):
        return None
    return page(shown.artefact.record(place))


def prepare() -> None:
    """See `knowledge.public.warm_up`."""
    configured_embedder().embed_queries(["Are you ready?"])
    serving().current()
