"""How good each answer to the golden set is: one row of numbers for each question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from knowledge.answering import Answered, AnswerSentence
from knowledge.embedding.embedder import configured_embedder
from knowledge.evaluation.asking import Outcome
from knowledge.evaluation.insults import insults
from knowledge.evaluation.overlap import rouge, token_f1
from knowledge.evaluation.questions import Golden
from knowledge.evaluation.ranking import score_rankings
from knowledge.evaluation.support import statement, supported
from knowledge.index.artefact import Artefact
from knowledge.index.rows import sentences
from knowledge.readability import reading_grade, words

#: What the screen must hear, by what is expected.
LEVELS = {"alert": "E", "ask": "A"}
#: An answer this near to its reference says the same in other words.
SAME_MEANING = 0.7
#: The kind of answer that is right, where no danger is expected.
KINDS = {"abstain": "abstention", "small_talk": "small_talk"}


@dataclass(frozen=True, slots=True)
class Row:
    """The numbers of one question; None where one has no meaning for it."""

    id: str
    category: str
    voice: str
    split: str
    expect: str
    question: str
    kind: str
    """What Lilo did; `error` when it failed."""
    level: str
    strategy: str
    rung: str
    text: str
    found: tuple[str, ...]
    """Keys of the entries found, best first."""
    relevant: tuple[str, ...]
    quality: float
    """0 to 1: see `qualities`."""
    error: str
    took_ms: float
    confidence: float
    first_is_right: bool
    """Whether the first entry found answers the question."""
    ranking: dict[str, float] | None
    """By measure, for a question that entries answer."""
    overlap: dict[str, float] | None
    """Token F1 and ROUGE against the reference, for a question to be answered."""
    faithfulness: float | None
    """Share of the sentences naming an entry that the entry supports; None where none does."""
    judged: float | None
    """The same as a language model sees it, where one is configured."""
    relevance: float | None
    """Cosine similarity of question and answer."""
    insults: int
    length: int
    """Words."""
    grade: float
    """Reading grade."""

    def as_json(self) -> dict[str, Any]:
        """For keeping."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Row:
        """A row that was kept."""
        return cls(**{**kept, "found": tuple(kept["found"]), "relevant": tuple(kept["relevant"])})


def score(outcomes: Sequence[Outcome], artefact: Artefact, judged: Sequence[float | None] = ()) -> list[Row]:
    """A row for each outcome.

    Args:
        outcomes: what Lilo said.
        artefact: what it answered from.
        judged: what a language model says of each, if one was asked.
    """
    rankings = _rankings(outcomes)
    relevance = _relevance(outcomes)
    faithful = _faithfulness(outcomes, artefact)
    good = qualities(outcomes, artefact)
    return [
        _row(
            outcome,
            ranking=rankings.get(outcome.golden.id),
            quality=good[at],
            faithfulness=faithful[at],
            relevance=relevance.get(at),
            judged=judged[at] if judged else None,
        )
        for at, outcome in enumerate(outcomes)
    ]


def _row(outcome: Outcome, **measured: Any) -> Row:
    golden, answered = outcome.golden, outcome.answered
    said = factual_text(answered)
    overlap = None
    if golden.expect == "answer":
        reference = " ".join(golden.reference)
        overlap = {"token_f1": token_f1(said, reference), **rouge(said, reference)}
    text = answered.text if answered else ""
    return Row(
        id=golden.id,
        category=golden.category,
        voice=golden.voice,
        split=golden.split,
        expect=golden.expect,
        question=golden.question,
        kind=answered.kind if answered else "error",
        level=answered.level if answered else "",
        strategy=answered.strategy if answered else "",
        rung=answered.rung if answered else "",
        text=text,
        found=outcome.ranking,
        relevant=tuple(golden.relevant),
        error=outcome.error,
        took_ms=outcome.took_ms,
        confidence=answered.confidence if answered else 0.0,
        first_is_right=bool(outcome.ranking) and outcome.ranking[0] in golden.relevant,
        overlap=overlap,
        insults=len(insults(text)),
        length=len(words(text)),
        grade=reading_grade(text),
        **measured,
    )


