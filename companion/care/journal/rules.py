"""Reading what people write and say into readings, and asking again where it cannot be right. Pure, and plain rules."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from companion.care.journal.measures import (
    MAX_WORDS,
    WORDS,
    Kind,
    Measure,
    Reading,
    Unit,
    amount_words,
    measure_of,
    number_in,
    to_base,
    unit_of,
)

#: How many other readings are offered where one cannot be right.
SUGGESTIONS = 2
_NUMBER = r"\d+(?:\.\d+)?"
_THOUSANDS = re.compile(r"(?<=\d)[,. \u00a0\u202f'](?=\d{3}\b)")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d{1,2}\b)")
_PRESSURE = re.compile(rf"^({_NUMBER})\s*(?:/|\\|over|-|to|\s)\s*({_NUMBER})\s*(?:mm\s*hg)?$", re.IGNORECASE)
_STONE = re.compile(
    rf"^({_NUMBER})\s*(?:st|stones?)\.?(?:\s*(?:and\s+)?({_NUMBER})\s*(?:lbs?|pounds?)?\.?)?$", re.IGNORECASE
)
_FEET = re.compile(
    rf"""^(\d+)\s*(?:ft|feet|foot|')\.?(?:\s*({_NUMBER})\s*(?:in|inch|inches|"|'')?\.?)?$""", re.IGNORECASE
)
_PLAIN = re.compile(rf"^(-?{_NUMBER})\s*([a-z/%]*)\.?$", re.IGNORECASE)
_UNIT_WORDS = {
    "kg": "kg", "kgs": "kg", "kilo": "kg", "kilos": "kg", "kilogram": "kg", "kilograms": "kg",
    "lb": "lb", "lbs": "lb", "pound": "lb", "pounds": "lb",
    "mmol": "mmol/L", "mmol/l": "mmol/L", "mmols": "mmol/L", "mg": "mg/dL", "mg/dl": "mg/dL", "mgdl": "mg/dL",
    "cm": "cm", "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "steps": "steps", "step": "steps",
}  # fmt: skip


class Grade(StrEnum):
    """Whether a reading can be written down as it is."""

    FINE = "fine"
    UNUSUAL = "unusual"  # it may be right: ask once
    IMPOSSIBLE = "impossible"  # it cannot be: ask again


@dataclass(frozen=True, slots=True)
class Check:
    """What is thought of a reading, in words for the person, and what they may have meant instead."""

    reading: Reading
    grade: Grade
    words: str = ""
    suggestions: tuple[Reading, ...] = ()


class UnclearError(ValueError):
    """The words hold no reading; the message says what to write."""


def read(kind: str, text: str, unit_key: str = "", *, note: str = "") -> Reading:
    """The reading that a person wrote into a field.

    Args:
        kind: of the field.
        text: as written, with or without a unit: `72,4`, `11 st 4`, `128/79`, `5'4"`.
        unit_key: the unit where the text names none.
        note: words beside it.

    Raises:
        UnclearError: it is no number of this kind.
    """
    kind, note = Kind(kind), note.strip()[:MAX_WORDS]
    if kind in WORDS:
        if not text.strip():
            raise UnclearError("Please write a few words.")
        return Reading(kind, note=text.strip()[:MAX_WORDS])
    measure = measure_of(kind)
    unit = unit_of(kind, unit_key)
    plain = _plain_number(text, whole=kind == Kind.STEPS)
    if measure.lower is not None:
        return replace(_pressure(plain), note=note)
    for pattern, key in ((_STONE, "st"), (_FEET, "ft")):
        found = pattern.match(plain)
        if found is not None and any(each.key == key for each in measure.units):
            parts = unit_of(kind, key)
            amount = float(found[1]) + float(found[2] or 0) / parts.parts
            return Reading(kind, to_base(parts, amount), unit=key, note=note)
    found = _PLAIN.match(plain)
    if found is None:
        raise UnclearError("Please press one of these." if measure.faces else _write_words(measure))
    unit = _unit_named(measure, found[2], unit)
    return Reading(kind, to_base(unit, float(found[1])), unit=unit.key, note=note)


def _write_words(measure: Measure) -> str:
    return f"Please write a number, such as {measure.example}."


def _plain_number(text: str, *, whole: bool) -> str:
    text = " ".join(text.replace("’", "'").replace("″", '"').replace("′", "'").split())
    if whole:
        return _THOUSANDS.sub("", text)
    return _DECIMAL_COMMA.sub(".", text)


