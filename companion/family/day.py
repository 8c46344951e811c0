"""A senior's day and week as lines and a table. Pure: rows of other rooms in, words out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from companion.care.journal.selectors import CheckIn
from companion.care.medicines.in_words import called, clock_time, listed, with_strength
from companion.care.medicines.models import OPEN, DoseState, Occurrence
from companion.chat.activity import Talk
from companion.circle.models import Senior
from companion.family.rules import Doses

DAYS_OF_WEEK = 7
#: How a dose stands in the table: a sign, the word behind it, and its class.
SIGNS = {
    "taken": ("✓", "taken"),
    "late": ("✓", "taken late"),
    "missed": ("×", "missed"),
    "skipped": ("–", "skipped"),
    "waiting": ("!", "due, not taken yet"),
    "unknown": ("?", "not reminded"),
    "ahead": ("", "still to come"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened today."""

    at: datetime
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One dose in the table."""

    key: str

    @property
    def sign(self) -> str:
        """What is drawn."""
        return SIGNS[self.key][0]

    @property
    def words(self) -> str:
        """What is read out."""
        return SIGNS[self.key][1]


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One dose time of one medicine, and the days of the week; None where none was due."""

    name: str
    label: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """The doses of a week."""

    days: tuple[date, ...]
    rows: tuple[WeekRow, ...]


@dataclass(frozen=True, slots=True)
class DoseLine:
    """The doses of one time today that stand alike."""

    label: str
    names: str
    state: str
    tone: str
    taken_at: datetime | None


def count(doses: Iterable[Occurrence], now: datetime) -> Doses:
    """How a day's doses stand."""
    taken = missed = waiting = late = ahead = 0
    for dose in doses:
        taken += dose.state == DoseState.TAKEN
        missed += dose.state == DoseState.MISSED
        waiting += dose.state in OPEN and dose.due_at <= now
        late += dose.state in OPEN and dose.late_at <= now
        ahead += dose.state in OPEN and dose.due_at > now
    return Doses(taken, missed, waiting, late, ahead)


def cell_of(dose: Occurrence, now: datetime) -> Cell:
    """How one dose stands in the table."""
    if dose.state == DoseState.TAKEN:
        return Cell("late" if dose.was_late else "taken")
    if dose.state in OPEN:
        return Cell("waiting" if dose.due_at <= now else "ahead")
    return Cell({DoseState.MISSED: "missed", DoseState.SKIPPED: "skipped"}.get(DoseState(dose.state), "unknown"))


def week_of(doses: Sequence[Occurrence], *, until: date, now: datetime) -> Week:
    """The doses of a week: a row for each medicine and time, in order of time."""
    days = tuple(until - timedelta(days=number) for number in reversed(range(DAYS_OF_WEEK)))
    rows: dict[tuple[str, str, str], dict[date, Cell]] = {}
    for dose in doses:
        key = (dose.label, with_strength(dose.regimen), str(dose.regimen_id))
        rows.setdefault(key, {})[dose.local_date] = cell_of(dose, now)
    return Week(
        days,
        tuple(
            WeekRow(name, _clock(label), tuple(cells.get(one) for one in days))
            for (label, name, _), cells in sorted(rows.items())
        ),
    )


def lines_of(doses: Sequence[Occurrence], now: datetime) -> list[DoseLine]:
    """Today's doses, those of one time that stand alike in one line."""
    groups: dict[tuple[str, str], list[Occurrence]] = {}
    for dose in doses:
        groups.setdefault((dose.label, cell_of(dose, now).key), []).append(dose)
    return [
        DoseLine(
            _clock(label),
            listed([with_strength(dose.regimen) for dose in group]),
            SIGNS[key][1],
            {"taken": "well", "late": "well", "missed": "soon", "waiting": "soon"}.get(key, "plain"),
            max((dose.taken_at for dose in group if dose.taken_at), default=None),
        )
        for (label, key), group in sorted(groups.items(), key=lambda pair: pair[1][0].due_at)
    ]


def moments_of(
    talks: Sequence[tuple[Talk, tuple[str, ...]]],
    doses: Sequence[Occurrence],
    check_in: CheckIn | None,
    *,
    senior: Senior,
) -> list[Moment]:
    """What happened today, newest first."""
    found = [Moment(talk.began, "talk", _talk_words(talk, topics)) for talk, topics in talks]
    if check_in is not None and check_in.at is not None:
        found.append(Moment(check_in.at, "check", f"Checked in: “{check_in.words}”"))
    taken: dict[tuple[datetime, str], list[Occurrence]] = {}
    for dose in doses:
        if dose.state == DoseState.TAKEN and dose.taken_at is not None:
            by = dose.settled_by.short_name if dose.settled_by and dose.settled_by_id != senior.pk else ""
            taken.setdefault((dose.taken_at.replace(second=0, microsecond=0), by), []).append(dose)
    for (at, by), group in taken.items():
        names = listed([called(dose.regimen) for dose in group])
        found.append(Moment(at, "pill", f"Took {names}{f', noted by {by}' if by else ''}."))
    return sorted(found, key=lambda moment: moment.at, reverse=True)


def _talk_words(talk: Talk, topics: Sequence[str]) -> str:
    about = f" About {listed(topics)}." if topics else ""
    length = "a minute" if talk.minutes == 1 else f"{talk.minutes} minutes"
    return f"Talked with Lilo for {length}.{about}"


def _clock(label: str) -> str:
    return clock_time(time.fromisoformat(label))
