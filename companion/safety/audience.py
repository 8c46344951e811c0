"""Whom to tell, as a pure decision: the circle in order of contact and the rung in, people out.

Somebody who lives in a home has its staff nearest: those on shift in their unit first, then who runs the home, then the
family.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

from companion.circle.models import Role
from companion.safety.ladder import EVERYONE

#: Where one of the circle may be the cause: told to nobody by itself but the home's safeguarding lead.
CONFIDENTIAL = frozenset({"abuse"})


class AtHome(StrEnum):
    """What a person is in the home where the senior lives, at this moment."""

    NOTHING = ""
    ON_SHIFT = "on_shift"
    LEAD = "lead"
    OFF_SHIFT = "off_shift"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be told, of the circle or of the senior's home, with the accepted ways to reach them."""

    user_id: UUID
    role: str
    is_safeguarding_lead: bool = False
    points: tuple[tuple[UUID, str], ...] = ()
    """Contact point id and channel."""
    at_home: AtHome = AtHome.NOTHING


@dataclass(frozen=True, slots=True)
class Target:
    """One person on one channel."""

    channel: str
    point_id: UUID | None = None
    user_id: UUID | None = None

    def key(self, alert_id: UUID, notice: int) -> UUID:
        """The id of the delivery, the same wherever it is worked out: in the database or from the spool."""
        return uuid5(alert_id, f"{notice}:{self.point_id or self.channel}")


def on_rung(people: Sequence[Person], rung: int, *, is_calmed: bool = False) -> tuple[Person, ...]:
    """The people of one rung. A rung without anybody reachable passes to the next.

    Args:
        people: the whole circle, in order of contact, and the staff of the senior's home.
        rung: 1 first contacts, 2 the other family and carers, 3 and more everyone. In a home: 1 who is on shift, 2 who
            runs it too, 3 and more the family too.
        is_calmed: the senior said they are OK: only those of the first rung are reminded.
    """
    reachable = tuple(person for person in people if person.points)
    family, on_shift, leads, off_shift = (
        tuple(person for person in reachable if person.at_home is at_home) for at_home in AtHome
    )
    # A rota that nobody keeps must not leave a call unheard: then whoever works in the unit is told.
    near = on_shift or leads or off_shift
    if not near:
        return _circle_rung(family, rung, is_calmed=is_calmed)
    if is_calmed or rung == 1:
        return near
    if rung < EVERYONE:
        further = leads if on_shift else _circle_rung(family, 1)
        return (*near, *(further or _circle_rung(family, 1)))
    return (*on_shift, *leads, *family) if on_shift else (*leads, *off_shift, *family)


def _circle_rung(reachable: tuple[Person, ...], rung: int, *, is_calmed: bool = False) -> tuple[Person, ...]:
    """The same for the circle by itself."""
    first = tuple(person for person in reachable if person.role == Role.PRIMARY) or reachable[:1]
    if is_calmed or (rung == 1 and first):
        return first
    if rung < EVERYONE:
        near = tuple(p for p in reachable if p.role in (Role.FAMILY, Role.CARER) and p not in first)
        return near or reachable
    return reachable


def confidants(people: Sequence[Person], picked: frozenset[UUID]) -> tuple[Person, ...]:
    """Who is told of a confidential alert: safeguarding leads, and those the senior picked."""
    return tuple(p for p in people if p.points and (p.is_safeguarding_lead or p.user_id in picked))


def targets(people: Sequence[Person]) -> tuple[Target, ...]:
    """Every accepted way to reach these people, all at once: no single channel is trusted."""
    return tuple(Target(channel, point, person.user_id) for person in people for point, channel in person.points)
