"""Puts the golden questions to Lilo, and keeps what it says to each."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.answering import Answered, Answering, answering
from knowledge.embedding.embedder import configured_embedder
from knowledge.evaluation.questions import Golden
from knowledge.index.serving import Snapshot, answering_from
from knowledge.retrieval.find import find_many

log = logging.getLogger(__name__)

#: How deep a ranking is judged.
DEPTH = 10
#: The voice of those who ask for somebody they look after; all others are seniors themselves.
FAMILY = "family"
#: Where these are expected nobody is in danger: asked whether they are safe, people say so.
ALL_IS_WELL = frozenset({"answer", "abstain"})

Progress = Callable[[str, int, int], None]
#: What Lilo says, how it failed, and how many milliseconds that took.
Answer = tuple[Answered | None, str, float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question."""

    golden: Golden
    answered: Answered | None
    """None: it failed."""
    error: str
    """The kind of failure; empty for none."""
    took_ms: float
    ranking: tuple[str, ...]
    """Keys found for the words searched, best first."""


def ask_all(
    golden: Sequence[Golden],
    snapshot: Snapshot,
    *,
    together: int = 1,
    depth: int = DEPTH,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Ask every question as a person would, answered from this artefact. Blocks; not for the event loop.

    Args:
        golden: the questions.
        snapshot: what to answer from.
        together: how many are asked at a time. More is quicker, and the times then include waiting for each other.
        depth: how much of each ranking to keep; 0 for none.
        progress: called with the step, how much is done, and how much there is.
    """
    configured_embedder().embed_queries(["Are you ready?"])  # else the first questions would wait for the model
    with answering_from(snapshot):
        answers = asyncio.run(_asked(golden, together, progress))
        rankings = _rankings(golden, answers, depth) if depth else [()] * len(golden)
    return [
        Outcome(question, *answer, ranking) for question, answer, ranking in zip(golden, answers, rankings, strict=True)
    ]


def _rankings(golden: Sequence[Golden], answers: Sequence[Answer], depth: int) -> list[tuple[str, ...]]:
    """The keys found for the words that were searched, or for the question itself where nothing was searched."""
    searched = [
        (answered.searched if answered else "") or question.question
        for question, (answered, _, _) in zip(golden, answers, strict=True)
    ]
    return [
        tuple(item.key for item in found.evidence) if found.strategy != "default" else ()
        for found in find_many(searched, limit=depth)
    ]


async def _asked(golden: Sequence[Golden], together: int, progress: Progress | None) -> list[Answer]:
    answer, places = answering(), asyncio.Semaphore(together)
    done = 0

    async def ask(question: Golden) -> Answer:
        nonlocal done
        async with places:
            given = await _answer(answer, question)
        done += 1
        if progress:
            progress("ask", done, len(golden))
        return given

    return await asyncio.gather(*(ask(question) for question in golden))


async def _answer(answer: Answering, question: Golden) -> Answer:
    began = time.perf_counter()
    try:
        answered = await answer(
            question.question,
            before=question.context,
            by_senior=question.voice != FAMILY,
            is_well=question.expect in ALL_IS_WELL,
        )
    except Exception as error:  # whatever fails in an answer is what is counted here
        log.exception("a golden question was not answered", extra={"golden": question.id})
        return None, type(error).__name__, 1000 * (time.perf_counter() - began)
    return answered, "", 1000 * (time.perf_counter() - began)
