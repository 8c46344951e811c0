"""One question tried: what is heard in it, how it is searched, what is found, and what a person would be told."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from asgiref.sync import async_to_sync

from knowledge.answering import Answered, answering
from knowledge.index.serving import Snapshot, answering_from
from knowledge.public import Evidence, entry_page
from knowledge.retrieval.explain import Explanation, Ranking, explain

#: How long the shown rankings are.
RANKED = 8
LEVELS = {
    "E": "An emergency: the card with whom to ring comes at once, and the circle is told",
    "A": "Lilo asks whether they are all right; without an answer the circle is told",
    "C": "Something to be gentle about; no alert",
    "N": "Nothing dangerous",
}
KINDS = {
    "answer": "An answer",
    "abstention": "Lilo says that it is not sure",
    "small_talk": "Small talk",
    "emergency": "No answer: the emergency card comes in its place",
    "refusal": "A refusal",
}


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a ranking."""

    key: str
    score: float
    share: int
    """Of the best score, in percent: the length of its bar."""
    is_changed: bool
    """It is the entry whose change is tried."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of the first evidence."""

    text: str
    relevance: float
    is_said: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as a person would hear it, with the number of its source, 0 for none."""

    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered source below an answer."""

    number: int
    key: str
    question: str
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Try:
    """All of it, ready to be shown."""

    answered: Answered
    level: str
    kind: str
    said: tuple[Said, ...]
    sources: tuple[Source, ...]
    explanation: Explanation
    rankings: tuple[tuple[str, tuple[Ranked, ...]], ...]
    first: Evidence | None
    """The evidence that the context is chosen from."""
    context: tuple[Candidate, ...]
    took_ms: float
    artefact: str


def try_question(
    question: str,
    *,
    before: Sequence[str] = (),
    by_senior: bool = True,
    tried: Snapshot | None = None,
    changed: str = "",
) -> Try:
    """Answer as a turn does, and explain the search. Leaves no trace, in no count either. Blocks.

    Args:
        question: what a person would say.
        before: what they said before, oldest first.
        by_senior: else somebody of the family asks.
        tried: what to answer from; what serves when not given.
        changed: key of the entry whose change is tried.

    Raises:
        LookupError: nothing in this program answers people.
        KnowledgeUnavailable: nothing is published.
        EmbeddingUnavailable: the model failed.
    """
    began = time.perf_counter()
    with answering_from(tried) if tried is not None else nullcontext():
        answered = async_to_sync(answering())(question, before=before, by_senior=by_senior)
        took_ms = 1000 * (time.perf_counter() - began)
        explanation = explain(
            answered.searched or question, audience="senior" if by_senior else "everyone", limit=RANKED
        )
        sources = _sources(answered)
    found = explanation.retrieval
    first = next((item for item in found.evidence if item.key in answered.entries[:1]), None)
    first = first or next(iter(found.evidence), None)
    numbers = {source.key: source.number for source in sources}
    told = {sentence.text for sentence in answered.sentences}
    return Try(
        answered=answered,
        level=LEVELS[answered.level],
        kind=KINDS.get(answered.kind, answered.kind),
        said=tuple(Said(sentence.text, numbers.get(sentence.entry, 0)) for sentence in answered.sentences),
        sources=sources,
        explanation=explanation,
        rankings=(
            ("By words", _ranked(explanation.by_words, changed)),
            ("By meaning", _ranked(explanation.by_meaning, changed)),
            ("Together", _ranked(explanation.fused, changed)),
        ),
        first=first,
        context=tuple(
            Candidate(sentence.text, sentence.relevance, sentence.text in told)
            for sentence in (first.sentences if first else ())
        ),
        took_ms=took_ms,
        artefact=found.artefact,
    )


def _ranked(ranking: Ranking, changed: str) -> tuple[Ranked, ...]:
    best = max((score for _, score in ranking), default=0.0)
    return tuple(
        Ranked(key, score, round(100 * max(score, 0.0) / best) if best > 0 else 0, key == changed)
        for key, score in ranking[:RANKED]
    )


def _sources(answered: Answered) -> tuple[Source, ...]:
    sources = []
    used = {sentence.entry for sentence in answered.sentences}
    for number, key in enumerate((key for key in answered.entries if key in used), start=1):
        page = entry_page(key)
        if page is not None:
            pages = tuple(f"{each.title}, {each.publisher}" for each in page.sources)
            sources.append(Source(number, key, page.question, pages))
    return tuple(sources)
