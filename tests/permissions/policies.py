"""What a route may ask for, and which actors then get it: while only alerts are shared, and while everything is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.permissions.world import ACTORS

EVERYBODY = frozenset(ACTORS)
SIGNED_IN = EVERYBODY - {"anonymous"}
SENIOR = frozenset({"senior"})
MANAGERS = frozenset({"senior", "primary"})
FAMILY = frozenset({"senior", "primary", "family", "carer", "viewer"})
CIRCLE = FAMILY | {"staff"}
WRITERS = CIRCLE - {"viewer"}
DETAILS = frozenset({"senior", "primary", "carer", "staff"})
HANDLERS = WRITERS - SENIOR
NOBODY: frozenset[str] = frozenset()

#: How much the senior shares.
STATES = ("alerts only", "everything")
#: What a route asks for -> who gets it while only alerts are shared, and while everything is.
POLICIES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "anybody": (EVERYBODY, EVERYBODY),
    "signed in": (SIGNED_IN, SIGNED_IN),
    "belong": (CIRCLE, CIRCLE),
    "belong to write": (WRITERS, WRITERS),
    "alerts": (CIRCLE, CIRCLE),
    "handle alerts": (HANDLERS, HANDLERS),
    "item": (SENIOR, CIRCLE),
    "item to write": (SENIOR, WRITERS),
    "details": (DETAILS, DETAILS),
    "manage": (MANAGERS, MANAGERS),
    "decide": (SENIOR, SENIOR),
    "leave": (MANAGERS | {"family"}, MANAGERS | {"family"}),  # the family member of whom it is asked may go
    "own alert": (SENIOR, SENIOR),
    "own sign-in": (frozenset({"family"}), frozenset({"family"})),
    "own contact": (frozenset({"family"}), frozenset({"family"})),
    "operate": (frozenset({"curator"}), frozenset({"curator"})),
}


@dataclass(frozen=True)
class Use:
    """One way to use a route."""

    method: str
    policy: str
    data: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    """Parameters whose value has another name in the world."""
    also: frozenset[int] = frozenset()
    """Refusals that have nothing to do with who asks, as of a link that opens nothing."""


def get(policy: str, query: str = "", *, also: int = 200, **ids: str) -> Use:
    """A reading."""
    return Use("GET", policy, query=query, ids=ids, also=frozenset({also}))


def post(
    policy: str, data: Mapping[str, Any] | None = None, *, method: str = "POST", also: int = 200, **ids: str
) -> Use:
    """A writing."""
    return Use(method, policy, data or {}, ids=ids, also=frozenset({also}))


#: What somebody gets who may not: what nobody could tell from a thing that is not there, or a wish to sign in.
REFUSALS = frozenset({401, 403, 404})


def wrong(outcomes: Mapping[str, int], use: Use, shared: str) -> dict[str, int]:
    """Those who may and got no answer, and those who may not and got one: each with the status."""
    allowed = POLICIES[use.policy][STATES.index(shared)]
    return {
        actor: status
        for actor, status in outcomes.items()
        if (status >= 400 and status not in use.also if actor in allowed else status not in REFUSALS)
    }
