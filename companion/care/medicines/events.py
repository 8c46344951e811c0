"""What medicines tell the rest of the house: hints without words, sent once the change is stored."""

from __future__ import annotations

from typing import Literal, TypedDict
from uuid import UUID

from companion.circle.events import announce


class DoseChanged(TypedDict):
    """A dose or a medicine of a senior changed: whoever shows it must ask again."""

    type: Literal["dose.changed"]
    senior_id: str
    regimen_id: str
    occurrence_id: str
    """Empty where it is about the medicine itself."""


def dose_changed(senior_id: UUID, regimen_id: UUID, occurrence_id: UUID | None = None) -> DoseChanged:
    """The hint."""
    return DoseChanged(
        type="dose.changed",
        senior_id=str(senior_id),
        regimen_id=str(regimen_id),
        occurrence_id=str(occurrence_id or ""),
    )


def dose_changed_on_commit(senior_id: UUID, regimen_id: UUID, occurrence_id: UUID | None = None) -> None:
    """Send the hint once the change is stored."""
    announce(senior_id, dose_changed(senior_id, regimen_id, occurrence_id))
