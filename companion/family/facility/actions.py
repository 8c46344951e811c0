"""What staff do on the facility's pages that no other room does: hand-over notes and bringing in a list of residents.

All of them block: the event loop calls them through `lilo_site.threads.in_thread`.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from companion.accounts import audit
from companion.accounts.models import User
from companion.circle.access import Need, NotYoursError, residents_for
from companion.circle.organisations.access import access_post, access_unit
from companion.circle.organisations.admissions import admit
from companion.circle.organisations.events import home_changed_on_commit
from companion.circle.organisations.models import Residency
from companion.circle.organisations.selectors import current_window
from companion.circle.refusals import RefusedError
from companion.family.facility import roster, selectors
from companion.family.facility.models import HandoverNote, NoteReceipt
from companion.safety import clock

LONGEST_NOTE = 2_000


def write_note(
    by: User, unit_id: UUID, *, text: str, senior_id: UUID | None = None, is_urgent: bool = False
) -> HandoverNote:
    """Leave a note for the next shift of a unit, about the unit or about one of its residents.

    Raises:
        NotYoursError: `by` does not work there, or the resident does not live there.
        RefusedError: there are no words, or too many.
    """
    words = text.strip()
    if not words:
        raise RefusedError("Please write the note first.")
    if len(words) > LONGEST_NOTE:
        raise RefusedError(f"Please use at most {LONGEST_NOTE:,} letters.")
    with transaction.atomic():
        unit = access_unit(by, unit_id)
        residents = residents_for(by, Need.BELONG).filter(unit=unit)
        if senior_id is not None and not residents.filter(senior=senior_id).exists():
            raise NotYoursError
        now = clock.now()
        window = current_window([unit], by, now)
        note = HandoverNote.objects.create(
            unit=unit,
            senior_id=senior_id,
            text=words,
            is_urgent=is_urgent,
            shift_began_at=window.begins if window else None,
            written_at=now,
            written_by=by,
        )
        audit.record(by, "note.written", "note", note.pk, subject=senior_id)
        home_changed_on_commit(unit.organisation_id)
    return note


def read_notes(by: User, note_ids: Collection[UUID]) -> int:
    """Say that one has read these notes; how many were new. One's own need no receipt.

    Raises:
        NotYoursError: one of them is not theirs to read.
    """
    with transaction.atomic():
        found = [selectors.visible_note(by, note_id) for note_id in set(note_ids)]
        others = [note for note in found if note.written_by_id != by.pk]
        known = set(NoteReceipt.objects.filter(note__in=others, reader=by).values_list("note", flat=True))
        fresh = [note for note in others if note.pk not in known]
        now = clock.now()
        receipts = [NoteReceipt(note=note, reader=by, at=now) for note in fresh]
        NoteReceipt.objects.bulk_create(receipts, ignore_conflicts=True)
        for note in fresh:
            audit.record(by, "note.read", "note", note.pk, subject=note.senior_id)
    return len(fresh)


def check_roster(by: User, organisation_id: UUID, text: str) -> list[roster.Line]:
    """What bringing in a list of residents would do, row by row. Nothing is stored.

    Raises:
        NotYoursError: `by` does not run the home.
        RefusedError: it is no list, or too long.
    """
    home = access_post(by, organisation_id, to_manage=True).organisation
    units = list(home.units.all())
    present = Residency.objects.filter(unit__in=units, moved_out_at=None, senior__user__deleted_at=None)
    known = present.values_list("senior__user__full_name", "unit__name", "room")
    return roster.read(text, {unit.name: unit.pk for unit in units}, known, country=home.country)


def import_roster(by: User, organisation_id: UUID, text: str) -> list[roster.Line]:
    """Bring in a list of residents; what became of each row. A bad row stops no good one.

    Each row is stored by itself, so that the database is free for an alert in between. The same list brought in twice
    adds nobody twice.

    Raises:
        NotYoursError: `by` does not run the home.
        RefusedError: it is no list, or too long.
    """
    return [_admitted(by, line) for line in check_roster(by, organisation_id, text)]


def _admitted(by: User, line: roster.Line) -> roster.Line:
    if line.resident is None:
        return line
    one = line.resident
    try:
        residency = admit(
            by,
            one.unit_id,
            full_name=one.name,
            preferred_name=one.preferred_name,
            room=one.room,
            phone=one.phone,
            agreed=one.agreed,
        )
    except RefusedError as error:
        return line.refused(str(error))
    return line.admitted(residency.senior_id)
