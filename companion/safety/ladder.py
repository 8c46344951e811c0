"""An alert's life as pure decisions: where it stands, what happened and the time in; where it stands next and whom to
tell out.

Telecare answers 97.5 % of calls within 60 s and 99 % within 180 s: hence the rungs. Nothing here touches a database or
a clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """Where an alert stands."""

    RAISED = "raised"
    NOTIFIED = "notified"
    CLAIMED = "claimed"
    RESOLVED = "resolved"
    FALSE_ALARM = "false_alarm"


CLOSED = frozenset({State.RESOLVED, State.FALSE_ALARM})
#: From this rung on the whole circle is told.
EVERYONE = 3


class Tell(StrEnum):
    """What people are told; each is one kind of message."""

    ALERT = "alert"  # help is needed: to this rung's people
    REOPENED = "reopened"  # the one who was on it gave no outcome
    CLAIMED = "claimed"  # somebody is on it: to those who were told
    CALMED = "calmed"  # the senior says they are OK: to those who were told
    CLOSED = "closed"  # it is over: to those who were told
    OPERATOR = "operator"  # the ladder came to its end


@dataclass(frozen=True, slots=True)
class Timing:
    """Every interval of the ladder."""

    answer: timedelta = timedelta(seconds=60)
    soft_cancel: timedelta = timedelta(seconds=15)
    second: timedelta = timedelta(seconds=60)
    third: timedelta = timedelta(seconds=180)
    repeat: timedelta = timedelta(minutes=5)
    calm_repeat: timedelta = timedelta(minutes=30)
    outcome: timedelta = timedelta(minutes=10)
    cap: timedelta = timedelta(hours=24)
    join: timedelta = timedelta(minutes=30)

    def divided(self, by: int) -> Timing:
        """The same ladder, `by` times as fast, for drills and tests."""
        return Timing(*(getattr(self, name) / by for name in self.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an alert stands. `level` is E or A; an A that tells nobody yet has `answer_due_at`."""

    level: str
    state: State = State.RAISED
    rung: int = 0
    is_calmed: bool = False
    told_since: datetime | None = None
    answer_due_at: datetime | None = None
    escalate_at: datetime | None = None
    outcome_due_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether a person still has to close it."""
        return self.state not in CLOSED

    @property
    def is_asking(self) -> bool:
        """Whether the senior's answer is awaited and nobody has been told."""
        return self.is_open and self.answer_due_at is not None


@dataclass(frozen=True, slots=True)
class Step:
    """What a decision comes to: the new standing and what to tell, in order."""

    standing: Standing
    tell: tuple[Tell, ...] = ()


def start(level: str, now: datetime, timing: Timing) -> Step:
    """A new alert: an emergency tells the first rung at once, a question waits for its answer."""
    if level == "A":
        return Step(Standing("A", answer_due_at=now + timing.answer))
    return _tell_from_the_first_rung(Standing(level), now, timing)


def hear_again(standing: Standing, level: str, now: datetime, timing: Timing) -> Step:
    """The same trouble is heard once more.

    Only a higher level, or one after the senior's all-clear, tells people again.
    """
    if not standing.is_open:
        return Step(standing)
    if level == "E" and (standing.level == "A" or standing.is_calmed):
        return _tell_from_the_first_rung(standing, now, timing)
    return Step(standing)


def take_answer(standing: Standing, now: datetime, timing: Timing, *, yes: bool) -> Step:
    """The senior answers Lilo's question: no closes it, yes makes it an emergency.

    Too late or not asked changes nothing.
    """
    if not standing.is_asking:
        return Step(standing)
    if yes:
        return _tell_from_the_first_rung(standing, now, timing)
    return Step(_closed(standing, State.RESOLVED))


def tell_now(standing: Standing, now: datetime, timing: Timing) -> Step:
    """The senior has picked somebody to tell: they are told at once."""
    return _tell_from_the_first_rung(standing, now, timing) if standing.is_open else Step(standing)


