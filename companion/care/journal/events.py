"""What the journal tells the rest of the house: hints only, sent when the change is committed."""

from __future__ import annotations

from typing import Literal, TypedDict
from uuid import UUID

from django.db import transaction

from companion.circle.events import send_hints, senior_group


class JournalChanged(TypedDict):
    """Something in a senior's journal changed: whoever shows it asks for it again."""

    type: Literal["journal.changed"]
    senior_id: str


def journal_changed_on_commit(senior_id: UUID) -> None:
    """Send the hint once the change is stored."""
    event = JournalChanged(type="journal.changed", senior_id=str(senior_id))
    transaction.on_commit(lambda: send_hints([(senior_group(senior_id), dict(event))]))
