"""The front door of `knowledge`: plain data in, plain data out. No other module of it may be imported from outside."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from knowledge.answering import Answered, Answering, AnswerSentence
from knowledge.answering import hand_over as hand_over_answering
from knowledge.evaluation.experiments.levers import USUAL, Ways
from knowledge.evaluation.experiments.running import hand_over_participants, ways_for
from knowledge.retrieval.taught import Taught
from knowledge.retrieval.taught import read_taught as taught_questions
from knowledge.turns import TurnNote, note_turn

__all__ = [
    "USUAL",
    "AnswerSentence",
    "Answered",
    "AnsweredQuestion",
    "Answering",
    "Audience",
    "EntryPage",
    "Evidence",
    "KnowledgeUnavailable",
    "Retrieval",
    "Route",
    "Sentence",
    "Source",
    "Taught",
    "TurnNote",
    "Ways",
    "acknowledge_answers",
    "answered_questions",
    "entry_page",
    "find_evidence",
    "forget_questions",
    "hand_over_answering",
    "hand_over_participants",
    "known_words",
    "note_opinion",
    "note_question",
    "note_turn",
    "note_used",
    "prefetch",
    "taught_questions",
    "warm_up",
    "ways_for",
    "write_used",
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
    from knowledge.evaluation.experiments.running import refresh
    from knowledge.retrieval.find import prepare

    prepare()
    refresh()


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question that somebody passed on, which Lilo answers by now."""

    ticket: UUID
    key: str
    """Of the entry that answers it."""


def note_question(
    text: str, *, reason: Literal["unanswered", "not_helpful"], shown: Collection[str] = (), by_senior: bool = True
) -> UUID:
    """Keep a question that Lilo could not answer well, for the curators. Blocks.

    Args:
        text: the question, allowed by its asker to be passed on, and without anything that tells who that is.
        reason: why it is passed on.
        shown: keys of the entries that were shown.
        by_senior: whether a senior asked.

    Returns:
        A ticket drawn by lot, under which its answer is told and by which it is taken back. Knowledge never learns who
        holds it.
    """
    from knowledge.inbox.actions import note_question as note
    from knowledge.inbox.rules import Reason

    return note(text, reason=Reason(reason), shown=shown, by_senior=by_senior)


def forget_questions(tickets: Collection[UUID]) -> int:
    """Delete questions that their askers take back, or who are erased; how many there were. Blocks."""
    from knowledge.inbox.actions import forget_questions as forget

    return forget(tickets)


def answered_questions(*, limit: int = 100) -> list[AnsweredQuestion]:
    """Questions that are answered by now, and not acknowledged. Blocks."""
    from knowledge.inbox.selectors import answered_tickets

    return [AnsweredQuestion(answered.ticket, answered.key) for answered in answered_tickets(limit)]


def acknowledge_answers(tickets: Collection[UUID]) -> None:
    """It is noted that these questions are answered: `answered_questions` does not tell of them again. Blocks."""
    from knowledge.inbox.actions import acknowledge_answers as acknowledge

    acknowledge(tickets)


def note_used(keys: Iterable[str]) -> None:
    """Count that an answer rested on these entries; no person goes with it. Blocks for a moment, every few seconds."""
    from knowledge.inbox.usage import counter

    counter.note(keys)


def write_used() -> None:
    """Write the uses that are counted and not written yet: for the end of a process. Blocks."""
    from knowledge.inbox.usage import counter

    counter.write()


def known_words(words: Iterable[str]) -> frozenset[str]:
    """Those of the words that an entry has, in any form of theirs. Raises `KnowledgeUnavailable`."""
    from knowledge.retrieval.find import known_words as known

    return known(words)


def note_opinion(alias: str, *, helpful: bool, before: bool | None, at: datetime) -> None:
    """Count whether an answer helped somebody who takes part in experiments. Blocks.

    Args:
        alias: the name that stands for the person there.
        helpful: what they pressed.
        before: what they had pressed under the same answer, if anything.
        at: when.
    """
    from knowledge.evaluation.experiments.actions import add_opinion

    add_opinion(alias, helpful=helpful, before=before, at=at)