def claim(standing: Standing, now: datetime, timing: Timing) -> Step:
    """Somebody is on it: the others have peace until the outcome is due."""
    if not standing.is_open or standing.state is State.CLAIMED:
        return Step(standing)
    claimed = replace(
        standing,
        state=State.CLAIMED,
        told_since=standing.told_since or now,
        answer_due_at=None,
        escalate_at=None,
        outcome_due_at=now + timing.outcome,
    )
    return Step(claimed, (Tell.CLAIMED,))


def close(standing: Standing, state: State) -> Step:
    """A person says how it ended."""
    if not standing.is_open:
        return Step(standing)
    tell = (Tell.CLOSED,) if standing.told_since else ()
    return Step(_closed(standing, state), tell)


def calm(standing: Standing, now: datetime, timing: Timing, *, began_as_question: bool) -> Step:
    """The senior says "I'm OK".

    A question closes. What began as one may still be taken back in the first seconds after it was raised. Anything else
    is lowered, never closed: it stays open until a person says how it ended, and the circle is told.
    """
    if not standing.is_open or standing.is_calmed:
        return Step(standing)
    if standing.is_asking:
        return Step(_closed(standing, State.RESOLVED))
    since = standing.told_since or now
    if began_as_question and standing.state is not State.CLAIMED and now - since <= timing.soft_cancel:
        return Step(_closed(standing, State.RESOLVED), (Tell.CLOSED,))
    calmed = replace(standing, level="A", is_calmed=True)
    if calmed.state is not State.CLAIMED:
        calmed = replace(calmed, escalate_at=now + timing.calm_repeat)
    return Step(calmed, (Tell.CALMED,))


def tick(standing: Standing, now: datetime, timing: Timing) -> Step:
    """Time has passed: act on at most one deadline that is due."""
    if not standing.is_open:
        return Step(standing)
    if standing.answer_due_at and standing.answer_due_at <= now:
        return _tell_from_the_first_rung(standing, now, timing)
    if standing.outcome_due_at and standing.outcome_due_at <= now:
        reopened = replace(standing, state=State.NOTIFIED, outcome_due_at=None, escalate_at=now + timing.second)
        return Step(reopened, (Tell.REOPENED,))
    if standing.escalate_at and standing.escalate_at <= now:
        return _climb(standing, now, timing)
    return Step(standing)


def reach(standing: Standing) -> Step:
    """A message has arrived with somebody."""
    return Step(replace(standing, state=State.NOTIFIED) if standing.state is State.RAISED else standing)


def hurry(standing: Standing, now: datetime) -> Step:
    """Nobody of the last rung could be reached: the next is told at once."""
    if standing.is_open and standing.escalate_at and standing.escalate_at > now and standing.rung < EVERYONE:
        return Step(replace(standing, escalate_at=now))
    return Step(standing)


def _tell_from_the_first_rung(standing: Standing, now: datetime, timing: Timing) -> Step:
    """A claim was for the trouble before: it ends, or these calls would be held back because somebody is on it."""
    told = replace(
        standing,
        level="E",
        state=State.NOTIFIED if standing.state is State.CLAIMED else standing.state,
        is_calmed=False,
        rung=1,
        told_since=now,
        answer_due_at=None,
        escalate_at=now + timing.second,
        outcome_due_at=None,
    )
    return Step(told, (Tell.ALERT,))


def _climb(standing: Standing, now: datetime, timing: Timing) -> Step:
    since = standing.told_since or now
    if now - since >= timing.cap:
        return Step(replace(standing, escalate_at=None), (Tell.OPERATOR,))
    climbed = replace(standing, rung=standing.rung + 1)
    if standing.is_calmed:
        return Step(replace(climbed, escalate_at=now + timing.calm_repeat), (Tell.ALERT,))
    pause = timing.third - timing.second if climbed.rung == 2 else timing.repeat
    return Step(replace(climbed, escalate_at=now + pause), (Tell.ALERT,))


def _closed(standing: Standing, state: State) -> Standing:
    return replace(standing, state=state, answer_due_at=None, escalate_at=None, outcome_due_at=None)
