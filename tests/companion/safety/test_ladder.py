"""The alert's life: tables for each decision, and any mix of events against a simpler model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from companion.safety import ladder
from companion.safety.ladder import CLOSED, Standing, State, Step, Tell, Timing

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TIMING = Timing()


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def run_to(standing: Standing, seconds: int) -> list[tuple[int, Tell, int]]:
    """Let time pass second by second, as a relay would: when what was told, and on which rung."""
    told = []
    for second in range(seconds + 1):
        step = ladder.tick(standing, after(second), TIMING)
        standing = step.standing
        told += [(second, tell, standing.rung) for tell in step.tell]
    return told


def test_emergency_climbs_at_0_60_180_seconds_and_then_every_five_minutes() -> None:
    first = ladder.start("E", NOW, TIMING)
    assert (first.tell, first.standing.rung) == ((Tell.ALERT,), 1)
    rungs = run_to(first.standing, 800)
    assert rungs == [(60, Tell.ALERT, 2), (180, Tell.ALERT, 3), (480, Tell.ALERT, 4), (780, Tell.ALERT, 5)]


def test_question_tells_nobody_for_sixty_seconds_and_then_climbs_as_an_emergency() -> None:
    first = ladder.start("A", NOW, TIMING)
    assert first.tell == ()
    assert run_to(first.standing, 59) == []
    assert run_to(first.standing, 130) == [(60, Tell.ALERT, 1), (120, Tell.ALERT, 2)]


@pytest.mark.parametrize(
    ("yes", "state", "level", "tell"),
    [(False, State.RESOLVED, "A", ()), (True, State.RAISED, "E", (Tell.ALERT,))],
)
def test_answer(yes: bool, state: State, level: str, tell: tuple[Tell, ...]) -> None:
    step = ladder.take_answer(ladder.start("A", NOW, TIMING).standing, after(10), TIMING, yes=yes)
    assert (step.standing.state, step.standing.level, step.tell) == (state, level, tell)


def test_no_after_people_were_told_does_not_close() -> None:
    told = ladder.tick(ladder.start("A", NOW, TIMING).standing, after(61), TIMING).standing
    assert ladder.take_answer(told, after(62), TIMING, yes=False) == Step(told)


def test_claim_stops_the_noise_and_reopens_after_ten_minutes_without_outcome() -> None:
    claimed = ladder.claim(ladder.start("E", NOW, TIMING).standing, after(5), TIMING)
    assert claimed.tell == (Tell.CLAIMED,)
    assert run_to(claimed.standing, 665) == [(605, Tell.REOPENED, 1), (665, Tell.ALERT, 2)]


def test_emergency_after_claim_and_all_clear_ends_the_claim_and_climbs() -> None:
    claimed = ladder.claim(ladder.start("E", NOW, TIMING).standing, after(5), TIMING).standing
    calmed = ladder.calm(claimed, after(10), TIMING, began_as_question=False).standing
    again = ladder.hear_again(calmed, "E", after(20), TIMING)
    assert (again.tell, again.standing.state) == ((Tell.ALERT,), State.NOTIFIED)
    assert run_to(again.standing, 700) == [(80, Tell.ALERT, 2), (200, Tell.ALERT, 3), (500, Tell.ALERT, 4)]


def test_second_claim_changes_nothing() -> None:
    claimed = ladder.claim(ladder.start("E", NOW, TIMING).standing, NOW, TIMING).standing
    assert ladder.claim(claimed, after(1), TIMING) == Step(claimed)


def test_after_a_day_the_operator_is_called_and_the_alert_stays_open() -> None:
    standing = ladder.start("E", NOW, TIMING).standing
    told = run_to(standing, 24 * 3600 + 600)
    assert [tell for _, tell, _ in told].count(Tell.OPERATOR) == 1
    assert told[-1][1] is Tell.OPERATOR
    assert told[-1][0] >= 24 * 3600


@pytest.mark.parametrize(
    ("seconds_after_told", "state", "tell"),
    [(15, State.RESOLVED, (Tell.CLOSED,)), (16, State.RAISED, (Tell.CALMED,))],
)
def test_what_began_as_a_question_can_be_taken_back_for_fifteen_seconds(
    seconds_after_told: int, state: State, tell: tuple[Tell, ...]
) -> None:
    told = ladder.tick(ladder.start("A", NOW, TIMING).standing, after(60), TIMING).standing
    step = ladder.calm(told, after(60 + seconds_after_told), TIMING, began_as_question=True)
    assert (step.standing.state, step.tell) == (state, tell)


def test_emergency_is_lowered_by_all_clear_never_closed() -> None:
    step = ladder.calm(ladder.start("E", NOW, TIMING).standing, after(1), TIMING, began_as_question=False)
    assert (step.standing.is_open, step.standing.level, step.tell) == (True, "A", (Tell.CALMED,))
    assert run_to(step.standing, 1801) == [(1801, Tell.ALERT, 2)]


def test_emergency_after_the_all_clear_tells_people_again() -> None:
    calmed = ladder.calm(ladder.start("E", NOW, TIMING).standing, after(1), TIMING, began_as_question=False).standing
    step = ladder.hear_again(calmed, "E", after(20), TIMING)
    assert (step.tell, step.standing.level, step.standing.is_calmed) == ((Tell.ALERT,), "E", False)


@pytest.mark.parametrize(("first", "second", "told"), [("E", "E", 0), ("E", "A", 0), ("A", "A", 0), ("A", "E", 1)])
def test_only_a_higher_level_tells_people_again(first: str, second: str, told: int) -> None:
    step = ladder.hear_again(ladder.start(first, NOW, TIMING).standing, second, after(5), TIMING)
    assert len(step.tell) == told


def test_alert_of_nobody_reached_hurries_to_the_next_rung_but_not_past_everyone() -> None:
    standing = ladder.start("E", NOW, TIMING).standing
    assert run_to(ladder.hurry(standing, after(3)).standing, 3) == [(3, Tell.ALERT, 2)]
    everyone = Standing("E", rung=3, told_since=NOW, escalate_at=after(300))
    assert ladder.hurry(everyone, after(3)) == Step(everyone)


class AlertLife(RuleBasedStateMachine):
    """Any order of people's acts and passing time.

    The model knows only: is it open, who is it quiet for, and since when.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.began_as_question = True
        self.standing = ladder.start("A", NOW, TIMING).standing
        self.is_open = True
        self.calls = 0
        self.closings = 0
        self.last_call = NOW
        self.was_told = False

    def take(self, step: Step) -> None:
        before, self.standing = self.standing, step.standing
        if Tell.ALERT in step.tell or Tell.REOPENED in step.tell:
            self.calls += 1
            self.was_told = True
            self.last_call = self.now
        if before.is_open and not self.standing.is_open:
            self.closings += 1
            assert (Tell.CLOSED in step.tell) == (before.told_since is not None), "who was told must hear the end"
        if not before.is_open:
            assert step == Step(before), "a closed alert never changes"

    @rule(seconds=st.integers(1, 400))
    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += timedelta(seconds=1)
            self.take(ladder.tick(self.standing, self.now, TIMING))

    @rule(level=st.sampled_from("AE"))
    def hear_again(self, level: str) -> None:
        was_level, was_calmed = self.standing.level, self.standing.is_calmed
        calls = self.calls
        self.take(ladder.hear_again(self.standing, level, self.now, TIMING))
        higher = self.is_open and level == "E" and (was_level == "A" or was_calmed)
        assert self.calls - calls == int(higher)

    @rule(yes=st.booleans())
    def answer(self, yes: bool) -> None:
        was_asking = self.standing.is_asking
        self.take(ladder.take_answer(self.standing, self.now, TIMING, yes=yes))
        if was_asking and not yes:
            self.is_open = False

    @rule()
    def claim(self) -> None:
        self.take(ladder.claim(self.standing, self.now, TIMING))
        if self.is_open:
            assert self.standing.state is State.CLAIMED
            self.was_told = True

    @rule()
    def reach(self) -> None:
        if self.standing.told_since is not None:
            self.take(ladder.reach(self.standing))

    @rule()
    def say_ok(self) -> None:
        before = self.standing
        self.take(ladder.calm(before, self.now, TIMING, began_as_question=self.began_as_question))
        if self.is_open and not self.standing.is_open:
            fresh = before.told_since is not None and self.now - before.told_since <= TIMING.soft_cancel
            assert before.is_asking or fresh, "only a question, or one just raised, may be taken back"
            self.is_open = False

    @precondition(lambda self: self.is_open)
    @rule(state=st.sampled_from([State.RESOLVED, State.FALSE_ALARM]))
    def close(self, state: State) -> None:
        self.take(ladder.close(self.standing, state))
        self.is_open = False

    @invariant()
    def open_as_the_model_says(self) -> None:
        assert self.standing.is_open == self.is_open
        assert (self.standing.state in CLOSED) == (self.closings == 1)

    @invariant()
    def never_silent(self) -> None:
        """While open and within the day, there is always a deadline to come: nothing is forgotten."""
        deadlines = (self.standing.answer_due_at, self.standing.escalate_at, self.standing.outcome_due_at)
        coming = [at for at in deadlines if at is not None]
        if not self.is_open:
            assert coming == []
        elif self.standing.told_since is None or self.now - self.standing.told_since < TIMING.cap:
            assert len(coming) == 1
            assert coming[0] - self.now <= TIMING.calm_repeat

    @invariant()
    def told_exactly_when_the_model_was(self) -> None:
        assert (self.standing.told_since is not None) == self.was_told


AlertLife.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAlertLife = AlertLife.TestCase
