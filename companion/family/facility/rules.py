"""How a resident stands on the board: what is known goes in, an urgency and words come out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from companion.care.medicines.models import SkipReason
from companion.family.rules import Tone, Trouble, when_in_words

#: Why a dose was not given, as a carer says it.
WHY_NOT = (
    (SkipReason.DID_NOT_WANT.value, "Did not want it"),
    (SkipReason.FELT_ILL.value, "Unwell"),
    (SkipReason.DOCTOR.value, "The doctor said so"),
    (SkipReason.RAN_OUT.value, "None left"),
    (SkipReason.OTHER.value, "Another reason"),
)
#: Without a word for so long, somebody may want to look in. Nights are quiet.
QUIET_AFTER = timedelta(hours=18)


class Urgency(IntEnum):
    """What comes first on the board."""

    HELP = 0
    LOOK_IN = 1
    CLAIMED = 2
    OVERDUE = 3
    UNANSWERED = 4
    QUIET = 5
    FINE = 6

    @property
    def heading(self) -> str:
        """Over the residents who stand there."""
        return HEADINGS[self]

    @property
    def tone(self) -> Tone:
        """Red only where nobody is on it."""
        return TONES[self]


HEADINGS = {
    Urgency.HELP: "Needs help now",
    Urgency.LOOK_IN: "Please look in",
    Urgency.CLAIMED: "Somebody is on it",
    Urgency.OVERDUE: "Important medicine is late",
    Urgency.UNANSWERED: "Has not answered yet",
    Urgency.QUIET: "Quiet",
    Urgency.FINE: "Fine",
}
TONES = {
    Urgency.HELP: Tone.ALARM,
    Urgency.LOOK_IN: Tone.SOON,
    Urgency.CLAIMED: Tone.SOON,
    Urgency.OVERDUE: Tone.SOON,
    Urgency.UNANSWERED: Tone.SOON,
    Urgency.QUIET: Tone.PLAIN,
    Urgency.FINE: Tone.WELL,
}
_OF_TROUBLE = {
    Trouble.HELP: Urgency.HELP,
    Trouble.CALMED: Urgency.LOOK_IN,
    Trouble.CLAIMED: Urgency.CLAIMED,
    Trouble.DRILL: Urgency.CLAIMED,
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a resident. What they do not share with the home is None, as is what never was.

    Args:
        now: the instant of the reading.
        zone: the home's.
        trouble: what the gravest open alert calls for, and since when.
        helper: who is on it.
        overdue: how many doses that must not be missed are late or missed, and since when the first.
        asked: how often Lilo asked today without an answer.
        seen_at: when they were heard of last.
        shares_activity: whether the home may know when.
    """

    now: datetime
    zone: str
    trouble: Trouble | None = None
    trouble_since: datetime | None = None
    helper: str = ""
    overdue: int = 0
    overdue_since: datetime | None = None
    asked: int = 0
    asked_since: datetime | None = None
    seen_at: datetime | None = None
    shares_activity: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a resident stands. `since` is the instant that its freshness counts from, if there is one."""

    urgency: Urgency
    words: str
    since: datetime | None = None


def standing_of(known: Known) -> Standing:
    """The gravest thing first; "fine" only where nothing speaks against it."""
    if known.trouble is not None:
        return _in_trouble(known, known.trouble)
    if known.overdue:
        since = _said(known.overdue_since, known)
        words = "One is late" if known.overdue == 1 else f"{known.overdue} are late"
        return Standing(Urgency.OVERDUE, f"{words}, due {since}", known.overdue_since)
    if known.asked:
        times = "once" if known.asked == 1 else f"{known.asked} times"
        return Standing(Urgency.UNANSWERED, f"Lilo asked {times} today", known.asked_since)
    if not known.shares_activity:
        return Standing(Urgency.FINE, "Nothing open")
    if known.seen_at is None:
        return Standing(Urgency.QUIET, "Not heard of yet")
    words = f"Heard of {_said(known.seen_at, known)}"
    is_quiet = known.now - known.seen_at >= QUIET_AFTER
    return Standing(Urgency.QUIET if is_quiet else Urgency.FINE, words, known.seen_at)


def _in_trouble(known: Known, trouble: Trouble) -> Standing:
    helper = known.helper or "Somebody"
    words = {
        Trouble.HELP: "Nobody is on it yet",
        Trouble.CALMED: "Says they are all right. Nobody has checked",
        Trouble.CLAIMED: f"{helper} is on it",
        Trouble.DRILL: "A drill. Nobody is in danger",
    }
    return Standing(_OF_TROUBLE[trouble], words[trouble], known.trouble_since)


def _said(at: datetime | None, known: Known) -> str:
    return "at a time not known" if at is None else when_in_words(at, known.now, known.zone)
