"""How a senior is, in words first. Pure: what is known goes in, words and a tone come out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as in_format

#: Without a sign of life for so long, the page says so in amber.
SILENT = timedelta(hours=24)
#: The best answer to the check-in.
FINE = 3
MINUTE, HOUR, DAY = 60, 3600, 86400


class Tone(StrEnum):
    """The colour of a status, always beside its words."""

    WELL = "well"
    PLAIN = "plain"
    SOON = "soon"
    ALARM = "alarm"


class Trouble(StrEnum):
    """What the gravest open alert calls for."""

    HELP = "help"  # nobody is on it
    CALMED = "calmed"  # the senior says they are OK; nobody has checked
    CLAIMED = "claimed"  # somebody is on it
    MINE = "mine"  # the one who looks is on it
    DRILL = "drill"


@dataclass(frozen=True, slots=True)
class Doses:
    """How a day's medicines stand."""

    taken: int = 0
    missed: int = 0
    waiting: int = 0
    """Due by now, and neither taken nor missed."""
    late: int = 0
    """Of those that wait, past their time."""
    ahead: int = 0

    @property
    def due(self) -> int:
        """How many were due by now."""
        return self.taken + self.missed + self.waiting


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a senior. What is not shared is None, as is what never was."""

    name: str
    now: datetime
    zone: str
    trouble: Trouble | None = None
    helper: str = ""
    is_watched: bool = False
    """Whether anything is shared that would show that they are about."""
    shares_talks: bool = False
    seen_at: datetime | None = None
    feels: int | None = None
    """What they said at today's check-in: 3 fine, 2 not so good, 1 help is needed."""
    doses: Doses | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """A headline, its tone, and one word on what there is to do."""

    tone: Tone
    headline: str
    chip: str


def status_of(known: Known) -> Status:
    """The gravest thing first; "fine" only where something of today says so."""
    name, doses = known.name, known.doses
    if known.trouble is not None:
        return _in_trouble(known, known.trouble)
    if known.feels is not None and known.feels < FINE:
        return Status(Tone.SOON, f"{name} is not so well today", "You may want to call")
    if doses is not None and doses.missed:
        what = "A medicine was missed" if doses.missed == 1 else f"{doses.missed} medicines were missed"
        return Status(Tone.SOON, f"{what} today", "One thing to look at")
    if doses is not None and doses.late:
        return Status(Tone.SOON, "A medicine is late today", f"Lilo is reminding {name}")
    if known.is_watched:
        return _by_signs(known)
    return Status(Tone.PLAIN, f"No alerts for {name}", "Nothing to do")


def _in_trouble(known: Known, trouble: Trouble) -> Status:
    name, helper = known.name, known.helper or "Somebody"
    words = {
        Trouble.HELP: (Tone.ALARM, f"{name} needs help", "Nobody is on it yet"),
        Trouble.CALMED: (Tone.SOON, f"{name} needs a check", "Nobody has checked yet"),
        Trouble.CLAIMED: (Tone.SOON, f"{helper} is looking after {name}", f"{helper} is on it"),
        Trouble.MINE: (Tone.SOON, f"You are looking after {name}", "You are on it"),
        Trouble.DRILL: (Tone.SOON, f"A drill is on for {name}", "No danger"),
    }
    return Status(*words[trouble])


def _by_signs(known: Known) -> Status:
    name, zone, seen_at = known.name, ZoneInfo(known.zone), known.seen_at
    if seen_at is not None and seen_at.astimezone(zone).date() == known.now.astimezone(zone).date():
        return Status(Tone.WELL, f"{name} is fine {part_of_day(known.now, known.zone)}", "All is well")
    if not known.shares_talks:  # silence means nothing where talks are not seen
        return Status(Tone.PLAIN, f"No alerts for {name}", "Nothing to do")
    if seen_at is None:
        return Status(Tone.PLAIN, f"{name} has not talked with Lilo yet", "Nothing to do")
    if known.now - seen_at >= SILENT:
        since = when_in_words(seen_at, known.now, known.zone)
        return Status(Tone.SOON, f"Not heard from {name} since {since}", "You may want to call")
    return Status(Tone.PLAIN, f"Not heard from {name} yet today", "Nothing to do")


def part_of_day(now: datetime, zone: str) -> str:
    """As people call it where the senior is."""
    hour = now.astimezone(ZoneInfo(zone)).hour
    if 4 <= hour < 12:
        return "this morning"
    if 12 <= hour < 18:
        return "this afternoon"
    return "this evening" if 18 <= hour < 22 else "tonight"


def when_in_words(at: datetime, now: datetime, zone: str) -> str:
    """An instant as people say it, by the senior's clock: `9:12 a.m.`, `yesterday at 8:14 p.m.`, `Tuesday at ...`."""
    here = at.astimezone(ZoneInfo(zone))
    time = in_format(here, "g:i a")
    day = day_in_words(here.date(), now.astimezone(ZoneInfo(zone)).date())
    return time if day == "today" else f"{day} at {time}"


def day_in_words(day: date, today: date) -> str:
    """A day as people say it today."""
    days = (today - day).days
    names = {0: "today", 1: "yesterday", -1: "tomorrow"}
    if days in names:
        return names[days]
    if abs(days) < 7:
        return in_format(day, "l")
    return in_format(day, "j F" if day.year == today.year else "j F Y")


def ago_in_words(at: datetime, now: datetime) -> str:
    """How long ago, roughly: `just now`, `4 min ago`, `2 h ago`, `3 days ago`."""
    seconds = (now - at).total_seconds()
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min ago"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h ago"
    days = int(seconds // DAY)
    return "1 day ago" if days == 1 else f"{days} days ago"
