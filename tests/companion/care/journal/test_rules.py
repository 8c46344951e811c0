"""What people write into a field: read in every unit, asked again where it cannot be right."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from companion.care.journal.measures import (
    MEASURES,
    Kind,
    Reading,
    amount_words,
    from_base,
    number_in,
    to_base,
    unit_of,
    usual_unit,
)
from companion.care.journal.rules import Grade, UnclearError, check, read


@pytest.mark.parametrize(
    ("kind", "text", "unit", "value", "lower"),
    [
        (Kind.WEIGHT, "72.4", "kg", 72.4, None),
        (Kind.WEIGHT, " 72,4 ", "kg", 72.4, None),
        (Kind.WEIGHT, "72.4 kg", "lb", 72.4, None),
        (Kind.WEIGHT, "160 pounds", "kg", 72.575, None),
        (Kind.WEIGHT, "11 st 4", "kg", 71.668, None),
        (Kind.WEIGHT, "11st4lb", "st", 71.668, None),
        (Kind.WEIGHT, "11 stone and 4 pounds", "kg", 71.668, None),
        (Kind.WEIGHT, "11", "st", 69.853, None),
        (Kind.GLUCOSE, "6,2", "mmol/L", 6.2, None),
        (Kind.GLUCOSE, "112", "mg/dL", 6.216, None),
        (Kind.GLUCOSE, "112 mg/dl", "mmol/L", 6.216, None),
        (Kind.HEIGHT, "162 cm", "ft", 162.0, None),
        (Kind.HEIGHT, "5'4\"", "cm", 162.56, None),
        (Kind.HEIGHT, "5 ft 4 in", "cm", 162.56, None),
        (Kind.STEPS, "4,000", "", 4000.0, None),
        (Kind.STEPS, "12 500 steps", "", 12500.0, None),
        (Kind.SLEEP_HOURS, "6.5 hours", "", 6.5, None),
        (Kind.BLOOD_PRESSURE, "128/79", "", 128.0, 79.0),
        (Kind.BLOOD_PRESSURE, "128 over 79", "", 128.0, 79.0),
        (Kind.BLOOD_PRESSURE, "128 79 mmHg", "", 128.0, 79.0),
        (Kind.MOOD, "4", "", 4.0, None),
    ],
)
def test_written_numbers_are_read(kind: Kind, text: str, unit: str, value: float, lower: float | None) -> None:
    reading = read(kind, text, unit)
    assert reading.value == pytest.approx(value, abs=0.001)
    assert reading.lower == lower
    assert check(reading).grade is Grade.FINE


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        (Kind.WEIGHT, "heavy", "such as 72.4"),
        (Kind.WEIGHT, "72 mmol", "kg or lb or st"),
        (Kind.BLOOD_PRESSURE, "128", "both numbers"),
        (Kind.MOOD, "happy", "press one"),
        (Kind.NOTE, "   ", "few words"),
        (Kind.STEPS, "", "such as 4000"),
    ],
)
def test_what_holds_no_reading_says_what_to_write(kind: Kind, text: str, says: str) -> None:
    with pytest.raises(UnclearError, match=says):
        read(kind, text)


@pytest.mark.parametrize(
    ("kind", "text", "unit", "meant"),
    [
        (Kind.WEIGHT, "724", "kg", ["72.4 kg"]),
        (Kind.WEIGHT, "7240", "kg", ["72.4 kg"]),
        (Kind.GLUCOSE, "120", "mmol/L", ["120 mg/dL", "12 mmol/L"]),
        (Kind.GLUCOSE, "5.5", "mg/dL", ["5.5 mmol/L", "55 mg/dL"]),
        (Kind.BLOOD_PRESSURE, "79/128", "", ["128 over 79"]),
        (Kind.BLOOD_PRESSURE, "1280/79", "", ["128 over 79"]),
        (Kind.HEIGHT, "1.62", "cm", ["162 cm"]),
        (Kind.WEIGHT, "0", "kg", []),
        (Kind.STEPS, "-5", "", []),
        (Kind.PAIN, "11", "", []),
        (Kind.MOOD, "0", "", []),
        (Kind.SLEEP_HOURS, "25", "", ["2.5 hours"]),
    ],
)
def test_impossible_values_are_asked_again_with_what_may_be_meant(
    kind: Kind, text: str, unit: str, meant: list[str]
) -> None:
    checked = check(read(kind, text, unit))
    assert checked.grade is Grade.IMPOSSIBLE
    assert checked.words
    said = [
        amount_words(each.kind, each.value or 0, unit_of(each.kind, each.unit), lower=each.lower)
        for each in checked.suggestions
    ]
    assert said == meant


@pytest.mark.parametrize(("kind", "text"), [(Kind.WEIGHT, "240 kg"), (Kind.GLUCOSE, "40"), (Kind.STEPS, "60000")])
def test_unusual_values_are_confirmed(kind: Kind, text: str) -> None:
    checked = check(read(kind, text))
    assert checked.grade is Grade.UNUSUAL
    assert checked.words.endswith("Is it right?")


@pytest.mark.parametrize(
    ("kind", "text"), [(Kind.GLUCOSE, "2.1"), (Kind.GLUCOSE, "31"), (Kind.BLOOD_PRESSURE, "215/125")]
)
def test_dangerous_values_are_never_held_up_by_a_question(kind: Kind, text: str) -> None:
    assert check(read(kind, text)).grade is Grade.FINE


def test_a_leap_is_confirmed_and_the_nearest_to_the_last_is_offered_first() -> None:
    before = Reading(Kind.WEIGHT, 72.0, unit="kg")
    checked = check(read(Kind.WEIGHT, "160", "kg"), before)
    assert checked.grade is Grade.UNUSUAL
    assert "The last time it was 72 kg" in checked.words
    assert [each.unit for each in checked.suggestions] == ["lb"]
    assert check(read(Kind.WEIGHT, "74", "kg"), before).grade is Grade.FINE


@pytest.mark.parametrize("kind", [kind for kind, measure in MEASURES.items() if not measure.lower])
def test_the_ends_of_every_range_are_possible_and_what_lies_beyond_is_not(kind: Kind) -> None:
    low, high = MEASURES[kind].possible
    step = 1 if MEASURES[kind].faces else 0.01
    assert all(check(Reading(kind, end)).grade is not Grade.IMPOSSIBLE for end in (low, high))
    assert all(check(Reading(kind, end)).grade is Grade.IMPOSSIBLE for end in (low - step, high + step))


@pytest.mark.parametrize(("upper", "lower"), [(49, 40), (301, 80), (120, 24), (250, 201), (80, 80)])
def test_both_numbers_of_a_blood_pressure_have_a_range(upper: float, lower: float) -> None:
    assert check(Reading(Kind.BLOOD_PRESSURE, upper, lower)).grade is Grade.IMPOSSIBLE


def test_a_reading_with_half_a_face_or_a_stray_second_number_is_impossible() -> None:
    assert check(Reading(Kind.MOOD, 3.5)).grade is Grade.IMPOSSIBLE
    assert check(Reading(Kind.WEIGHT, 72, lower=60)).grade is Grade.IMPOSSIBLE
    assert check(Reading(Kind.WEIGHT)).grade is Grade.IMPOSSIBLE


MEASURED = [
    (kind, unit.key)
    for kind in (Kind.WEIGHT, Kind.GLUCOSE, Kind.HEIGHT, Kind.STEPS, Kind.SLEEP_HOURS)
    for unit in MEASURES[kind].units
]


@given(some.sampled_from(MEASURED), some.floats(0, 1))
def test_what_is_shown_is_read_back_as_the_same(pair: tuple[Kind, str], share: float) -> None:
    kind, key = pair
    low, high = MEASURES[kind].usual
    unit = unit_of(kind, key)
    shown = number_in(unit, low + share * (high - low))
    again = read(kind, shown, key)
    assert number_in(unit, again.value or 0) == shown, "shown, read and shown again is another number"
    assert again.unit == key


@given(some.sampled_from(MEASURED), some.floats(0.1, 500))
def test_units_turn_back_into_themselves(pair: tuple[Kind, str], amount: float) -> None:
    unit = unit_of(*pair)
    assert from_base(unit, to_base(unit, amount)) == pytest.approx(amount)


@given(some.integers(50, 300), some.integers(25, 200))
def test_blood_pressure_is_read_back(upper: int, lower: int) -> None:
    said = amount_words(Kind.BLOOD_PRESSURE, upper, lower=lower)
    reading = read(Kind.BLOOD_PRESSURE, said)
    assert (reading.value, reading.lower) == (upper, lower)


@given(some.sampled_from([kind for kind in Kind if kind != Kind.CHECK_IN]), some.text(max_size=60))
def test_any_text_is_read_or_kindly_refused(kind: Kind, text: str) -> None:
    with suppress(UnclearError):
        assert check(read(kind, text)).grade in Grade


@pytest.mark.parametrize(
    ("kind", "country", "unit"),
    [
        (Kind.WEIGHT, "US", "lb"),
        (Kind.WEIGHT, "GB", "st"),
        (Kind.WEIGHT, "FR", "kg"),
        (Kind.GLUCOSE, "US", "mg/dL"),
        (Kind.GLUCOSE, "GB", "mmol/L"),
        (Kind.HEIGHT, "US", "ft"),
        (Kind.HEIGHT, "AU", "cm"),
    ],
)
def test_each_country_has_its_own_units(kind: Kind, country: str, unit: str) -> None:
    assert usual_unit(kind, country).key == unit
