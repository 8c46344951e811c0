"""The limits of the gate, and how often a broken build is tried."""

from __future__ import annotations

from datetime import timedelta

import pytest

from knowledge.plane.rules import Verdict, Worse, together, too_many_vanished, wait_before


@pytest.mark.parametrize(
    ("before", "after", "too_many"),
    [(0, 5, False), (3, 1, False), (30, 20, False), (30, 19, True), (1_000, 800, False), (1_000, 799, True)],
)
def test_a_part_may_vanish_but_not_a_mass(before: int, after: int, too_many: bool) -> None:
    assert too_many_vanished(before, after) is too_many


def test_waits_grow_up_to_a_quarter_of_an_hour() -> None:
    seconds = [wait_before(attempt).total_seconds() for attempt in range(1, 8)]
    assert seconds == [0, 30, 60, 120, 240, 480, 900]
    assert wait_before(10_000) == timedelta(minutes=15)


def test_verdicts_are_put_together_and_kept_whole() -> None:
    worse = Worse("Where?", "here", "there")
    verdict = together([Verdict(True, figures={"a": 1.0}), Verdict(False, ("Poor.",), (worse,), {"b": 0.5})])
    assert verdict == Verdict(False, ("Poor.",), (worse,), {"a": 1.0, "b": 0.5})
    assert Verdict.from_json(verdict.as_json()) == verdict
    assert together([Verdict(True), Verdict(True)]).passed
