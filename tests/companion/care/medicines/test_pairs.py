"""Pairs of medicines to ask a pharmacist about: found by any of their names, never called safe."""

from __future__ import annotations

import pytest

from companion.care.medicines.models import Regimen
from companion.care.medicines.pairs import _known, pairs_among


def found(*names: str) -> list[str]:
    regimens = [Regimen(name=name) for name in names]
    return [f"{pair.first.name} + {pair.second.name}: {pair.why}" for pair in pairs_among(regimens)]


@pytest.mark.parametrize("names", [("Warfarin 3 mg", "Nurofen"), ("IBUPROFEN", "Coumadin"), ("Aleve", "Marevan")])
def test_pair_is_found_by_any_name_in_any_order(names: tuple[str, str]) -> None:
    assert found(*names) == [f"{names[0]} + {names[1]}: Together they can make bleeding more likely."]


def test_other_name_counts_too() -> None:
    brand = Regimen(name="The white one", generic_name="simvastatin")
    assert len(pairs_among([brand, Regimen(name="Clarithromycin 500")])) == 1


def test_same_medicine_twice_is_asked_about() -> None:
    pairs = pairs_among([Regimen(name="Metoprolol 25 mg"), Regimen(name="Lopressor", generic_name="metoprolol")])
    assert [pair.why for pair in pairs] == [""]
    assert "ask your pharmacist" in pairs[0].ask


@pytest.mark.parametrize("names", [("Metoprolol", "Ramipril"), ("Vitamin D", "Vitamin C"), ("Warfarin",), ()])
def test_nothing_known_says_nothing(names: tuple[str, ...]) -> None:
    assert found(*names) == []


def test_list_is_whole_and_never_says_safe() -> None:
    known = _known()
    for pair in known["pairs"]:
        assert set(pair["between"]) <= known["groups"].keys()
        assert pair["page"].startswith(("a6", "a7"))
        assert not {"safe", "dose", "mg"} & set(pair["why"].lower().rstrip(".").split())