def _pressure(text: str) -> Reading:
    found = _PRESSURE.match(text)
    if found is None:
        raise UnclearError("Please write both numbers, the larger one first, such as 128/79.")
    return Reading(Kind.BLOOD_PRESSURE, float(found[1]), float(found[2]), unit="mmHg")


def _unit_named(measure: Measure, word: str, otherwise: Unit) -> Unit:
    if not word:
        return otherwise
    key = _UNIT_WORDS.get(word.lower(), "")
    unit = next((each for each in measure.units if each.key == key), None)
    if unit is None:
        names = " or ".join(each.words for each in measure.units if each.words)
        raise UnclearError(f"I do not know this unit. Please use {names}." if names else "Please write a number only.")
    return unit


def check(reading: Reading, before: Reading | None = None) -> Check:
    """Whether a reading can be right; where it cannot or hardly can, what may have been meant.

    Args:
        reading: as told.
        before: the last reading of the same kind from the days before, where there is one.
    """
    if reading.kind in WORDS:
        return Check(reading, Grade.FINE if reading.note else Grade.IMPOSSIBLE)
    measure = measure_of(reading.kind)
    if reading.value is None or not _is_possible(measure, reading):
        return Check(reading, Grade.IMPOSSIBLE, _impossible_words(measure, reading), _meant(measure, reading, before))
    if measure.faces:
        return Check(reading, Grade.FINE)
    unit = unit_of(reading.kind, reading.unit)
    said = amount_words(reading.kind, reading.value, unit, lower=reading.lower)
    if not _is_usual(measure, reading):
        return Check(reading, Grade.UNUSUAL, f"{said} is unusual. Is it right?", _meant(measure, reading, before))
    if before is not None and _is_leap(measure, reading, before):
        last = amount_words(before.kind, before.value or 0, unit, lower=before.lower)
        words = f"The last time it was {last}. Is {said} right?"
        return Check(reading, Grade.UNUSUAL, words, _meant(measure, reading, before))
    return Check(reading, Grade.FINE)


def _is_possible(measure: Measure, reading: Reading) -> bool:
    if not _within(measure.possible, reading.value):
        return False
    if measure.faces and reading.value != int(reading.value or 0):
        return False
    if measure.lower is None:
        return reading.lower is None
    return _within(measure.lower, reading.lower) and (reading.value or 0) > (reading.lower or 0)


def _is_usual(measure: Measure, reading: Reading) -> bool:
    lower_is_usual = reading.lower is None or 35 <= reading.lower <= 150
    return _within(measure.usual, reading.value) and lower_is_usual


def _is_leap(measure: Measure, reading: Reading, before: Reading) -> bool:
    if measure.leap is None or not before.value or reading.value is None:
        return False
    return abs(reading.value - before.value) > measure.leap * before.value


def _within(span: tuple[float, float], value: float | None) -> bool:
    return value is not None and span[0] <= round(value, 6) <= span[1]


def _impossible_words(measure: Measure, reading: Reading) -> str:
    unit = unit_of(reading.kind, reading.unit)
    name = Kind(reading.kind).label.lower()
    if measure.lower is not None:
        return "These two numbers cannot be right together. The larger one comes first, such as 128/79."
    low, high = (number_in(unit, end) for end in measure.usual)
    words = f" {unit.words}" if unit.words and not unit.parts else ""
    return f"This cannot be right for {name}. It should be between {low} and {high}{words}. Please look again."


def _meant(measure: Measure, reading: Reading, before: Reading | None) -> tuple[Reading, ...]:
    """What may have been meant: a point forgotten, another unit, the two numbers in the other order."""
    if measure.faces or reading.value is None:
        return ()
    others: list[Reading] = []
    if measure.lower is not None and reading.lower is not None:
        others.append(replace(reading, value=reading.lower, lower=reading.value))
        others += [replace(reading, value=reading.value / 10), replace(reading, lower=reading.lower / 10)]
    else:
        told = unit_of(reading.kind, reading.unit)
        amount = reading.value * told.per_base
        others += [
            replace(reading, value=to_base(unit, amount), unit=unit.key) for unit in measure.units if unit is not told
        ]
        others += [replace(reading, value=reading.value * factor) for factor in (0.1, 10, 0.01, 100)]
    fit = [other for other in others if _fits(measure, other, before)]
    if before is not None and before.value:
        last = before.value
        fit.sort(key=lambda other: abs((other.value or 0) - last))
    return tuple(fit[:SUGGESTIONS])


def _fits(measure: Measure, reading: Reading, before: Reading | None) -> bool:
    if not (_is_possible(measure, reading) and _is_usual(measure, reading)):
        return False
    return before is None or not _is_leap(measure, reading, before)
