"""Reads of what was gathered of turns."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from knowledge.evaluation.drift.models import Baseline, DayOfWords, DriftCheck, TurnFigures
from knowledge.evaluation.drift.rules import FIGURES, LEAST_TURNS, Turns

#: Days that are taken together where one has too few turns.
WEEK = 7


def turns_of(first: date, last: date) -> Turns:
    """The figures and words of some days."""
    rows = TurnFigures.objects.filter(day__range=(first, last)).order_by("pk").values_list(*FIGURES)
    columns: dict[str, list[float]] = {name: [] for name in FIGURES}
    turns = 0
    for row in rows.iterator():
        turns += 1
        for name, value in zip(FIGURES, row, strict=True):
            if value is not None:
                columns[name].append(value)
    words: Counter[str] = Counter()
    for day in DayOfWords.objects.filter(day__range=(first, last)):
        words.update(day.words)
    return Turns(turns, columns, words)


def days_up_to(last: date) -> tuple[date, date]:
    """That day; where it has too few turns, the week that ends with it."""
    has_enough = TurnFigures.objects.filter(day=last).count() >= LEAST_TURNS
    return (last if has_enough else last - timedelta(days=WEEK - 1)), last


def baseline() -> Baseline | None:
    """What is compared with."""
    return Baseline.objects.first()


def latest_check() -> DriftCheck | None:
    """The last comparison."""
    return DriftCheck.objects.first()
