"""Conversations in the relational database: the embedded default."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from pydantic import BaseModel

from companion.accounts.models import User
from companion.chat.events import Choice, SourceItem
from companion.chat.history.port import Spoken, StoredMessage, StoredTurn
from companion.chat.models import Message


class _Details(BaseModel):
    """What is kept of an answer besides its words; encrypted with them."""

    kind: str = ""
    sources: tuple[SourceItem, ...] = ()
    entries: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    searched: str = ""
    about: str = ""


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

    def spoken(self, user_id: UUID, *, since: datetime, until: datetime) -> list[Spoken]:
        """By the senior's side of each turn; the words are not read."""
        rows = Message.objects.filter(user_id=user_id, said_at__gte=since, said_at__lt=until).order_by("said_at")
        entries: dict[UUID, tuple[str, ...]] = {}
        said: dict[UUID, datetime] = {}
        for turn_id, role, said_at, details in rows.values_list("turn_id", "role", "said_at", "details"):
            if role == Message.Role.SENIOR:
                said[turn_id] = said_at
            elif details:
                entries[turn_id] = _Details.model_validate_json(details).entries
        return [Spoken(at, entries.get(turn_id, ())) for turn_id, at in said.items()]

    def last_spoken(self, user_ids: Collection[UUID]) -> dict[UUID, datetime]:
        """One step into the index for each person."""
        theirs = Message.objects.filter(user=OuterRef("pk"), role=Message.Role.SENIOR).order_by("-said_at")
        people = User.objects.filter(pk__in=user_ids).annotate(spoke=Subquery(theirs.values("said_at")[:1]))
        return {key: spoke for key, spoke in people.order_by().values_list("pk", "spoke") if spoke is not None}


def _row(user_id: UUID, message: StoredMessage) -> Message:
    details = _Details(
        kind=message.kind,
        sources=message.sources,
        entries=message.entries,
        suggestions=message.suggestions,
        choices=message.choices,
        searched=message.searched,
        about=message.about,
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
        searched=details.searched,
        about=details.about,
    )
