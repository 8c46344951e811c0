"""Golden questions and small corpora for the tests of evaluation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knowledge.answering import Answered, AnswerSentence
from knowledge.evaluation.asking import Outcome
from knowledge.evaluation.questions import Golden
from knowledge.index.build import build_and_publish
from knowledge.index.entries import IndexEntry
from knowledge.index.serving import Snapshot, snapshot_of
from knowledge.index.shelf import Shelf

ANSWERS = {
    "own-naps": (
        "Is it bad to nap in the afternoon?",
        "A short nap of twenty minutes can do you good. A long nap late in the day can keep you awake at night.",
    ),
    "own-water": (
        "How can I remember to drink enough?",
        "Keep a full glass where you can see it. Drink a little with every meal and every pill.",
    ),
    "own-rugs": (
        "Are loose rugs dangerous?",
        "Loose rugs are a common cause of falls at home. Take them up, or tape the edges down.",
    ),
    "own-phone": (
        "How do I make my phone ring louder?",
        "Press the upper button on the side of the phone until it is loud. A family member can set it for you too.",
    ),
}
ASKED = {
    "own-naps": "Does dozing after lunch do any harm?",
    "own-water": "I keep forgetting to drink water, what can I do?",
    "own-rugs": "Should I get rid of my loose rugs at home?",
    "own-phone": "I never hear my phone ringing, can it be louder?",
}


def entry(key: str, *, answer: str = "") -> IndexEntry:
    """One of the small corpus, perhaps with another answer."""
    question, written = ANSWERS[key]
    return IndexEntry(
        key=key,
        question=question,
        alternatives=(ASKED[key],),
        answer=answer or written,
        category="everyday",
        tags=(),
        audience="everyone",
        sources=(),
        reviewed_on=None,
    )


def golden(key: str = "own-naps", **changes: Any) -> Golden:
    """A question about an entry of the small corpus."""
    facts: dict[str, Any] = {
        "id": key,
        "category": "factual",
        "question": ASKED[key],
        "context": (),
        "relevant": {key: 2},
        "reference": tuple(f"{sentence}." for sentence in ANSWERS[key][1].rstrip(".").split(". ")),
        "expect": "answer",
        "voice": "plain",
        "split": "tune",
    }
    return Golden(**{**facts, **changes})


def outcome(asked: Golden, *sentences: tuple[str, str], ranking: tuple[str, ...] = (), **changes: Any) -> Outcome:
    """What Lilo said to it, sentence by sentence with the entry each names."""
    facts: dict[str, Any] = {
        "kind": "answer",
        "level": "N",
        "strategy": "hybrid",
        "rung": "full_rag",
        "confidence": 0.9,
        "searched": asked.question,
    }
    answered = Answered(sentences=tuple(AnswerSentence(*pair) for pair in sentences), **{**facts, **changes})
    return Outcome(asked, answered, "", 12.0, ranking)


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Snapshot]:
    """An artefact of the small corpus, with other answers where they are given."""

    def make(name: str, **answers: str) -> Snapshot:
        entries = [entry(key, answer=answers.get(key.replace("-", "_"), "")) for key in sorted(ANSWERS)]
        manifest = build_and_publish(entries=entries, folder=tmp_path / name)
        return snapshot_of(Shelf(tmp_path / name), manifest.version)

    return make
