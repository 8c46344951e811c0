"""What the journal tells the rest of the house: hints only, sent when the change is committed."""

from __future__ import annotations

from typing import Literal, TypedDict
from uuid import UUID

from companion.circle.events import announce


class JournalChanged(TypedDict):
    """Something in a senior's journal changed: whoever shows it asks for it again."""

    type: Literal["journal.changed"]
    senior_id: str


def journal_changed_on_commit(senior_id: UUID) -> None:
    """Send the hint once the change is stored."""
    announce(senior_id, JournalChanged(type="journal.changed", senior_id=str(senior_id)))
