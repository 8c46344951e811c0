"""What can be written in the journal: kinds, units and ranges, as data; and how a reading is worded.

Each number is kept in one unit (`Measure.units[0]`) and shown in the unit that its people use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What an entry tells of."""

    CHECK_IN = "check_in", _("Daily check-in")
    MOOD = "mood", _("Mood")
    SLEEP = "sleep", _("Sleep")
    SLEEP_HOURS = "sleep_hours", _("Hours of sleep")
    PAIN = "pain", _("Pain")
    BLOOD_PRESSURE = "blood_pressure", _("Blood pressure")
    GLUCOSE = "glucose", _("Blood sugar")
    WEIGHT = "weight", _("Weight")
    STEPS = "steps", _("Steps")
    HEIGHT = "height", _("Height")
    NOTE = "note", _("Note")
    QUESTION = "question", _("Question for the doctor")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of one measure."""

    key: str
    words: str
    """As it stands behind a number."""
    per_base: float = 1.0
    """How many of it one of the first unit is."""
    decimals: int = 0
    parts: int = 0
    """Where it is written in two parts, as stones and pounds: how many of the small part make one of the large."""
    small: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One kind of reading. Ranges are in the first unit, both ends included."""

    kind: Kind
    units: tuple[Unit, ...]
    possible: tuple[float, float]
    """Outside of it a number cannot be right."""
    usual: tuple[float, float]
    """Outside of it a number is asked about once more."""
    leap: float | None = None
    """A change since the last days that is asked about, as a share of the last value."""
    faces: tuple[tuple[int, str], ...] = ()
    """Values that are pressed, with their words, best first."""
    lower: tuple[float, float] | None = None
    """Of a second number, as the lower one of a blood pressure: what is possible."""
    notable: float = 0.0
    """A change over a month smaller than this is "about the same"."""
    example: str = ""


NO_UNIT: Final = Unit("", "")
KG: Final = Unit("kg", "kg", decimals=1)
LB: Final = Unit("lb", "lb", per_base=2.2046226218, decimals=1)
STONE: Final = Unit("st", "st", per_base=2.2046226218 / 14, decimals=0, parts=14, small="lb")
MMOL: Final = Unit("mmol/L", "mmol/L", decimals=1)
MG: Final = Unit("mg/dL", "mg/dL", per_base=18.0182)
CM: Final = Unit("cm", "cm", decimals=0)
FOOT: Final = Unit("ft", "ft", per_base=1 / 30.48, parts=12, small="in")
MMHG: Final = Unit("mmHg", "mmHg")
HOURS: Final = Unit("h", "hours", decimals=1)
STEPS: Final = Unit("steps", "steps")

MOODS: Final = ((5, "Very good"), (4, "Good"), (3, "So-so"), (2, "Not good"), (1, "Bad"))
SLEEPS: Final = ((5, "Very well"), (4, "Well"), (3, "So-so"), (2, "Badly"), (1, "Hardly at all"))
PAINS: Final = ((0, "None"), (2, "A little"), (5, "Some"), (8, "A lot"), (10, "Very bad"))
CHECK_INS: Final = ((3, "I'm fine"), (2, "Not so good"), (1, "I need help"))

MEASURES: Final[dict[Kind, Measure]] = {
    measure.kind: measure
    for measure in (
        Measure(Kind.CHECK_IN, (NO_UNIT,), (1, 3), (1, 3), faces=CHECK_INS, notable=1),
        Measure(Kind.MOOD, (NO_UNIT,), (1, 5), (1, 5), faces=MOODS, notable=0.4),
        Measure(Kind.SLEEP, (NO_UNIT,), (1, 5), (1, 5), faces=SLEEPS, notable=0.4),
        Measure(Kind.SLEEP_HOURS, (HOURS,), (0, 24), (2, 14), notable=1, example="6.5"),
        Measure(Kind.PAIN, (NO_UNIT,), (0, 10), (0, 10), faces=PAINS, notable=1),
        Measure(
            Kind.BLOOD_PRESSURE, (MMHG,), (50, 300), (70, 260), lower=(25, 200), leap=0.5, notable=5, example="128/79"
        ),
        Measure(Kind.GLUCOSE, (MMOL, MG), (0.6, 55.5), (1.1, 33.3), notable=1, example="6.2"),
        Measure(Kind.WEIGHT, (KG, LB, STONE), (20, 350), (35, 200), leap=0.1, notable=1, example="72.4"),
        Measure(Kind.STEPS, (STEPS,), (0, 150_000), (0, 40_000), notable=500, example="4000"),
        Measure(Kind.HEIGHT, (CM, FOOT), (90, 250), (130, 210), leap=0.05, notable=2, example="162"),
    )
}
#: What Lilo asks for each kind.
QUESTIONS: Final[dict[Kind, str]] = {
    Kind.CHECK_IN: "How are you today?",
    Kind.MOOD: "How do you feel?",
    Kind.SLEEP: "How did you sleep?",
    Kind.SLEEP_HOURS: "How many hours did you sleep?",
    Kind.PAIN: "How much pain do you have?",
    Kind.BLOOD_PRESSURE: "What is your blood pressure?",
    Kind.GLUCOSE: "What is your blood sugar?",
    Kind.WEIGHT: "What do you weigh?",
    Kind.STEPS: "How many steps did you walk?",
    Kind.HEIGHT: "How tall are you?",
    Kind.NOTE: "What would you like to write down?",
    Kind.QUESTION: "What would you like to ask the doctor?",
}
#: Kinds that hold words only.
WORDS: Final = frozenset({Kind.NOTE, Kind.QUESTION})
MAX_WORDS: Final = 2_000

