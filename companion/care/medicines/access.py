"""The only way to a medicine's rows for a person: the senior's sharing of medicines decides."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from companion.accounts.models import User
from companion.care.medicines.models import DoseEvent, Occurrence, Regimen
from companion.circle.access import Need, NotYoursError, access_senior

Row = TypeVar("Row", Regimen, Occurrence, DoseEvent)


def regimen_for(person: User, regimen_id: UUID, *, to_write: bool = False) -> Regimen:
    """A medicine that the person may see, or change.

    Raises:
        NotYoursError: unknown or forbidden, with the same words.
    """
    found = Regimen.objects.select_related("senior__user").filter(pk=regimen_id).first()
    return _shared(person, found, to_write=to_write)


def occurrence_for(person: User, occurrence_id: UUID, *, to_write: bool = False) -> Occurrence:
    """A dose that the person may see, or act on.

    Raises:
        NotYoursError: unknown or forbidden, with the same words.
    """
    found = Occurrence.objects.select_related("regimen", "senior__user", "settled_by").filter(pk=occurrence_id).first()
    return _shared(person, found, to_write=to_write)


def event_for(person: User, event_id: UUID, *, to_write: bool = False) -> DoseEvent:
    """A dose event that the person may see, or act on.

    Raises:
        NotYoursError: unknown or forbidden, with the same words.
    """
    found = DoseEvent.objects.select_related("regimen", "senior__user").filter(pk=event_id).first()
    return _shared(person, found, to_write=to_write)


def _shared(person: User, row: Row | None, *, to_write: bool) -> Row:
    if row is None:
        raise NotYoursError
    access_senior(person, row.senior_id, need=Need.MEDICINES, to_write=to_write)
    return row
