"""A month of doses in words, for the calendar page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from companion.care.medicines.adherence import Adherence


@dataclass(frozen=True, slots=True)
class MonthDay:
    """One square of the month."""

    date: date
    is_in_month: bool
    counts: Adherence | None
    words: str = ""
    tone: str = ""


def month_day(day: date, first: date, counts: Adherence | None) -> MonthDay:
    """A day of the month in words."""
    if counts is None or day.month != first.month:
        return MonthDay(day, day.month == first.month, None)
    if counts.missed:
        return MonthDay(day, True, counts, f"{counts.missed} not noted", "soon")
    if counts.skipped or counts.excused:
        return MonthDay(day, True, counts, f"{counts.skipped + counts.excused} left out")
    if counts.taken:
        return MonthDay(day, True, counts, "all, some late" if counts.late else "all taken", "well")
    return MonthDay(day, True, counts, "not reminded" if counts.not_reminded else "")


def month_words(counts: Adherence) -> str:
    """A month in a sentence, with how many doses it rests on."""
    if not counts.n:
        return "Nothing counts in this month yet."
    late = f" {counts.late} of these were late." if counts.late else ""
    return f"{counts.taken} of {counts.n} doses were taken.{late}"
