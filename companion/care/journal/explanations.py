"""What public bodies advise where readings change in a certain way: rules as data, each with its page. Pure.

An explanation says what changed and whom to tell. It never says what somebody has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean
from typing import Final

from companion.care.journal.advice import NHS_LOW_SUGAR, Source
from companion.care.journal.measures import Kind, Reading, Unit, amount_words
from companion.care.journal.trends import Point, by_day

_READ: Final = date(2026, 11, 22)
HEART_FAILURE: Final = Source(
    "Weight gain in heart failure",
    "European Society of Cardiology",
    "https://www.heartfailurematters.org/understanding-heart-failure/weight-gain/",
    _READ,
)
WEIGHT_LOSS: Final = Source(
    "Weight loss in older people",
    "NHS Lothian",
    "https://apps.nhslothian.scot/refhelp/guidelines/medicineoftheelderlygeriatrics/weightloss/",
    _READ,
)
NICE_PRESSURE: Final = Source(
    "Hypertension in adults: diagnosis and management (NG136)",
    "National Institute for Health and Care Excellence",
    "https://www.nice.org.uk/guidance/ng136",
    _READ,
)
NHS_DEPRESSION: Final = Source(
    "Depression in adults: when to see a GP",
    "NHS",
    "https://www.nhs.uk/mental-health/conditions/depression-in-adults/",
    _READ,
)


@dataclass(frozen=True, slots=True)
class Told:
    """One reading with its day."""

    day: date
    reading: Reading


@dataclass(frozen=True, slots=True)
class Explanation:
    """What changed, what to do, and where that is from."""

    key: str
    what: str
    do: str
    source: Source


_Rule = Callable[[Sequence[Told], date, Unit], Explanation | None]


def explain(kind: str, told: Sequence[Told], *, today: date, unit: Unit) -> tuple[Explanation, ...]:
    """What is worth telling somebody about readings of one kind.

    Args:
        kind: of the readings.
        told: readings of the last half year, in order of time.
        today: the senior's own day.
        unit: in which numbers are worded.
    """
    found = (rule(told, today, unit) for rule in _RULES.get(Kind(kind), ()))
    return tuple(explanation for explanation in found if explanation is not None)


def _quick_gain(told: Sequence[Told], today: date, unit: Unit) -> Explanation | None:
    """More than 2 kg within 3 days, up to a reading of the last 2 days."""
    days = _daily(told)
    if not days or days[-1].day < today - timedelta(days=2):
        return None
    last = days[-1]
    before = [point for point in days[:-1] if point.day >= last.day - timedelta(days=3)]
    lowest = min(before, key=lambda point: point.value, default=None)
    if lowest is None or last.value - lowest.value <= 2:
        return None
    number = (last.day - lowest.day).days
    gain = amount_words(Kind.WEIGHT, last.value - lowest.value, unit)
    return Explanation(
        "quick_gain",
        f"Up {gain} in {number} {'day' if number == 1 else 'days'}.",
        "Weigh once more. If you have a weak heart, tell the heart nurse or the doctor today.",
        HEART_FAILURE,
    )


def _slow_loss(told: Sequence[Told], today: date, unit: Unit) -> Explanation | None:
    """5 % less than half a year ago: the middle of the last 2 weeks against that of 5 to 6 months ago."""
    days = _daily(told)
    now = [point.value for point in days if point.day > today - timedelta(days=14)]
    then = [point.value for point in days if today - timedelta(days=185) <= point.day <= today - timedelta(days=60)]
    if len(now) < 2 or len(then) < 2:
        return None
    lost = max(then) - mean(now)
    if lost < 0.05 * max(then):
        return None
    return Explanation(
        "slow_loss",
        f"Down {amount_words(Kind.WEIGHT, lost, unit)} in the last months.",
        "If you did not mean to lose weight, tell your doctor.",
        WEIGHT_LOSS,
    )


def _raised_at_home(told: Sequence[Told], today: date, unit: Unit) -> Explanation | None:
    """A mean of 135 over 85 or more at home, from readings of at least 4 of the last 14 days."""
    recent = [each for each in told if each.day > today - timedelta(days=14) and each.reading.lower is not None]
    if len({each.day for each in recent}) < 4:
        return None
    upper = mean(each.reading.value or 0 for each in recent)
    lower = mean(each.reading.lower or 0 for each in recent)
    if upper < 135 and lower < 85:
        return None
    return Explanation(
        "raised_at_home",
        f"On average {upper:.0f} over {lower:.0f} in the last two weeks ({len(recent)} readings).",
        "Show this to your doctor at the next visit. Doctors look twice at 135 over 85 or more at home.",
        NICE_PRESSURE,
    )


def _often_low(told: Sequence[Told], today: date, unit: Unit) -> Explanation | None:
    """Two or more low values in 14 days."""
    recent = [each for each in told if each.day > today - timedelta(days=14)]
    low = [each for each in recent if (each.reading.value or 9) < 3.95]
    if len(low) < 2:
        return None
    return Explanation(
        "often_low",
        f"Low {len(low)} times in the last two weeks ({len(recent)} readings).",
        "Tell your diabetes nurse or your doctor this week, and keep something sugary near you.",
        NHS_LOW_SUGAR,
    )


def _low_for_weeks(told: Sequence[Told], today: date, unit: Unit) -> Explanation | None:
    """A low mood on at least 10 of the last 14 days, and on four days in five of those that are told of."""
    recent = _daily([each for each in told if each.day > today - timedelta(days=14)])
    low = [point for point in recent if point.value <= 2]
    if len(low) < 10 or len(low) < 0.8 * len(recent):
        return None
    return Explanation(
        "low_for_weeks",
        f"Low on {len(low)} of {len(recent)} days in the last two weeks.",
        "That is a long time. A doctor can help with it. Please tell yours, or somebody you trust.",
        NHS_DEPRESSION,
    )


def _daily(told: Sequence[Told]) -> list[Point]:
    return by_day([Point(each.day, each.reading.value) for each in told if each.reading.value is not None])


_RULES: Final[dict[Kind, tuple[_Rule, ...]]] = {
    Kind.WEIGHT: (_quick_gain, _slow_loss),
    Kind.BLOOD_PRESSURE: (_raised_at_home,),
    Kind.GLUCOSE: (_often_low,),
    Kind.MOOD: (_low_for_weeks,),
}
