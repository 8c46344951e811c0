"""From evidence to the sentences that answer this question: which, in what order, and how many."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from knowledge.public import Evidence, Sentence

MAX_SENTENCES = 3
#: How much each of `signs` speaks for a sentence: logistic regression on the tune half of the golden set, made by
#: `benchmarks.confidence`. Only the order matters, so there is no intercept.
WEIGHTS = (0.41, 1.04, -2.82, 2.36, 1.08, 1.15)
#: Below this a sentence does not speak to the question, even when the entry does.
LEAST_RELEVANCE = 0.1
#: Words of a sentence that says enough.
ENOUGH_WORDS = 15
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
            picked = _pick(fresh, dict(zip(item.sentences, _worth(item.sentences), strict=True)), most)
            return Context(tuple(Chosen(sentence.text, 1) for sentence in picked), (item,))
    return Context((), ())


def signs(sentences: Sequence[Sentence]) -> list[tuple[float, ...]]:
    """What tells whether each sentence of an entry answers the question.

    In turn: how near it is to the question among its like; how far below the nearest; how late it stands; whether it
    is the last, which in a curated answer says what to do when that does not help; whether it says when to get help;
    how much it says.
    """
    near = [sentence.relevance for sentence in sentences]
    mean, most = sum(near) / len(near), max(near)
    spread = math.sqrt(sum((value - mean) ** 2 for value in near) / len(near)) or 1.0
    return [
        (
            (sentence.relevance - mean) / spread,
            sentence.relevance - most,
            place / len(sentences),
            float(place == len(sentences) - 1),
            float(bool(WHEN_TO_CALL.search(sentence.text) or URGENT.search(sentence.text))),
            min(len(sentence.text.split()) / ENOUGH_WORDS, 2.0),
        )
        for place, sentence in enumerate(sentences)
    ]


def _worth(sentences: Sequence[Sentence]) -> list[float]:
    return [sum(weight * sign for weight, sign in zip(WEIGHTS, row, strict=True)) for row in signs(sentences)]


def _pick(sentences: Sequence[Sentence], worth: Mapping[Sentence, float], most: int) -> list[Sentence]:
    """The sentences that answer best, in the order they were written, with the one that says when to get help."""
    ranked = sorted(sentences, key=lambda sentence: worth[sentence], reverse=True)
    picked = [sentence for sentence in ranked if sentence.relevance >= LEAST_RELEVANCE][:most] or ranked[:1]
    help_line = _help_line(sentences)
    if help_line is not None and help_line not in picked:
        picked = [*picked[: max(1, most - 1)], help_line]
    return sorted(picked, key=lambda sentence: sentence.position)


def _help_line(sentences: Sequence[Sentence]) -> Sentence | None:
    lines = [sentence for sentence in sentences if WHEN_TO_CALL.search(sentence.text) or URGENT.search(sentence.text)]
    urgent = [sentence for sentence in lines if URGENT.search(sentence.text)]
    return (urgent or lines)[-1] if lines else None
