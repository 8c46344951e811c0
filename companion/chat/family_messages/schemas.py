"""What the API of messages takes and gives."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from companion.chat.events import Emergency


class MessageOut(Schema):
    """A message between a senior and one person of their circle."""

    id: UUID
    person_id: UUID = Field(description="The member of the circle on the other side.")
    person: str
    by_senior: bool
    text: str
    written_at: datetime
    due_at: datetime | None = Field(description="From when it may come up on the senior's page by itself.")
    seen_at: datetime | None = Field(description="When the one it is for looked at it.")


class MessagesOut(Schema):
    """A page of messages, newest first."""

    items: list[MessageOut]
    next_cursor: str | None


class MessageIn(Schema, extra="forbid"):
    """A message to write."""

    text: str = Field(min_length=1, max_length=1_000)
    to: UUID | None = Field(default=None, description="For the senior: which of their people it is for.")


class WrittenOut(Schema):
    """What became of a message."""

    message: MessageOut | None = Field(description="None where danger was heard and it was kept back.")
    sounds_urgent: bool = Field(description="It tells of danger: call for help as well, a message is not an alert.")
    emergency: Emergency | None = Field(default=None, description="For the senior: show it at once and large.")
