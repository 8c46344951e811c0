"""The golden set: read strictly, whole, and about entries that are there."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from knowledge.evaluation.questions import GoldenSetBroken, read_golden
from knowledge.importers.starter import read_corpus
from knowledge.wording import sentence_spans

GOOD: dict[str, Any] = {
    "id": "one",
    "question": "Why do I wake at three?",
    "context": [],
    "relevant": {"sleep-waking-at-night": 2},
    "reference": ["Waking is common."],
    "expect": "answer",
    "voice": "plain",
    "split": "tune",
}


def write(folder: Path, *rows: object) -> Path:
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    (folder / "factual.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_good_line_is_read(tmp_path: Path) -> None:
    (golden,) = read_golden(write(tmp_path, GOOD))
    assert (golden.category, golden.relevant, golden.reference) == (
        "factual",
        {"sleep-waking-at-night": 2},
        ("Waking is common.",),
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "line 2: is not JSON"),
        ([], "line 2: has to be an object"),
        ({**GOOD, "id": "two", "note": ""}, "line 2: .*note"),
        ({**GOOD, "id": "two", "question": " "}, "line 2: question has to be a text"),
        ({**GOOD, "id": "two", "context": "before"}, "line 2: context has to be a list"),
        ({**GOOD, "id": "two", "expect": "shrug"}, "line 2: expect is one of"),
        ({**GOOD, "id": "two", "split": "test"}, "line 2: .*split"),
        ({**GOOD, "id": "two", "relevant": {"a": 3}}, "line 2: relevant"),
        ({**GOOD, "id": "two", "relevant": {"a": 1}}, "line 2: to be answered"),
        ({**GOOD, "id": "two", "expect": "abstain"}, "line 2: what cannot be answered"),
        (GOOD, "line 2: the id one is used twice"),
    ],
)
def test_a_fault_names_its_file_and_line(tmp_path: Path, row: object, said: str) -> None:
    with pytest.raises(GoldenSetBroken, match=f"factual.jsonl {said}"):
        read_golden(write(tmp_path, GOOD, row))


def test_no_question_at_all_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(GoldenSetBroken, match="holds no question"):
        read_golden(tmp_path)


def test_ours_has_500_questions_of_four_kinds_in_two_halves() -> None:
    golden = read_golden()
    assert len(golden) >= 500
    assert set(Counter(question.category for question in golden)) == {
        "factual",
        "conversational",
        "elder_care",
        "emergency",
    }
    halves = Counter(question.split for question in golden)
    assert abs(halves["tune"] - halves["hold"]) <= 0.1 * len(golden)


def test_ours_names_entries_and_sentences_that_the_corpus_has() -> None:
    corpus = {entry.key: entry.answer for entry in read_corpus()}
    wrong = []
    for question in read_golden():
        wrong += [f"{question.id}: no entry {key}" for key in question.relevant if key not in corpus]
        known = {
            corpus[key][start:end]
            for key in question.relevant
            if key in corpus
            for start, end in sentence_spans(corpus[key])
        }
        wrong += [f"{question.id}: no sentence {text!r}" for text in question.reference if text not in known]
    assert wrong == []
