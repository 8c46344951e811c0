"""The front door of `knowledge`: plain data in, plain data out. No other module of it may be imported from outside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from knowledge.answering import Answered, Answering, AnswerSentence
from knowledge.answering import hand_over as hand_over_answering

__all__ = [
    "AnswerSentence",
    "Answered",
    "Answering",
    "Audience",
    "EntryPage",
    "Evidence",
    "KnowledgeUnavailable",
    "Retrieval",
    "Route",
    "Sentence",
    "Source",
    "entry_page",
    "find_evidence",
    "hand_over_answering",
    "prefetch",
    "warm_up",
]

Audience = Literal["senior", "family", "everyone"]
Route = Literal["semantic", "exact", "hybrid"]


@dataclass(frozen=True, slots=True)
class Source:
    """A public page that supports an entry."""

    title: str
    publisher: str
    url: str
    date: date


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an entry's answer.

    `relevance` is its cosine similarity to the question asked, -1 to 1, or a lexical stand-in on the same scale
    where the artefact keeps no vector for it.
    """

    text: str
    position: int
    relevance: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A retrieved entry: why it was found, and its answer sentence by sentence, in the order written."""

    key: str
    question: str
    category: str
    tags: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    sources: tuple[Source, ...]
    score: float
    """Fused score, higher is better; comparable within one retrieval only."""
    similarity: float
    """Best cosine similarity of the question to any wording or to the answer of the entry, -1 to 1."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found for one question."""

    evidence: tuple[Evidence, ...]
    route: Route
    strategy: str
    """The route and the fallback that gave the evidence: `hybrid`, `semantic+broaden`, `hybrid+keyword`, `default`."""
    confidence: float
    """0 to 1: how likely the first evidence answers the question."""
    artefact: str
    """Version of the artefact that was searched."""
    timings: dict[str, float] = field(default_factory=dict)
    """Milliseconds by step: `embed`, `vectors`, `keywords`, `fuse`."""


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A published entry as its page shows it."""

    key: str
    question: str
    answer: str
    category: str
    sources: tuple[Source, ...]
    reviewed_on: date | None


class KnowledgeUnavailable(RuntimeError):
    """No artefact is published, or none can be read."""


async def find_evidence(
    question: str,
    *,
    audience: Audience = "everyone",
    limit: int = 5,
    route: Route | None = None,
    categories: Collection[str] = (),
    tags: Collection[str] = (),
) -> Retrieval:
    """Search the published artefact. Touches no database and never blocks the event loop.

    Args:
        question: what the person asks, up to 4,000 characters; used as data only.
        audience: whose entries to search besides those for everyone; `everyone` searches all.
        limit: most evidence to return.
        route: force a route, else one is chosen from the question's form.
        categories: only these categories, when any is given.
        tags: only entries with one of these tags, when any is given.

    Raises:
        KnowledgeUnavailable: nothing is published.
    """
    from knowledge.retrieval.find import find

    return await find(question, audience=audience, limit=limit, route=route, categories=categories, tags=tags)


async def prefetch(question: str) -> None:
    """Do the slow part of a search that is likely to come: `find_evidence` of the same question is then quick."""
    from knowledge.retrieval.find import prefetch as embed

    await embed(question)


def entry_page(key: str) -> EntryPage | None:
    """The published entry of that key, or None. Raises `KnowledgeUnavailable` when nothing is published."""
    from knowledge.retrieval.find import entry

    return entry(key)


def warm_up() -> None:
    """Load the artefact and the embedding model now, so that the first question does not wait for them. Blocks."""
    from knowledge.retrieval.find import prepare

    prepare()