#: Countries whose scales and meters differ from the first unit: ISO two-letter codes.
_POUNDS: Final = frozenset({"US", "LR", "MM"})
_STONES: Final = frozenset({"GB", "IE"})
_FEET: Final = frozenset({"US", "GB", "IE", "LR", "MM"})
_MG: Final = frozenset(
    {"US", "FR", "ES", "PT", "IT", "DE", "AT", "BE", "PL", "GR", "JP", "IN", "BR", "MX", "AR", "CO", "IL", "EG", "TR"}
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody tells: numbers in the first unit of their measure, or words."""

    kind: Kind
    value: float | None = None
    lower: float | None = None
    """The second number of a blood pressure."""
    unit: str = ""
    """The unit in which it was told."""
    note: str = ""


def measure_of(kind: str) -> Measure:
    """The measure of a kind that holds a number.

    Raises:
        KeyError: the kind holds words.
    """
    return MEASURES[Kind(kind)]


def unit_of(kind: str, key: str) -> Unit:
    """A unit by its key; the first one where the key is unknown."""
    units = measure_of(kind).units
    return next((unit for unit in units if unit.key == key), units[0])


def usual_unit(kind: str, country: str) -> Unit:
    """The unit in which people of a country speak of it."""
    usual = {
        Kind.WEIGHT: LB if country in _POUNDS else STONE if country in _STONES else KG,
        Kind.GLUCOSE: MG if country in _MG else MMOL,
        Kind.HEIGHT: FOOT if country in _FEET else CM,
    }
    return usual.get(Kind(kind), measure_of(kind).units[0])


def to_base(unit: Unit, amount: float) -> float:
    """An amount in a unit, in the first unit of its measure."""
    return amount / unit.per_base


def from_base(unit: Unit, value: float) -> float:
    """A kept value, in a unit."""
    return value * unit.per_base


def number_in(unit: Unit, value: float) -> str:
    """A kept value in a unit, without the unit's name where it stands behind: `72.4`, `11 st 4`, `128`."""
    amount = from_base(unit, value)
    if unit.parts:
        small = round(amount * unit.parts)
        return f"{small // unit.parts} {unit.words} {small % unit.parts}"
    text = f"{amount:.{unit.decimals}f}"
    if unit.decimals:
        text = text.rstrip("0").rstrip(".")
    return f"{int(text):,}" if unit is STEPS else text


def amount_words(kind: str, value: float, unit: Unit | None = None, *, lower: float | None = None) -> str:
    """A number of one kind as people say it: `72.4 kg`, `128 over 79`, `Well`, `4 of 10, some`."""
    measure = measure_of(kind)
    unit = unit or measure.units[0]
    if measure.faces:
        words = _face_words(measure, value)
        return f"{value:g} of 10, {words.lower()}" if kind == Kind.PAIN else words
    number = number_in(unit, value)
    if lower is not None:
        return f"{number} over {number_in(unit, lower)}"
    if unit.parts:
        return f"{number} {unit.small}"
    return f"{number} {unit.words}".strip()


def sentence(reading: Reading, unit: Unit | None = None) -> str:
    """A reading as one short line: `Slept badly`, `Pain: 5 of 10, some (knee)`, `Weight: 72.4 kg`."""
    note = f" ({reading.note})" if reading.note else ""
    if reading.kind in WORDS or reading.value is None:
        return reading.note
    said = amount_words(reading.kind, reading.value, unit, lower=reading.lower)
    if reading.kind == Kind.SLEEP:
        return f"Slept {said.lower()}{note}"
    if reading.kind == Kind.SLEEP_HOURS:
        return f"Slept {said}{note}"
    if reading.kind == Kind.CHECK_IN:
        return f"Check-in: {said}{note}"
    if reading.kind == Kind.STEPS:
        return f"Walked {said}{note}"
    return f"{Kind(reading.kind).label}: {said}{note}"


def _face_words(measure: Measure, value: float) -> str:
    return min(measure.faces, key=lambda face: abs(face[0] - value))[1]
