"""How many of the doses that were due were taken. Pure: states in, counts out.

Taken / (taken + missed + skipped without a clinical reason). What was called off (paused, in hospital), not reminded,
as needed, or still open does not count; late ones count as taken and are shown apart. It is no measure of supply.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from companion.care.medicines.models import DoseState
from companion.care.medicines.rules import CLINICAL


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one dose."""

    state: str
    was_late: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Adherence:
    """Counts of a time; `n` doses are what `share` rests on."""

    taken: int = 0
    late: int = 0
    """Of those taken."""
    missed: int = 0
    skipped: int = 0
    """Without a clinical reason."""
    excused: int = 0
    """Skipped for a clinical reason."""
    not_reminded: int = 0

    @property
    def n(self) -> int:
        """How many doses count."""
        return self.taken + self.missed + self.skipped

    @property
    def share(self) -> float | None:
        """Of those that count, how many were taken: 0 to 1; None where none counts."""
        return self.taken / self.n if self.n else None

    @property
    def percent(self) -> int | None:
        """The share in whole percent. Rounded down, so that a missed dose never hides behind 100."""
        return 100 * self.taken // self.n if self.n else None


def count(outcomes: Iterable[Outcome]) -> Adherence:
    """Count what became of doses."""
    taken = late = missed = skipped = excused = not_reminded = 0
    for outcome in outcomes:
        if outcome.state == DoseState.TAKEN:
            taken += 1
            late += outcome.was_late
        elif outcome.state == DoseState.MISSED:
            missed += 1
        elif outcome.state == DoseState.SKIPPED:
            excused += outcome.reason in CLINICAL
            skipped += outcome.reason not in CLINICAL
        elif outcome.state == DoseState.NOT_REMINDED:
            not_reminded += 1
    return Adherence(taken, late, missed, skipped, excused, not_reminded)
