"""Homes over HTTP: board, hand-over notes, shifts, bringing residents in. What the pages do, by the same actions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Query, Router, Status

from companion.accounts.api_auth import BearerAuth, SignedInRequest
from companion.accounts.models import User
from companion.circle.access import NotYoursError
from companion.circle.api.refusals import told
from companion.circle.organisations import access, rota
from companion.circle.organisations import selectors as homes
from companion.circle.organisations.models import Shift, Unit
from companion.family.facility import actions, selectors
from companion.family.facility.models import HandoverNote
from companion.family.facility.schemas import (
    AtWorkOut,
    BoardOut,
    CountOut,
    HomeOut,
    HomesOut,
    ImportIn,
    ImportOut,
    LineOut,
    NoteIn,
    NoteOut,
    NotesOut,
    ReadIn,
    ReceiptOut,
    RowOut,
    ShiftIn,
    ShiftOut,
    ShiftsOut,
    UnitOut,
)
from companion.safety import clock
from lilo_site.api_paging import Cursor, Limit, page_of

router = Router(tags=["organisations"], auth=BearerAuth())
OfUnit = Annotated[UUID | None, Query(None, alias="unit", description="One unit only.")]
Words = Annotated[str, Query("", max_length=60, alias="q", description="In the name, or the room.")]


@router.get("/organisations", response=HomesOut, operation_id="list_organisations", summary="Where I work")
def list_organisations(request: SignedInRequest) -> HomesOut:
    """The homes that the person works for, with the units they look after."""
    units: dict[UUID, list[UnitOut]] = {}
    for unit in access.visible_units(request.auth):
        units.setdefault(unit.organisation_id, []).append(UnitOut(id=unit.pk, name=unit.name))
    items = [
        HomeOut(
            id=post.organisation_id,
            name=post.organisation.name,
            time_zone=post.organisation.time_zone,
            role=post.role,
            units=units.get(post.organisation_id, []),
        )
        for post in access.posts_of(request.auth)
    ]
    return HomesOut(items=items)


@router.get("/organisations/{organisation_id}/board", response=BoardOut, operation_id="get_board", summary="The board")
def board(request: SignedInRequest, organisation_id: UUID, unit: OfUnit, words: Words) -> BoardOut:
    """Every resident whom the person looks after there, the most urgent first."""
    rows = selectors.board(request.auth, _units(request.auth, organisation_id, unit), words=words)
    return BoardOut(at=clock.now(), items=[_row(row) for row in rows])


@router.get("/organisations/{organisation_id}/notes", response=NotesOut, operation_id="list_notes", summary="Notes")
def list_notes(request: SignedInRequest, organisation_id: UUID, unit: OfUnit, cursor: Cursor, limit: Limit) -> NotesOut:
    """The hand-over notes of the last days, newest first."""
    found = selectors.notes(request.auth, _units(request.auth, organisation_id, unit))
    notes, following = page_of(found, cursor=cursor, limit=limit, order=("-written_at", "-pk"))
    return NotesOut(items=[_note(note) for note in notes], next_cursor=following)


@router.post(
    "/organisations/{organisation_id}/notes",
    response={201: NoteOut},
    operation_id="write_note",
    summary="Leave a note",
)
def write_note(request: SignedInRequest, organisation_id: UUID, body: NoteIn) -> Status[NoteOut]:
    """Leave a note for the next shift, about a unit or one of its residents."""
    _units(request.auth, organisation_id, body.unit_id)
    with told():
        note = actions.write_note(
            request.auth, body.unit_id, text=body.text, senior_id=body.senior_id, is_urgent=body.is_urgent
        )
    return Status(201, _note(note))


@router.post(
    "/organisations/{organisation_id}/notes/read", response=CountOut, operation_id="read_notes", summary="I have read"
)
def read_notes(request: SignedInRequest, organisation_id: UUID, body: ReadIn) -> CountOut:
    """Say that one has read notes; how many were new."""
    access.access_post(request.auth, organisation_id)
    return CountOut(count=actions.read_notes(request.auth, body.note_ids))


@router.get("/organisations/{organisation_id}/shifts", response=ShiftsOut, operation_id="list_shifts", summary="Shifts")
def list_shifts(
    request: SignedInRequest, organisation_id: UUID, unit: OfUnit, cursor: Cursor, limit: Limit
) -> ShiftsOut:
    """The shifts that are not over, and who is at work now."""
    units, at = _units(request.auth, organisation_id, unit), clock.now()
    rows, following = page_of(homes.lasting_shifts(units, at), cursor=cursor, limit=limit, order=("first_day", "pk"))
    staff = homes.duties([one.pk for one in units], at)
    on_shift = [
        AtWorkOut(unit_id=key, staff_ids=[duty.member.pk for duty in found if duty.is_on_shift])
        for key, found in staff.items()
    ]
    return ShiftsOut(items=[_shift(row) for row in rows], next_cursor=following, on_shift=on_shift)


@router.post(
    "/organisations/{organisation_id}/shifts",
    response={201: ShiftOut},
    operation_id="plan_shift",
    summary="Plan a shift",
)
def plan_shift(request: SignedInRequest, organisation_id: UUID, body: ShiftIn) -> Status[ShiftOut]:
    """Somebody works in a unit on these days; leads only."""
    access.access_post(request.auth, organisation_id, to_manage=True)
    _units(request.auth, organisation_id, body.unit_id)
    with told():
        shift = rota.plan_shift(
            request.auth,
            body.unit_id,
            body.staff_id,
            weekdays=body.weekdays,
            starts=body.starts,
            ends=body.ends,
            first_day=body.first_day,
            last_day=body.last_day,
        )
    return Status(201, _shift(shift))


@router.delete(
    "/organisations/{organisation_id}/shifts/{shift_id}",
    response={204: None},
    operation_id="end_shift",
    summary="End a shift",
)
def end_shift(request: SignedInRequest, organisation_id: UUID, shift_id: UUID) -> Status[None]:
    """The shift begins no more, from today on; leads only."""
    access.access_post(request.auth, organisation_id, to_manage=True)
    rota.end_shift(request.auth, shift_id)
    return Status(204, None)


@router.post(
    "/organisations/{organisation_id}/residents/import",
    response=ImportOut,
    operation_id="import_residents",
    summary="Bring residents in",
)
def import_residents(request: SignedInRequest, organisation_id: UUID, body: ImportIn) -> ImportOut:
    """What a table of residents would do, row by row; with `dry_run: false` it is done. Leads only."""
    act = actions.check_roster if body.dry_run else actions.import_roster
    with told():
        lines = act(request.auth, organisation_id, body.table)
    good = sum(line.is_good for line in lines)
    items = [
        LineOut(
            row=line.number,
            name=line.name,
            unit=line.unit,
            room=line.room,
            problem=line.problem,
            senior_id=line.senior_id,
        )
        for line in lines
    ]
    return ImportOut(dry_run=body.dry_run, good=good, bad=len(lines) - good, items=items)


def _units(person: User, organisation_id: UUID, unit_id: UUID | None) -> list[Unit]:
    access.access_post(person, organisation_id)
    units = [unit for unit in access.visible_units(person) if unit.organisation_id == organisation_id]
    chosen = [unit for unit in units if unit_id in (None, unit.pk)]
    if unit_id is not None and not chosen:
        raise NotYoursError
    return chosen


def _row(row: selectors.Row) -> RowOut:
    return RowOut(
        senior_id=row.senior_id,
        name=row.place.name,
        unit_id=row.place.unit_id,
        room=row.place.room,
        urgency=row.urgency,
        heading=row.urgency.heading,
        words=row.standing.words,
        since=row.standing.since,
        alert_id=row.alert.pk if row.alert else None,
        is_claimed=row.alert is not None and not row.needs_somebody,
    )


def _note(note: HandoverNote) -> NoteOut:
    return NoteOut(
        id=note.pk,
        unit_id=note.unit_id,
        senior_id=note.senior_id,
        text=note.text,
        is_urgent=note.is_urgent,
        shift_began_at=note.shift_began_at,
        written_at=note.written_at,
        written_by=note.written_by.short_name if note.written_by else "",
        read_by=[ReceiptOut(reader=one.reader.short_name, at=one.at) for one in note.receipts.all()],
    )


def _shift(shift: Shift) -> ShiftOut:
    return ShiftOut(
        id=shift.pk,
        unit_id=shift.unit_id,
        staff_id=shift.staff_id,
        staff=shift.staff.name,
        weekdays=shift.weekdays,
        starts=shift.starts,
        ends=shift.ends,
        first_day=shift.first_day,
        last_day=shift.last_day,
    )
