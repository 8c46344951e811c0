"""What homes tell the rest of the house: hints only, sent when the change is committed."""

from __future__ import annotations

from typing import Literal, TypedDict
from uuid import UUID

from django.db import transaction

from companion.circle.events import send_hints


class HomeChanged(TypedDict):
    """People or shifts of a home changed: whoever shows it must ask again what there is to see."""

    type: Literal["home.changed"]
    organisation_id: str
    senior_id: str
    """The resident it is about, or nothing."""


def home_group(organisation_id: UUID) -> str:
    """The channel-layer group of everybody who works in one home."""
    return f"home.{organisation_id}"


def home_changed_on_commit(organisation_id: UUID, *, senior_id: UUID | None = None) -> None:
    """Send the hint once the change is stored."""
    event = HomeChanged(
        type="home.changed", organisation_id=str(organisation_id), senior_id=str(senior_id) if senior_id else ""
    )
    transaction.on_commit(lambda: send_hints([(home_group(organisation_id), dict(event))]))
