"""Decisions about doses. Pure: facts and a time in, what to do out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from companion.care.medicines.models import OPEN, DoseEvent, DoseState, SkipReason

#: Without a sign that the senior saw the reminder, the next way is tried.
NUDGE_AFTER = timedelta(minutes=5)
SNOOZE = timedelta(minutes=15)
#: Put off no closer than this to where it would count as missed.
SNOOZE_MARGIN = timedelta(minutes=5)
DAY = timedelta(days=1)
#: Reasons that a doctor would count for a dose being left out: they are no fault.
CLINICAL = frozenset({SkipReason.FELT_ILL, SkipReason.DOCTOR})
Doubt = DoseEvent.Doubt


class Do(StrEnum):
    """What has to be done about a dose now."""

    REMIND = "remind"  # the senior, on the page and by push
    NUDGE = "nudge"  # the senior, on every other way: nothing shows that the reminder was seen
    TELL = "tell"  # the circle, calmly
    ALERT = "alert"  # a dose that must not be missed was missed


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a dose stands, as far as time can change it."""

    due_at: datetime
    late_at: datetime
    closes_at: datetime
    state: str = DoseState.PENDING
    remind_at: datetime | None = None
    nudge_at: datetime | None = None
    notice_at: datetime | None = None
    reminded_at: datetime | None = None
    seen_at: datetime | None = None
    told_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can still be taken in its time."""
        return self.state in OPEN

    @property
    def step_at(self) -> datetime | None:
        """When something has to be done next."""
        if not self.is_open:
            return None
        late_at = self.late_at if self.state == DoseState.PENDING else None
        moments = (self.remind_at, self.nudge_at, self.notice_at, late_at, self.closes_at)
        return min(moment for moment in moments if moment is not None)


@dataclass(frozen=True, slots=True)
class Step:
    """What a look at a dose comes to."""

    standing: Standing
    looked_at: datetime
    do: tuple[Do, ...] = ()


def settle(standing: Standing, state: DoseState) -> Standing:
    """Nothing more is to be done about it."""
    return replace(standing, state=state, remind_at=None, nudge_at=None, notice_at=None)


def advance(standing: Standing, now: datetime, *, is_critical: bool, is_stopped: bool = False) -> Step:
    """Time has passed.

    Args:
        standing: the dose.
        now: the time.
        is_critical: whether it must not be missed.
        is_stopped: whether its medicine is paused or stopped, or its senior's account closed.
    """
    if not standing.is_open:
        return Step(standing, now)
    if is_stopped:
        return Step(settle(standing, DoseState.CANCELLED), now)
    if standing.reminded_at is None and (now > standing.late_at or now >= standing.closes_at):
        # Lilo was not there. A reminder now could come too near the next dose, and nobody is to blame.
        slept = settle(standing, DoseState.NOT_REMINDED)
        return Step(replace(slept, told_at=now), now, (Do.TELL,)) if is_critical else Step(slept, now)
    if now >= standing.closes_at:
        return _close(standing, now, is_critical=is_critical)
    do: list[Do] = []
    if standing.remind_at is not None and standing.remind_at <= now:
        do.append(Do.REMIND)
        state = DoseState.PENDING if now < standing.late_at else DoseState.LATE
        standing = replace(
            standing,
            state=state,
            remind_at=None,
            reminded_at=standing.reminded_at or now,
            seen_at=None,
            nudge_at=now + NUDGE_AFTER,
        )
    if standing.nudge_at is not None and standing.nudge_at <= now:
        do += [] if standing.seen_at else [Do.NUDGE]
        standing = replace(standing, nudge_at=None)
    if standing.notice_at is not None and standing.notice_at <= now:
        do.append(Do.TELL)
        standing = replace(standing, notice_at=None, told_at=now)
    if standing.state == DoseState.PENDING and standing.late_at <= now:
        standing = replace(standing, state=DoseState.LATE)
    return Step(standing, now, tuple(do))


def _close(standing: Standing, now: datetime, *, is_critical: bool) -> Step:
    do = [Do.TELL] if standing.told_at is None and standing.notice_at is not None else []
    do += [Do.ALERT] if is_critical else []
    missed = settle(standing, DoseState.MISSED)
    return Step(replace(missed, told_at=now) if Do.TELL in do else missed, now, tuple(do))


def give_way(standing: Standing, *, is_same_rule: bool) -> Standing:
    """The next dose of the same medicine is due: nobody is ever asked to take both.

    Where the rule was changed between the two, the older one is called off and not held against anybody.
    """
    if not standing.is_open:
        return standing
    if standing.reminded_at is None:
        return settle(standing, DoseState.NOT_REMINDED)
    return settle(standing, DoseState.MISSED if is_same_rule else DoseState.CANCELLED)


def snooze(
    standing: Standing, now: datetime, wanted: timedelta, *, notice_after: timedelta, tells: bool
) -> Standing | None:
    """Put off a dose, never past its window. None where it is too late for that; the due time stays as it was."""
    until = min(now + wanted, standing.closes_at - SNOOZE_MARGIN)
    if not standing.is_open or until <= now:
        return None
    return replace(
        standing,
        state=DoseState.SNOOZED,
        remind_at=until,
        nudge_at=None,
        reminded_at=standing.reminded_at or now,
        seen_at=now,
        notice_at=min(until + notice_after, standing.closes_at) if tells else None,
    )


@dataclass(frozen=True, slots=True)
class Taking:
    """A dose that was really taken."""

    at: datetime
    quantity: Decimal


def next_allowed(
    takings: Sequence[Taking], now: datetime, quantity: Decimal, *, least: timedelta | None, most: Decimal | None
) -> datetime:
    """When `quantity` may be taken as needed: `now`, or the first later time that both limits allow.

    Args:
        takings: of the last day at least.
        now: the earliest time asked about.
        quantity: how much.
        least: shortest time between two doses.
        most: most in any 24 hours.
    """
    earliest = now
    if least is not None and takings:
        earliest = max(earliest, max(one.at for one in takings) + least)
    if most is None:
        return earliest
    candidates = sorted({earliest, *(one.at + DAY for one in takings if one.at + DAY > earliest)})
    for moment in candidates:
        in_a_day = sum((one.quantity for one in takings if moment - DAY < one.at <= moment), Decimal(0))
        if in_a_day + quantity <= most:
            return moment
    return candidates[-1]  # one dose alone is more than the most: what the label says decides, not Lilo


def doubt_as_needed(
    takings: Sequence[Taking], at: datetime, quantity: Decimal, *, least: timedelta | None, most: Decimal | None
) -> Doubt:
    """What must be said when this much is noted as taken at a time. It is noted all the same."""
    in_a_day = [one for one in takings if at - DAY < one.at <= at]
    if most is not None and sum((one.quantity for one in in_a_day), quantity) > most:
        return Doubt.OVER_MOST
    if least is not None and any(abs(one.at - at) < least for one in takings):
        return Doubt.TOO_SOON
    return Doubt.NONE


def doubt_of_double(takings: Iterable[Taking], at: datetime, gap: timedelta) -> Doubt:
    """Whether a dose noted at a time may be a double one: another within half the rule's shortest gap."""
    return Doubt.DOUBLE if any(abs(one.at - at) < gap / 2 for one in takings) else Doubt.NONE
