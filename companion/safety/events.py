"""What safety tells the rest of the house."""

from __future__ import annotations

from typing import Literal, TypedDict


class AlertChanged(TypedDict):
    """An alert's timeline has a new line; sent to the group `senior.<id>`.

    A hint: ask for what came after `sequence`.
    """

    type: Literal["alert.changed"]
    senior_id: str
    alert_id: str
    sequence: int
    kind: str
    state: str
