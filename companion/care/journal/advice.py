"""What is said to a reading that should not be left alone: fixed words, each with the public page behind its threshold.

Lilo never says what somebody has. It says what public bodies advise anybody to do at such a number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from companion.care.journal.measures import Kind, Reading


class Urgency(StrEnum):
    """How soon something is to be done."""

    ASK = "ask"  # Lilo asks at once, and tells the circle when nothing is heard: level A of the alerts
    TODAY = "today"  # somebody who knows should hear of it today
    CALM = "calm"  # good to know


@dataclass(frozen=True, slots=True)
class Source:
    """The public page that a threshold or a piece of advice is from."""

    title: str
    publisher: str
    url: str
    checked: date
    """The day as of which a copy of the page was read."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about one reading, in words that are read as they stand."""

    key: str
    urgency: Urgency
    title: str
    text: str
    steps: tuple[str, ...] = ()
    question: str = ""
    yes: str = "Yes, I need help"
    no: str = "No, I am all right"
    category: str = "unwell"
    """Of the alert, where one is raised: one of the screen's."""
    source: Source | None = None


_READ: Final = date(2026, 11, 22)
AHA: Final = Source(
    "When to call 911 about high blood pressure",
    "American Heart Association",
    "https://www.heart.org/en/health-topics/high-blood-pressure/understanding-blood-pressure-readings/"
    "hypertensive-crisis-when-you-should-call-911-for-high-blood-pressure",
    _READ,
)
NHS_LOW_PRESSURE: Final = Source(
    "Low blood pressure (hypotension)", "NHS", "https://www.nhs.uk/conditions/low-blood-pressure-hypotension/", _READ
)
NHS_LOW_SUGAR: Final = Source(
    "Low blood sugar (hypoglycaemia)", "NHS", "https://www.nhs.uk/conditions/low-blood-sugar-hypoglycaemia/", _READ
)
DIABETES_UK: Final = Source(
    "Hyperosmolar hyperglycaemic state",
    "Diabetes UK",
    "https://www.diabetes.org.uk/about-diabetes/complications/hyperosmolar-hyperglycaemic-state",
    _READ,
)
JOINT_DIABETES: Final = Source(
    "Management of hyperosmolar hyperglycaemic state in adults",
    "Joint British Diabetes Societies",
    "https://doi.org/10.1111/dme.15005",
    _READ,
)

_SUGAR_STEPS: Final = (
    "Have something sugary now: a small glass of fruit juice or sugary fizzy drink, or 4 to 6 glucose tablets.",
    "Sit down. Do not drive, and do not go out alone.",
    "Measure again after 10 to 15 minutes. If it is still low, have the same once more.",
    "When it is better, eat something, such as bread, biscuits or your meal.",
)
_SERIOUS: Final = "chest or back pain, trouble breathing, weakness, numbness, or trouble seeing or speaking"

_Test = Callable[[Reading], bool]
#: In order: the first that fits is said.
_RULES: Final[tuple[tuple[Kind, _Test, Advice], ...]] = (
    (
        Kind.GLUCOSE,
        lambda reading: _value(reading) < 3.0,
        Advice(
            "glucose_very_low",
            Urgency.ASK,
            "Your blood sugar is very low",
            "Please have something sugary right now, and stay where somebody can reach you.",
            _SUGAR_STEPS,
            question="Are you very shaky, confused or drowsy, or do you need somebody to come?",
            no="No, I can manage",
            category="diabetes",
            source=NHS_LOW_SUGAR,
        ),
    ),
    (
        Kind.GLUCOSE,
        lambda reading: _value(reading) < 3.95,
        Advice(
            "glucose_low",
            Urgency.TODAY,
            "Your blood sugar is low",
            "That is easy to put right now, before it goes lower.",
            _SUGAR_STEPS,
            source=NHS_LOW_SUGAR,
        ),
    ),
    (
        Kind.GLUCOSE,
        lambda reading: _value(reading) >= 30,
        Advice(
            "glucose_very_high",
            Urgency.ASK,
            "Your blood sugar is very high",
            "A number this high needs a doctor today, even if you feel quite well.",
            (
                "Wash your hands, dry them, and measure once more.",
                "Drink water.",
                "Still this high: ring your doctor or your diabetes nurse now.",
            ),
            question="Are you very thirsty, sleepy, confused, or being sick?",
            yes="Yes",
            no="No, none of these",
            category="diabetes",
            source=JOINT_DIABETES,
        ),
    ),
    (
        Kind.GLUCOSE,
        lambda reading: _value(reading) > 15,
        Advice(
            "glucose_high",
            Urgency.TODAY,
            "Your blood sugar is high",
            "If it stays like this, your diabetes nurse or your doctor would like to know today.",
            (
                "Drink water, nothing sweet.",
                "Keep taking your medicines as you were told.",
                "If you are being sick, very sleepy or breathing fast, press I need help.",
            ),
            source=DIABETES_UK,
        ),
    ),
    (
        Kind.BLOOD_PRESSURE,
        lambda reading: _value(reading) >= 180 or (reading.lower or 0) >= 120,
        Advice(
            "pressure_very_high",
            Urgency.ASK,
            "Your blood pressure is very high",
            "Please sit down and rest quietly. Often it comes down by itself.",
            (
                "Sit for five minutes, your back and your arm resting. Do not talk.",
                "Measure again.",
                "Still 180 over 120 or more, and you feel as usual: ring your doctor today.",
            ),
            question=f"Do you have {_SERIOUS} right now?",
            yes="Yes",
            no="No, none of these",
            source=AHA,
        ),
    ),
    (
        Kind.BLOOD_PRESSURE,
        lambda reading: _value(reading) < 90,
        Advice(
            "pressure_low",
            Urgency.TODAY,
            "Your blood pressure is low",
            "For some people that is normal. It matters when you feel dizzy or faint.",
            (
                "Sit down for a while, and get up slowly.",
                "Drink a glass of water.",
                "Dizzy, faint or falling: tell your doctor today.",
            ),
            source=NHS_LOW_PRESSURE,
        ),
    ),
    (
        Kind.PAIN,
        lambda reading: _value(reading) >= 9,
        Advice(
            "pain_strong",
            Urgency.TODAY,
            "I am sorry that it hurts so much",
            "If it is new or came suddenly, or if it is in your chest, press I need help now.",
            ("Rest in the way that hurts least.", "Tell your doctor or somebody near you today."),
        ),
    ),
    (
        Kind.MOOD,
        lambda reading: _value(reading) <= 1,
        Advice(
            "mood_bad",
            Urgency.CALM,
            "I am sorry that it is a bad day",
            "You do not have to carry it alone. Talk with me, or ring somebody you like.",
        ),
    ),
)


def advice_for(reading: Reading) -> Advice | None:
    """What to do about a reading, or None where nothing needs to be said."""
    for kind, fits, advice in _RULES:
        if reading.kind == kind and reading.value is not None and fits(reading):
            return advice
    return None


def advice_by_key(key: str) -> Advice | None:
    """A piece of advice by its key."""
    return next((advice for _, _, advice in _RULES if advice.key == key), None)


def _value(reading: Reading) -> float:
    return reading.value or 0.0
