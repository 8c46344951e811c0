"""When a message from the family comes up, and what may be pressed under it. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from companion.safety.retries import quiet_until

MOST_CHARACTERS = 1_000
#: By the senior's own clock; then a message waits for the morning, unless the senior is talking.
QUIET_FROM, QUIET_TO = time(21), time(8)
#: A senior who said something this lately is talking.
TALKING_WITHIN = timedelta(minutes=10)
#: Messages a day that come up with a sound of their own; later ones are there, quietly.
ALOUD_A_DAY = 3

#: What a press of a quick answer writes back.
ANSWERS = {"yes": "Yes", "no": "No", "thanks": "Thank you", "ring": "Please ring me"}


@dataclass(frozen=True, slots=True)
class QuickAnswer:
    """A large button under a message."""

    verb: str
    label: str


def due_at(now: datetime, zone: str, talked_at: datetime | None) -> datetime:
    """From when a message may come up by itself: now, or at the end of the senior's quiet hours."""
    return now if is_talking(now, talked_at) else quiet_until(now, zone, QUIET_FROM, QUIET_TO)


def is_talking(now: datetime, talked_at: datetime | None) -> bool:
    """Whether the senior is in the middle of a talk."""
    return talked_at is not None and now - talked_at < TALKING_WITHIN


def quick_answers(text: str) -> tuple[QuickAnswer, ...]:
    """Two answers that fit: yes and no to a question, else thanks and a call."""
    verbs = ("yes", "no") if "?" in text else ("thanks", "ring")
    return tuple(QuickAnswer(verb, ANSWERS[verb]) for verb in verbs)
