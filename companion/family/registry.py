"""Every fragment there is. A part of the portal lists its own here; an open page asks for them by `data-fragment`."""

from __future__ import annotations

from functools import cache

from companion.family import fragments
from companion.family.facility import fragments as facility
from companion.family.live.fragment import CIRCLE_CHANGED, Fragment, OwnFragment

#: About one senior, by name. On the page: `data-fragment="<name>"`, and `data-senior="<id>"` on it or above it.
FRAGMENTS: dict[str, Fragment] = {one.name: one for one in (*fragments.FRAGMENTS, *facility.FRAGMENTS)}
#: About everybody a person looks after, by name.
OWN_FRAGMENTS: dict[str, OwnFragment] = {one.name: one for one in fragments.OWN_FRAGMENTS}


@cache
def touched_by(hint: str) -> frozenset[str]:
    """The names of the fragments about a senior that may look different after a hint."""
    return frozenset(name for name, one in FRAGMENTS.items() if hint == CIRCLE_CHANGED or hint in one.hints)


@cache
def own_touched_by(hint: str) -> frozenset[str]:
    """The names of the fragments about everybody that may look different after a hint."""
    return frozenset(name for name, one in OWN_FRAGMENTS.items() if hint == CIRCLE_CHANGED or hint in one.hints)
