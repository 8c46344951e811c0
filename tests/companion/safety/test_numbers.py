"""The right number, wherever somebody lives."""

from __future__ import annotations

import pytest

from companion.safety.numbers import LINES, emergency_numbers


@pytest.mark.parametrize(
    ("country", "number"),
    [("US", "911"), ("us", "911"), ("GB", "999"), ("UK", "999"), ("IE", "112"), ("DE", "112"), ("CA", "911"),
     ("AU", "000"), ("NZ", "111"), ("IN", "112"), ("ZA", "112"), ("JP", "119"), ("HU", "112"), ("", "112"),
     ("XX", "112")],
)  # fmt: skip
def test_emergency_number(country: str, number: str) -> None:
    assert emergency_numbers(country)[0].number == number


def test_every_need_has_somebody_to_ring_everywhere() -> None:
    for country in (*LINES, "XX"):
        for need in ("medical", "fire", "police", "crisis", "poison", "gas", "abuse", "scam"):
            phones = emergency_numbers(country, need)
            assert phones
            for phone in phones:
                assert phone.label
                assert phone.tel.removeprefix("tel:").strip("+*").isdigit(), phone


def test_tel_addresses_hold_only_what_a_phone_dials() -> None:
    poison = emergency_numbers("US", "poison")[1]
    assert (poison.number, poison.tel) == ("1-800-222-1222", "tel:18002221222")


def test_fire_and_police_have_their_own_number_where_they_do() -> None:
    assert emergency_numbers("JP", "police")[0].number == "110"
    assert emergency_numbers("NO", "fire")[0].number == "110"
    assert emergency_numbers("NO")[0].number == "113"


def test_crisis_line_comes_with_the_emergency_number() -> None:
    assert [phone.number for phone in emergency_numbers("US", "crisis")] == ["911", "988"]
