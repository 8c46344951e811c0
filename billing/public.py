"""The front door of `billing`: plain data out. No other module of it may be imported from outside."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Plan:
    """What a person may use. A quota never stands between a person and help: danger is heard before it is asked for."""

    name: str
    messages_at_once: int
    messages_per_second: float


#: More than anybody types, less than a broken client sends.
EVERYBODY = Plan("everybody", messages_at_once=20, messages_per_second=1 / 3)


def plan_for(user_id: UUID) -> Plan:
    """The plan of a person: the same for everybody until there are subscriptions."""
    return EVERYBODY
