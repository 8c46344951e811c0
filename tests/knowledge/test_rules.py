"""The rules of the corpus, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from knowledge.rules import EntryText, entry_problems
from tests.knowledge.conftest import GOOD, SOURCE


def test_good_entry_has_no_problem() -> None:
    assert entry_problems(GOOD) == []


BROKEN = [
    ("key", replace(GOOD, key="Walking And Sleep")),
    ("key", replace(GOOD, key="")),
    ("question", replace(GOOD, question="  ")),
    ("question", replace(GOOD, question="why " * 26)),
    ("alternatives", replace(GOOD, alternatives=GOOD.alternatives[:2])),
    ("alternatives", replace(GOOD, alternatives=(*GOOD.alternatives[:2], "CAN A WALK HELP ME SLEEP?"))),
    ("audience", replace(GOOD, audience="doctors")),
    ("answer", replace(GOOD, answer="Too short.")),
    ("answer", replace(GOOD, answer=GOOD.answer + " And you walk and walk." * 20)),
    (
        "answer",
        replace(GOOD, answer="Considerable physiological deterioration necessitates professional evaluation. " * 8),
    ),
    ("answer", replace(GOOD, answer=GOOD.answer + " Take 5 mg at night.")),
    ("answer", replace(GOOD, answer=GOOD.answer + " Take two or 3 tablets.")),
    ("answer", replace(GOOD, answer=GOOD.answer + " Stop taking your medicine.")),
    ("answer", replace(GOOD, answer=GOOD.answer + " You can skip your pills.")),
    ("answer", replace(GOOD, answer=GOOD.answer + " <b>Now</b>.")),
    ("answer", replace(GOOD, answer=GOOD.answer + " See [this](https://nhs.uk).")),
    ("sources", replace(GOOD, sources=())),
    ("sources", replace(GOOD, sources=(replace(SOURCE, url="http://www.nhs.uk/sleep"),))),
    ("sources", replace(GOOD, sources=(replace(SOURCE, url="javascript:alert(1)"),))),
    ("sources", replace(GOOD, sources=(replace(SOURCE, publisher=" "),))),
    ("sources", replace(GOOD, sources=(replace(SOURCE, date=None),))),
    ("sources", replace(GOOD, sources=(replace(SOURCE, date=datetime.now(UTC).date() + timedelta(days=2)),))),
]


@pytest.mark.parametrize(("field", "entry"), BROKEN)
def test_broken_rule_names_its_field(field: str, entry: EntryText) -> None:
    assert [problem.field for problem in entry_problems(entry)] == [field]


@pytest.mark.parametrize(
    "advice", ["Do not stop taking your medicine.", "Never skip your pills.", "Don't double the dose."]
)
def test_warning_against_changing_a_medicine_is_allowed(advice: str) -> None:
    assert entry_problems(replace(GOOD, answer=f"{GOOD.answer} {advice}")) == []


def test_small_talk_needs_no_source() -> None:
    assert entry_problems(replace(GOOD, category="small-talk", sources=())) == []


def test_source_read_today_in_the_far_east_has_been_read() -> None:
    with time_machine.travel(datetime(2026, 3, 1, 23, tzinfo=UTC), tick=False):
        assert entry_problems(replace(GOOD, sources=(replace(SOURCE, date=date(2026, 3, 2)),))) == []
