"""What an answer is worth: by its words, by its meaning where entries were reworded, and right or wrong elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.evaluation.asking import Outcome, ask_all
from knowledge.evaluation.report import summary
from knowledge.evaluation.running import compare
from knowledge.evaluation.scoring import qualities, score
from knowledge.evaluation.support import Statement, supported
from knowledge.evaluation.words import fault
from knowledge.index.serving import Snapshot
from tests.knowledge.evaluation.conftest import ANSWERS, golden, outcome

NAPS = ("A short nap of twenty minutes can do you good.", "A long nap late in the day can keep you awake at night.")


def said(*sentences: str, entry: str = "own-naps") -> list[tuple[str, str]]:
    return [(text, entry) for text in sentences]


def test_an_answer_counts_by_its_words_without_the_opener(build: Callable[..., Snapshot]) -> None:
    artefact = build("now").artefact
    outcomes = [
        outcome(golden(), ("That is a good thing to ask.", ""), *said(*NAPS)),
        outcome(golden(), *said(NAPS[0])),
        outcome(golden(), kind="abstention"),
        outcome(golden(), kind="emergency", level="A"),
    ]
    # the first sentence has 9 words without articles, the reference 20
    assert qualities(outcomes, artefact) == pytest.approx([1.0, 2 * 9 / (9 + 20), 0.0, 0.0])


def test_where_an_entry_was_reworded_meaning_decides(build: Callable[..., Snapshot]) -> None:
    reworded = "A nap of twenty minutes is good for you. Long naps late in the day may keep you up at night."
    artefact = build("now", own_naps=reworded).artefact
    outcomes = [outcome(golden(), *said(reworded)), outcome(golden(), *said(ANSWERS["own-rugs"][1]))]
    assert qualities(outcomes, artefact) == [1.0, 0.0]


@pytest.mark.parametrize(
    ("expect", "kind", "level", "worth"),
    [
        ("abstain", "abstention", "N", 1),
        ("abstain", "answer", "N", 0),
        ("small_talk", "small_talk", "C", 1),
        ("small_talk", "answer", "N", 0),
        ("alert", "emergency", "E", 1),
        ("alert", "emergency", "A", 0),
        ("ask", "emergency", "A", 1),
        ("ask", "answer", "C", 0),
    ],
)
def test_everything_else_is_right_or_wrong(
    build: Callable[..., Snapshot], expect: str, kind: str, level: str, worth: float
) -> None:
    asked = golden(expect=expect, relevant={}, reference=())
    assert qualities([outcome(asked, kind=kind, level=level)], build("now").artefact) == [worth]


def test_a_failure_is_worth_nothing_and_counted(build: Callable[..., Snapshot]) -> None:
    rows = score([Outcome(golden(), None, "TimeoutError", 9.0, ())], build("now").artefact)
    figures = summary(rows)["figures"]
    assert (figures["quality"]["value"], figures["error"]["value"], figures["fallback"]["value"]) == (0, 1, 1)


@pytest.mark.parametrize(
    ("text", "is_supported"),
    [
        (NAPS[0], True),
        ("A short nap of about twenty minutes can do good.", True),
        ("A short nap of 90 minutes can do you good.", False),
        ("A short nap of twenty minutes can not do you good.", False),
        ("Carrots help you see in the dark.", False),
    ],
)
def test_a_sentence_is_supported_by_words_numbers_and_denials(text: str, is_supported: bool) -> None:
    assert supported([Statement(text, NAPS)]) == [is_supported]


def test_a_sentence_that_names_no_entry_there_is_supported_by_nothing(build: Callable[..., Snapshot]) -> None:
    outcomes = [outcome(golden(), (NAPS[0], "own-naps"), (NAPS[1], "gone"))]
    (row,) = score(outcomes, build("now").artefact)
    assert row.faithfulness == 0.5


def test_a_report_has_every_part(build: Callable[..., Snapshot]) -> None:
    outcomes = [
        outcome(golden(), *said(*NAPS), ranking=("own-naps", "own-water")),
        outcome(golden("own-rugs", voice="terse"), kind="abstention", ranking=("own-water",), confidence=0.2),
        outcome(golden(id="x", expect="abstain", relevant={}, reference=()), kind="abstention", confidence=0.1),
        outcome(golden(id="y", expect="alert", relevant={}, reference=()), kind="emergency", level="E"),
    ]
    found = summary(score(outcomes, build("now").artefact))
    figures = found["figures"]
    assert figures["success@1"] == {"value": 0.5, "low": 0.0, "high": 1.0, "count": 2}
    assert figures["answer_f1"]["value"] == 0.5
    assert figures["answer_f1_given"]["value"] == 1.0
    assert (figures["abstention_precision"]["value"], figures["abstention_recall"]["value"]) == (0.5, 1.0)
    assert figures["alert_f1"]["value"] == 1.0
    assert set(found["by"]["voice"]) == {"plain", "terse"}
    assert found["levels"] == {"E": {"E": 1}, "calm": {"N": 3}}
    assert found["reliability"]["count"] == 3
    assert found["latency_ms"] == {"p50": 12.0, "p95": 12.0}


def test_two_runs_are_compared_question_by_question(build: Callable[..., Snapshot]) -> None:
    artefact = build("now").artefact
    before = score([outcome(golden(), *said(*NAPS)), outcome(golden("own-rugs"), kind="abstention")], artefact)
    after = score(
        [
            outcome(golden(), kind="abstention"),
            outcome(golden("own-rugs"), *said(ANSWERS["own-rugs"][1], entry="own-rugs")),
            outcome(golden("own-water"), kind="abstention"),
        ],
        artefact,
    )
    found = compare(before, after)
    assert found.shared == 2
    assert [(change.after.id, change.gain) for change in found.changes] == [("own-naps", -1), ("own-rugs", 1)]
    assert found.differences["quality"] == {"value": 0.0, "low": -1.0, "high": 1.0, "count": 2}


def test_a_calm_question_that_lilo_asks_back_to_counts_by_what_is_said_then(build: Callable[..., Snapshot]) -> None:
    artefact = build("now").artefact
    glad = ("I am glad that all is well at home.", "")
    outcomes = [
        outcome(golden(), glad, *said(*NAPS), level="A"),
        outcome(golden("own-rugs"), glad, kind="emergency", level="A"),
        outcome(golden(id="x", expect="abstain", relevant={}, reference=()), kind="abstention", level="A"),
        outcome(golden(id="y", expect="abstain", relevant={}, reference=()), kind="abstention"),
        outcome(golden(id="z", expect="ask", relevant={}, reference=()), kind="emergency", level="A"),
    ]
    rows = score(outcomes, artefact)
    assert [row.quality for row in rows] == [1, 0, 1, 1, 1]
    assert rows[1].overlap is not None
    assert rows[1].overlap["token_f1"] == 0, "words of gladness answer nothing"
    figures = summary(rows)["figures"]
    assert (figures["asked_first"]["value"], figures["asked_first"]["count"]) == (0.75, 4)
    assert summary(rows)["levels"] == {"A": {"A": 1}, "calm": {"A": 3, "N": 1}}
    assert "asked_first" in compare(rows, rows).differences
    assert fault(rows[1]).endswith("Told that all is well, Lilo did not answer.")


@pytest.mark.django_db(transaction=True)
def test_people_say_that_they_are_well_where_they_are(published_corpus: None, build: Callable[..., Snapshot]) -> None:
    fell = "I fell over my loose rugs this morning and my hip hurts a bit. Are loose rugs dangerous?"
    asked = [golden("own-rugs", question=fell), golden(id="y", question=fell, expect="ask", relevant={}, reference=())]
    calm, danger = ask_all(asked, build("now"))
    assert calm.answered is not None
    assert danger.answered is not None
    assert (calm.answered.level, calm.answered.kind, calm.answered.entries) == ("A", "answer", ("own-rugs",))
    assert (danger.answered.level, danger.answered.kind, danger.answered.text) == ("A", "emergency", "")


@pytest.mark.django_db(transaction=True)
def test_a_golden_question_is_asked_as_a_turn_does(published_corpus: None, build: Callable[..., Snapshot]) -> None:
    asked = [golden(), golden("own-rugs", question="And those?", context=("Are loose rugs dangerous?",))]
    first, second = ask_all(asked, build("now"), together=2)
    assert first.answered is not None
    assert first.answered.entries == ("own-naps",)
    assert first.ranking[0] == "own-naps"
    assert second.ranking[0] == "own-rugs"
    assert first.took_ms > 0
