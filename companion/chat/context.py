"""From evidence to the sentences that answer this question: which, in what order, and how many."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from knowledge.public import Evidence, Sentence

MAX_SENTENCES = 3
#: The first sentence of a curated answer is its direct answer: it needs less likeness to the question to be chosen.
FIRST_BONUS = 0.15
#: Below this a sentence does not speak to the question, even when the entry does.
LEAST_RELEVANCE = 0.20
#: The sentence that says when to see or ring somebody. It is never left out of an answer about health.
WHEN_TO_CALL = re.compile(
    r"\b(?:call|ring|tell|see|ask|speak to|talk to)\b.{0,60}"
    r"\b(?:doctor|nurse|pharmacist|dentist|emergency|optician|health)\b",
    re.IGNORECASE,
)
URGENT = re.compile(r"\bemergency number\b|\bat once\b|\bright away\b|\bstraight away\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Chosen:
    """One sentence of the answer."""

    text: str
    number: int
    """The source it stands on, from 1; 0 for small talk, which stands on none."""


@dataclass(frozen=True, slots=True)
class Context:
    """What an answer may rest on, and the best sentences of it."""

    sentences: tuple[Chosen, ...]
    evidence: tuple[Evidence, ...]
    """The evidence used, in the order of its numbers, from 1."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing (left) to say."""
        return not self.sentences


def build_context(evidence: Sequence[Evidence], *, shown: Collection[str] = (), most: int = MAX_SENTENCES) -> Context:
    """The sentences that answer, from the first evidence that has any which were not shown yet.

    Args:
        evidence: best first.
        shown: sentences of earlier answers, not to be repeated.
        most: most sentences to choose.
    """
    for item in evidence:
        fresh = [sentence for sentence in item.sentences if sentence.text not in shown]
        if fresh:
            picked = _pick(fresh, most)
            return Context(tuple(Chosen(sentence.text, 1) for sentence in picked), (item,))
    return Context((), ())


def _pick(sentences: Sequence[Sentence], most: int) -> list[Sentence]:
    """The most relevant sentences, in the order they were written, with the one that says when to get help."""
    ranked = sorted(sentences, key=_worth, reverse=True)
    picked = [sentence for sentence in ranked[:most] if _worth(sentence) >= LEAST_RELEVANCE] or ranked[:1]
    help_line = _help_line(sentences)
    if help_line is not None and help_line not in picked:
        picked = [*picked[: max(1, most - 1)], help_line]
    return sorted(picked, key=lambda sentence: sentence.position)


def _worth(sentence: Sentence) -> float:
    return sentence.relevance + (FIRST_BONUS if sentence.position == 0 else 0.0)


def _help_line(sentences: Sequence[Sentence]) -> Sentence | None:
    lines = [sentence for sentence in sentences if WHEN_TO_CALL.search(sentence.text) or URGENT.search(sentence.text)]
    urgent = [sentence for sentence in lines if URGENT.search(sentence.text)]
    return (urgent or lines)[-1] if lines else None
