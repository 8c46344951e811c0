"""What is read of conversations. Each is scoped by the person they belong to."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from companion.chat.history import StoredMessage, StoredTurn, history
from companion.chat.models import Feedback

PAGE = 30


def recent_messages(user_id: UUID, *, limit: int = PAGE) -> list[StoredMessage]:
    """The person's last messages, oldest first. Blocks: call it from a thread."""
    return history().recent(user_id, limit=limit)


def find_turn(user_id: UUID, message_id: str) -> StoredTurn | None:
    """The kept turn of a client's message id. Blocks: call it from a thread."""
    return history().find(user_id, message_id)


def opinions_of(user_id: UUID, turn_ids: Collection[UUID]) -> dict[UUID, bool]:
    """Of these turns, those whose answer the person said to have helped, or not."""
    given = Feedback.objects.filter(user=user_id, turn_id__in=turn_ids)
    return dict(given.values_list("turn_id", "helpful"))
