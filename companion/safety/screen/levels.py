"""What the screen says of a message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CATEGORIES = (
    "fall", "cardiac", "stroke", "breathing", "bleeding", "allergy", "diabetes", "infection", "head_injury", "choking",
    "seizure", "collapse", "burn", "temperature", "pain", "unwell", "medicine", "poison", "self_harm", "abuse", "scam",
    "hazard", "intruder", "lost", "help", "none",
)  # fmt: skip


class Level(StrEnum):
    """How much danger: alert now, ask one question, keep in mind, none."""

    EMERGENCY = "E"
    ASK = "A"
    CONCERN = "C"
    NONE = "N"

    @property
    def rank(self) -> int:
        """0 for none to 3 for an emergency."""
        return "NCAE".index(self.value)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was heard in a message.

    `score` is the confidence in an alarm, 0 to 1. `reasons` are short words of ours and the person's words that
    decided, such as `fall: cannot get up` or `negated: chest pain`; they hold health data, so they are not for logs.
    """

    level: Level
    category: str
    score: float
    reasons: tuple[str, ...] = ()


NOTHING = Assessment(Level.NONE, "none", 0.0)
