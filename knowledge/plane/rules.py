"""What a candidate index must show before it may answer people: the verdict, and the limits. Pure; no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

#: So many entries, or this share of them, may vanish at once; more looks like an accident.
MOST_VANISHED, MOST_VANISHED_SHARE = 10, 0.2
#: An entry must be found by its own question among this many, and this share of those asked must be.
FOUND_WITHIN, LEAST_FOUND = 3, 0.95
#: A build that failed is tried again after this long, twice as long after each further time, up to the most.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Worse:
    """A question that the candidate answers worse than the index that serves. `before` and `after` in plain words."""

    question: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a candidate may serve, and why not."""

    passed: bool
    reasons: tuple[str, ...] = ()
    """Why it did not pass, each a sentence for a curator."""
    worse: tuple[Worse, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    """What was measured, by a name for people."""

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return {
            "passed": self.passed,
            "reasons": list(self.reasons),
            "worse": [{"question": row.question, "before": row.before, "after": row.after} for row in self.worse],
            "figures": dict(self.figures),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Verdict:
        """From the database."""
        return cls(
            passed=stored["passed"],
            reasons=tuple(stored["reasons"]),
            worse=tuple(Worse(**row) for row in stored["worse"]),
            figures=stored["figures"],
        )


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict of several judges: passed where all of them let it pass."""
    judged = list(verdicts)
    return Verdict(
        passed=all(verdict.passed for verdict in judged),
        reasons=tuple(reason for verdict in judged for reason in verdict.reasons),
        worse=tuple(row for verdict in judged for row in verdict.worse),
        figures={name: figure for verdict in judged for name, figure in verdict.figures.items()},
    )


def too_many_vanished(before: int, after: int) -> bool:
    """Whether so many entries are gone at once that a person should look first."""
    return before - after > max(MOST_VANISHED, MOST_VANISHED_SHARE * before)


def wait_before(attempt: int) -> timedelta:
    """How long to wait before a failed build is tried for the `attempt`-th time."""
    return min(FIRST_WAIT * 2 ** min(attempt - 2, 10), LONGEST_WAIT) if attempt > 1 else timedelta()
