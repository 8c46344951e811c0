"""Conversations in the relational database: the embedded default."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from pydantic import BaseModel

from companion.chat.events import Choice, SourceItem
from companion.chat.history.port import StoredMessage, StoredTurn
from companion.chat.models import Message


class _Details(BaseModel):
    """What is kept of an answer besides its words; encrypted with them."""

    kind: str = ""
    sources: tuple[SourceItem, ...] = ()
    entries: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()


class OrmHistory:
    """`ConversationHistory` over the `Message` table."""

    def append(self, user_id: UUID, turn: StoredTurn) -> bool:
        """Write both sides in one transaction; the unique constraint refuses a message id for the second time."""
        try:
            with transaction.atomic():
                Message.objects.bulk_create([_row(user_id, turn.said), _row(user_id, turn.answered)])
        except IntegrityError:
            return False
        return True

    def find(self, user_id: UUID, message_id: str) -> StoredTurn | None:
        """Both sides of the turn, or None."""
        sides = {row.role: _stored(row) for row in Message.objects.filter(user_id=user_id, message_id=message_id)}
        if len(sides) != len(Message.Role):
            return None
        return StoredTurn(said=sides["senior"], answered=sides["lilo"])

    def recent(self, user_id: UUID, *, limit: int) -> list[StoredMessage]:
        """The last messages by time; within a turn the senior speaks first."""
        rows = Message.objects.filter(user_id=user_id).order_by("-said_at", "role")[:limit]
        return [_stored(row) for row in reversed(rows)]


def _row(user_id: UUID, message: StoredMessage) -> Message:
    details = _Details(
        kind=message.kind,
        sources=message.sources,
        entries=message.entries,
        suggestions=message.suggestions,
        choices=message.choices,
    )
    return Message(
        user_id=user_id,
        turn_id=message.turn_id,
        message_id=message.message_id,
        role=message.role,
        text=message.text,
        details=details.model_dump_json() if message.role == "lilo" else "",
        said_at=message.created_at,
    )


def _stored(row: Message) -> StoredMessage:
    details = _Details.model_validate_json(row.details) if row.details else _Details()
    return StoredMessage(
        turn_id=row.turn_id,
        message_id=row.message_id,
        role="senior" if row.role == Message.Role.SENIOR else "lilo",
        text=row.text,
        created_at=row.said_at,
        kind=details.kind,
        sources=details.sources,
        entries=details.entries,
        suggestions=details.suggestions,
        choices=details.choices,
    )
