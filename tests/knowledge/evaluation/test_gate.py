"""A candidate that answers worse does not pass, and the curator is told which questions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.evaluation.asking import ask_all
from knowledge.evaluation.gate import TOUCHED, countable, judge, tolerated
from knowledge.evaluation.questions import read_golden
from knowledge.evaluation.touching import NEAR
from knowledge.index.serving import Snapshot
from tests.knowledge.evaluation.conftest import ANSWERS, golden

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("published_corpus")]

GOLDEN = [golden(key) for key in ANSWERS]
Build = Callable[..., Snapshot]


def test_an_equal_candidate_passes(build: Build) -> None:
    verdict = judge(build("now"), build("before"), golden=GOLDEN)
    assert (verdict.passed, verdict.reasons, verdict.worse) == (True, (), ())
    assert verdict.figures["Golden questions that the change touches"] == 0


def test_swapped_answers_do_not_pass_and_are_named(build: Build) -> None:
    spoilt = build("now", own_water=ANSWERS["own-phone"][1], own_phone=ANSWERS["own-water"][1])
    verdict = judge(spoilt, build("before"), golden=GOLDEN)
    assert not verdict.passed
    assert "2 of 4 golden questions are answered worse than now" in verdict.reasons[0]
    assert {row.question for row in verdict.worse} == {
        golden("own-water").question,
        golden("own-phone").question,
    }
    told = {row.question: row for row in verdict.worse}[golden("own-water").question]
    assert "Keep a full glass where you can see it." in told.before
    assert "glass" not in told.after


def test_after_a_large_change_the_limits_hold_too(build: Build) -> None:
    keys = list(ANSWERS)
    many = [golden(key, id=f"{key}-{turn}") for key in keys for turn in range(13)]
    turned = dict(
        zip((key.replace("-", "_") for key in keys), (ANSWERS[key][1] for key in keys[1:] + keys[:1]), strict=True)
    )
    spoilt, good = build("now", **turned), build("before")
    verdict = judge(spoilt, good, golden=many)
    assert not verdict.passed
    assert any("80% is the least" in reason for reason in verdict.reasons)
    assert verdict.figures["Quality"] < 0.8 <= verdict.figures["Quality of what serves"]
    # what serves is no better: refusing would only keep it
    assert judge(spoilt, spoilt, golden=many).passed
    assert judge(good, spoilt, golden=many).passed


def test_an_answer_in_other_words_passes(build: Build) -> None:
    reworded = build(
        "now",
        own_water="Put a full glass of water where you will see it. Have a little to drink at each meal and pill.",
        own_rugs="Many falls at home come from loose rugs. Remove them or tape down their edges.",
    )
    verdict = judge(reworded, build("before"), golden=GOLDEN)
    assert (verdict.passed, verdict.worse) == (True, ())


def test_a_small_change_asks_only_what_it_touches(published_corpus: None, build: Build) -> None:
    from knowledge.index.serving import serving

    current = serving().current()
    verdict = judge(current, current)
    assert verdict.passed
    assert verdict.figures["Golden questions"] > 300
    assert verdict.figures["Golden questions that the change touches"] == 0


def test_a_corpus_of_its_own_passes_with_a_note(build: Build) -> None:
    verdict = judge(build("now"), build("before"), golden=[golden(relevant={"elsewhere": 2})])
    assert verdict.passed
    assert verdict.reasons == ("No golden question was asked: none is about these entries.",)


def test_the_first_index_is_compared_with_nothing(build: Build) -> None:
    verdict = judge(build("now"), None, golden=GOLDEN)
    assert (verdict.passed, verdict.worse) == (True, ())


def test_what_lilo_cannot_know_counts_only_in_our_own_corpus(build: Build) -> None:
    unknown = golden(id="unknown", relevant={}, reference=(), expect="abstain")
    danger = golden(id="danger", expect="alert")
    artefact = build("now").artefact
    assert countable([*GOLDEN, unknown, danger], artefact) == [*GOLDEN, unknown]
    assert [row.expect for row in countable(read_golden(), artefact)] == []


def test_an_answer_rests_on_no_more_than_decides_whether_a_change_touches_it(published_corpus: None) -> None:
    from knowledge.index.serving import serving

    some = [question for question in read_golden() if question.expect == "answer"][::40]
    rested = [len(item.answered.entries) for item in ask_all(some, serving().current(), depth=0) if item.answered]
    assert rested
    assert max(rested) < NEAR


def test_a_question_without_entries_is_asked_where_another_is_found_for_it(build: Build) -> None:
    unnamed = golden("own-water", id="unnamed", relevant={"own-naps": 2})
    spoilt = build("now", own_water="Press the upper button on the side of the phone until it is loud.")
    figures = judge(spoilt, build("before"), golden=[unnamed, golden("own-rugs")]).figures
    assert figures[TOUCHED] == 1


@pytest.mark.parametrize(("changed", "most"), [(0, 1), (3, 1), (9, 1), (10, 3), (20, 4), (100, 10)])
def test_many_changes_may_go_either_way_by_chance_a_few_may_not(changed: int, most: int) -> None:
    assert tolerated(changed) == most
