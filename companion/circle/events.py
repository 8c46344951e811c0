"""What the circle tells the rest of the house: hints only, sent when the change is committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict
from uuid import UUID

from django.db import transaction

from companion.accounts.events import send_hints, user_group
from companion.circle.webhooks.actions import tell_webhooks

__all__ = ["CircleChanged", "announce", "circle_changed_on_commit", "send_hints", "senior_group", "user_group"]

What = Literal["people", "sharing", "profile", "invitations"]


class CircleChanged(TypedDict):
    """People, sharing or profile of a circle changed: whoever shows it must ask again what they may see."""

    type: Literal["circle.changed"]
    senior_id: str
    what: What
    user_id: str
    """Whose place or rights changed, where it is one person's; else nothing: it may be anybody's."""
    gone: str
    """The person who is no longer in it, or nothing."""


def senior_group(senior_id: UUID) -> str:
    """The channel-layer group of everything that concerns one senior."""
    return f"senior.{senior_id}"


def announce(senior_id: UUID, event: Mapping[str, Any], *, also: Sequence[str] = ()) -> None:
    """Tell of a change: open pages by a hint once it is stored, webhooks by requests that are stored with it.

    Args:
        senior_id: whose data changed.
        event: a typed event: its `type` and ids, no words.
        also: further groups that get the hint.
    """
    tell_webhooks(senior_id, event["type"], event)
    groups = [senior_group(senior_id), *also]
    transaction.on_commit(lambda: send_hints([(group, dict(event)) for group in groups]))


def circle_changed_on_commit(
    senior_id: UUID, *, what: What = "people", user_id: UUID | None = None, gone: UUID | None = None
) -> None:
    """Send the hint once the change is stored: to whoever has the senior open, and to the person it is about.

    The person is told besides, because one who has just joined has no page of the senior's open yet.
    """
    concerned = gone or user_id
    event = CircleChanged(
        type="circle.changed",
        senior_id=str(senior_id),
        what=what,
        user_id=str(concerned or ""),
        gone=str(gone or ""),
    )
    announce(senior_id, event, also=[user_group(concerned)] if concerned else [])
