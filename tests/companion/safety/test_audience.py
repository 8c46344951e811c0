"""Whom each rung tells."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from companion.safety.audience import Person, confidants, on_rung, targets


def member(role: str, *, ways: int = 1, lead: bool = False) -> Person:
    return Person(uuid4(), role, lead, tuple((uuid4(), "email") for _ in range(ways)))


ANNA, BEN, CARA = member("primary", ways=2), member("family"), member("carer")
VERA, STAFF, LEAD = member("viewer"), member("facility_staff"), member("facility_staff", lead=True)
SILENT = member("primary", ways=0)
CIRCLE = (ANNA, BEN, CARA, VERA, STAFF, LEAD)


@pytest.mark.parametrize(
    ("circle", "rung", "told"),
    [
        (CIRCLE, 1, (ANNA,)),
        (CIRCLE, 2, (BEN, CARA)),
        (CIRCLE, 3, CIRCLE),
        (CIRCLE, 9, CIRCLE),
        ((BEN, CARA), 1, (BEN,)),  # nobody is first contact: the first in order is
        ((BEN, CARA), 2, (CARA,)),
        ((SILENT, BEN), 1, (BEN,)),  # who cannot be reached never holds up the others
        ((ANNA,), 2, (ANNA,)),
        ((STAFF, VERA), 2, (STAFF, VERA)),
        ((), 1, ()),
    ],
)
def test_rungs(circle: tuple[Person, ...], rung: int, told: tuple[Person, ...]) -> None:
    assert on_rung(circle, rung) == told


def test_after_the_all_clear_only_first_contacts_are_reminded() -> None:
    assert on_rung(CIRCLE, 7, is_calmed=True) == (ANNA,)


def test_every_way_to_reach_a_person_is_used_at_once() -> None:
    assert {target.point_id for target in targets([ANNA])} == {point for point, _ in ANNA.points}


def test_confidential_is_told_to_leads_and_those_picked_only() -> None:
    assert confidants(CIRCLE, frozenset()) == (LEAD,)
    assert confidants(CIRCLE, frozenset({BEN.user_id})) == (BEN, LEAD)


def test_key_is_the_same_wherever_it_is_worked_out_and_new_for_each_notice() -> None:
    alert = UUID(int=7)
    target = targets([BEN])[0]
    assert target.key(alert, 1) == target.key(alert, 1)
    assert len({target.key(alert, notice) for notice in range(1, 50)}) == 49
