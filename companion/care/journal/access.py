"""The only way to an entry for a person."""

from __future__ import annotations

from uuid import UUID

from companion.accounts.models import User
from companion.care.journal.models import Entry
from companion.circle.access import Need, NotYoursError, access_senior


def access_entry(person: User, senior_id: UUID, entry_id: UUID, *, to_write: bool = False) -> Entry:
    """A current entry of a senior's journal, where it is shared with the person.

    Raises:
        NotYoursError: unknown, ended or forbidden, with the same words.
    """
    senior = access_senior(person, senior_id, need=Need.JOURNAL, to_write=to_write)
    entry = Entry.objects.select_related("written_by").filter(pk=entry_id, senior_id=senior.pk).first()
    if entry is None:
        raise NotYoursError
    return entry