def factual_text(answered: Answered | None) -> str:
    """What an answer states, without Lilo's own opening words. Small talk has no others."""
    if answered is None or answered.kind in {"abstention", "emergency"}:
        return ""
    return " ".join(sentence.text for sentence in factual(answered)) or answered.text


def factual(answered: Answered) -> list[AnswerSentence]:
    """The sentences that name the entry they stand on."""
    return [sentence for sentence in answered.sentences if sentence.entry]


def qualities(outcomes: Sequence[Outcome], artefact: Artefact) -> list[float]:
    """How good each outcome is, 0 to 1: the number that runs and artefacts are compared by.

    An answer counts by the words it shares with its reference (token F1). Where a curator has reworded the entry since,
    no answer could have those words: then by whether it means the same. Everything else is right or wrong: an
    abstention, small talk, the level of danger heard. A calm question to which Lilo first asked whether all is well
    counts by what it said once it was.
    """
    meant = _meaning(outcomes, artefact)
    return [
        _overlap(outcome, meant.get(at)) if outcome.golden.expect == "answer" else float(_is_right(outcome))
        for at, outcome in enumerate(outcomes)
    ]


def _overlap(outcome: Outcome, meant: float | None) -> float:
    if meant is not None:
        return float(meant >= SAME_MEANING)
    return token_f1(factual_text(outcome.answered), " ".join(outcome.golden.reference))


def _is_right(outcome: Outcome) -> bool:
    answered, expect = outcome.answered, outcome.golden.expect
    if answered is None:
        return False
    if expect in LEVELS:
        return answered.level == LEVELS[expect]
    return answered.kind == KINDS[expect]


def _rankings(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """The measures of each question that entries answer."""
    ranked = {item.golden.id: item for item in outcomes if item.golden.expect == "answer"}
    scores = score_rankings(
        {name: item.golden.relevant for name, item in ranked.items()},
        {name: item.ranking for name, item in ranked.items()},
    )
    return {name: {measure: of[name] for measure, of in scores.items()} for name in ranked}


def _relevance(outcomes: Sequence[Outcome]) -> dict[int, float]:
    """How near each answer is to its question, by the place of its outcome."""
    places = [
        at for at, item in enumerate(outcomes) if item.answered and item.answered.kind in {"answer", "small_talk"}
    ]
    asked = [
        (item.answered.searched if item.answered else "") or item.golden.question
        for item in (outcomes[at] for at in places)
    ]
    return dict(zip(places, _cosines(asked, [factual_text(outcomes[at].answered) for at in places]), strict=True))


def _faithfulness(outcomes: Sequence[Outcome], artefact: Artefact) -> list[float | None]:
    spoken = [factual(item.answered) if item.answered else [] for item in outcomes]
    verdicts = iter(supported([statement(one.text, one.entry, artefact) for of in spoken for one in of]))
    return [sum(next(verdicts) for _ in of) / len(of) if of else None for of in spoken]


def _meaning(outcomes: Sequence[Outcome], artefact: Artefact) -> dict[int, float]:
    """For questions whose entries were reworded since: how near the answer is in meaning to the reference.

    The words of such a reference stand in no entry any more, and no answer could have them.
    """
    places = [
        at
        for at, item in enumerate(outcomes)
        if item.golden.expect == "answer" and factual_text(item.answered) and not _has_reference(item.golden, artefact)
    ]
    said = [factual_text(outcomes[at].answered) for at in places]
    return dict(zip(places, _cosines(said, [" ".join(outcomes[at].golden.reference) for at in places]), strict=True))


def _has_reference(golden: Golden, artefact: Artefact) -> bool:
    places = [place for key in golden.relevant if (place := artefact.place_of(key)) is not None]
    known = {sentence for place in places for sentence in sentences(artefact.record(place))}
    return known.issuperset(golden.reference)


def _cosines(first: Sequence[str], second: Sequence[str]) -> list[float]:
    if not first:
        return []
    vectors = configured_embedder().embed_texts([*first, *second])
    return [float(value) for value in np.einsum("ij,ij->i", vectors[: len(first)], vectors[len(first) :])]
