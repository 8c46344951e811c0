"""The pieces of the facility's pages that are kept fresh while they are open."""

from __future__ import annotations

from typing import Any

from companion.circle.organisations.access import visible_units
from companion.family.facility import selectors
from companion.family.facility.rules import WHY_NOT
from companion.family.live.fragment import Fragment
from companion.family.picture import Picture


def _row(picture: Picture) -> dict[str, Any]:
    return {"row": selectors.row_of(picture.person, picture.senior.pk)}


def _stop(picture: Picture) -> dict[str, Any]:
    stops = selectors.round_of(picture.person, visible_units(picture.person), senior_id=picture.senior.pk)
    return {"stop": next(iter(stops), None), "reasons": WHY_NOT}


FRAGMENTS = (
    Fragment(
        "board-row",
        "facility/parts/row.html",
        frozenset({"alert.changed", "dose.changed", "activity.changed"}),
        _row,
        comes_at_once=False,  # a board shows hundreds: it compares itself with the server's when it begins to listen
    ),
    Fragment("round-stop", "facility/parts/stop.html", frozenset({"dose.changed"}), _stop),
)
