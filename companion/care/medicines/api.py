"""Medicines over HTTP: the same rights, actions and words as the pages."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Annotated, Any, cast
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from companion.accounts.api_auth import BearerAuth, SignedInRequest
from companion.care.medicines import access, actions, exports, fhir, in_words, selectors
from companion.care.medicines.actions import DoseResult
from companion.care.medicines.adherence import Adherence
from companion.care.medicines.models import Occurrence, Regimen, RegimenState
from companion.care.medicines.schemas import (
    AdherenceOut,
    AsNeededOut,
    CountsOut,
    DayCounts,
    DetailsIn,
    DoseOut,
    DosesOut,
    Doubt,
    EffectIn,
    HaltIn,
    MedicineChange,
    MedicineIn,
    MedicineOut,
    MedicinesOut,
    ResultOut,
    SkipIn,
    SnoozeIn,
    StockIn,
    StockOut,
    TakenIn,
)
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.refusals import RefusedError
from lilo_site.api_errors import Problem
from lilo_site.api_paging import Cursor, Limit, page_of

router = Router(tags=["medicines"], auth=BearerAuth())
MEDICINES = "/seniors/{senior_id}/medicines"
ONE = MEDICINES + "/{medicine_id}"
DOSE = "/seniors/{senior_id}/doses/{dose_id}"
LONGEST = timedelta(days=400)
FIRST, LAST = date(2000, 1, 1), date(2200, 1, 1)
Since = Annotated[date, Query(description="The first day, as the senior's calendar has it.")]
Until = Annotated[date, Query(description="The last day.")]


@router.get(MEDICINES, response=MedicinesOut, operation_id="list_medicines", summary="A senior's medicines")
def list_medicines(
    request: SignedInRequest, senior_id: UUID, cursor: Cursor, limit: Limit, stopped: bool = False
) -> MedicinesOut:
    """In use and paused; with `stopped=true` those no longer taken too."""
    access_senior(request.auth, senior_id, need=Need.MEDICINES)
    listed = Regimen.objects.filter(senior=senior_id)
    listed = listed if stopped else listed.exclude(state=RegimenState.STOPPED)
    rows, following = page_of(listed, cursor=cursor, limit=limit, order=("created_at", "pk"))
    shown = {row.pk for row in rows}
    found = selectors.regimens_of(senior_id, with_stopped=stopped)
    return MedicinesOut(items=[_medicine(one) for one in found if one.pk in shown], next_cursor=following)


@router.post(MEDICINES, response={201: MedicineOut}, operation_id="add_medicine", summary="Add a medicine")
def add_medicine(request: SignedInRequest, senior_id: UUID, body: MedicineIn) -> tuple[int, MedicineOut]:
    """It counts from now."""
    made = _carry_out(actions.add_regimen, request.auth, senior_id, rule=body.rule, **_details(body))
    return 201, _medicine(_shown(request, senior_id, made.pk))


@router.get(ONE, response=MedicineOut, operation_id="get_medicine", summary="One medicine")
def get_medicine(request: SignedInRequest, senior_id: UUID, medicine_id: UUID) -> MedicineOut:
    """A medicine, with the rule it goes by now."""
    return _medicine(_shown(request, senior_id, medicine_id))


@router.patch(ONE, response=MedicineOut, operation_id="change_medicine", summary="Change a medicine")
def change_medicine(request: SignedInRequest, senior_id: UUID, medicine_id: UUID, body: MedicineChange) -> MedicineOut:
    """What is named is changed. What was due before keeps the rule it lived by."""
    _shown(request, senior_id, medicine_id)
    _carry_out(actions.change_regimen, request.auth, medicine_id, rule=body.rule, **_details(body))
    return _medicine(_shown(request, senior_id, medicine_id))


@router.post(ONE + "/pause", response=MedicineOut, operation_id="pause_medicine", summary="Pause a medicine")
def pause_medicine(request: SignedInRequest, senior_id: UUID, medicine_id: UUID, body: HaltIn) -> MedicineOut:
    """Reminders stop at once, and open doses are called off."""
    _shown(request, senior_id, medicine_id)
    _carry_out(actions.pause_regimen, request.auth, medicine_id, reason=body.reason, until=body.until)
    return _medicine(_shown(request, senior_id, medicine_id))


@router.post(ONE + "/resume", response=MedicineOut, operation_id="resume_medicine", summary="Take it again")
def resume_medicine(request: SignedInRequest, senior_id: UUID, medicine_id: UUID) -> MedicineOut:
    """From now on; nothing is made up for."""
    _shown(request, senior_id, medicine_id)
    _carry_out(actions.resume_regimen, request.auth, medicine_id)
    return _medicine(_shown(request, senior_id, medicine_id))


@router.post(ONE + "/stop", response=MedicineOut, operation_id="stop_medicine", summary="Stop a medicine for good")
def stop_medicine(request: SignedInRequest, senior_id: UUID, medicine_id: UUID, body: HaltIn) -> MedicineOut:
    """Its history stays."""
    _shown(request, senior_id, medicine_id)
    _carry_out(actions.stop_regimen, request.auth, medicine_id, reason=body.reason)
    return _medicine(_shown(request, senior_id, medicine_id))


@router.post(ONE + "/take", response=ResultOut, operation_id="take_as_needed", summary="Note one without a due time")
def take_as_needed(request: SignedInRequest, senior_id: UUID, medicine_id: UUID, body: TakenIn) -> ResultOut:
    """It is noted whatever the limits say; `doubt` names what is unusual about it."""
    _shown(request, senior_id, medicine_id)
    return _result(_carry_out(actions.take_as_needed, request.auth, medicine_id, **body.dict()))


@router.get(ONE + "/as-needed", response=AsNeededOut, operation_id="get_as_needed", summary="Is one allowed now?")
def get_as_needed(request: SignedInRequest, senior_id: UUID, medicine_id: UUID) -> AsNeededOut:
    """By the limits that were written down."""
    stands = selectors.as_needed(_shown(request, senior_id, medicine_id))
    return AsNeededOut(
        last_at=stands.last_at,
        in_24_hours=stands.in_24_hours,
        most_in_24_hours=stands.most,
        next_allowed_at=stands.next_allowed_at,
        is_allowed_now=stands.is_allowed_now,
    )


@router.get(ONE + "/stock", response=StockOut, operation_id="get_stock", summary="How many are left")
def get_stock(request: SignedInRequest, senior_id: UUID, medicine_id: UUID) -> StockOut:
    """And until when they last."""
    return _stock(_shown(request, senior_id, medicine_id))


@router.post(ONE + "/stock", response=StockOut, operation_id="note_stock", summary="Fetched, counted, thrown away")
def note_stock(request: SignedInRequest, senior_id: UUID, medicine_id: UUID, body: StockIn) -> StockOut:
    """A count is what everything is reckoned from."""
    verbs = {"refill": actions.refill, "count": actions.count_stock, "discard": actions.discard_stock}
    regimen = _shown(request, senior_id, medicine_id)
    _carry_out(verbs[body.kind], request.auth, medicine_id, body.quantity)
    return _stock(regimen)


@router.get("/seniors/{senior_id}/doses", response=DosesOut, operation_id="list_doses", summary="Doses of some days")
def list_doses(
    request: SignedInRequest,
    senior_id: UUID,
    since: Since,
    until: Until,
    cursor: Cursor,
    limit: Limit,
    medicine_id: UUID | None = None,
) -> DosesOut:
    """In order of their due times; those called off are there too."""
    access_senior(request.auth, senior_id, need=Need.MEDICINES)
    _check_span(since, until)
    found = selectors.occurrences_of(senior_id, since, until, regimen_id=medicine_id)
    rows, following = page_of(found, cursor=cursor, limit=limit, order=("due_at", "pk"))
    return DosesOut(items=[_dose(row) for row in rows], next_cursor=following)


@router.get(DOSE, response=DoseOut, operation_id="get_dose", summary="One dose")
def get_dose(request: SignedInRequest, senior_id: UUID, dose_id: UUID) -> DoseOut:
    """A dose as it stands."""
    return _dose(_own_dose(request, senior_id, dose_id))


@router.post(DOSE + "/taken", response=ResultOut, operation_id="take_dose", summary="It was taken")
def take_dose(request: SignedInRequest, senior_id: UUID, dose_id: UUID, body: TakenIn) -> ResultOut:
    """Noted once, however often it is said. A second one is never refused, but `doubt` says so."""
    _own_dose(request, senior_id, dose_id)
    return _result(_carry_out(actions.take_dose, request.auth, dose_id, **body.dict()))


@router.post(DOSE + "/skip", response=ResultOut, operation_id="skip_dose", summary="It is left out, and why")
def skip_dose(request: SignedInRequest, senior_id: UUID, dose_id: UUID, body: SkipIn) -> ResultOut:
    """Not the same as a missed one."""
    _own_dose(request, senior_id, dose_id)
    return _result(_carry_out(actions.skip_dose, request.auth, dose_id, reason=body.reason, note=body.note))


@router.post(DOSE + "/snooze", response=ResultOut, operation_id="snooze_dose", summary="Remind later")
def snooze_dose(request: SignedInRequest, senior_id: UUID, dose_id: UUID, body: SnoozeIn) -> ResultOut:
    """The due time stays as it was."""
    _own_dose(request, senior_id, dose_id)
    return _result(_carry_out(actions.snooze_dose, request.auth, dose_id, minutes=body.minutes))


@router.post(DOSE + "/undo", response=ResultOut, operation_id="undo_dose", summary="Take back what was noted")
def undo_dose(request: SignedInRequest, senior_id: UUID, dose_id: UUID) -> ResultOut:
    """By a further event: nothing is erased."""
    _own_dose(request, senior_id, dose_id)
    return _result(_carry_out(actions.undo_dose, request.auth, dose_id))


@router.post(
    "/seniors/{senior_id}/dose-events/{event_id}/undo",
    response=ResultOut,
    operation_id="undo_as_needed",
    summary="Take back one without a due time",
)
def undo_as_needed(request: SignedInRequest, senior_id: UUID, event_id: UUID) -> ResultOut:
    """Asking twice does it once."""
    _own_event(request, senior_id, event_id)
    return _result(_carry_out(actions.undo_as_needed, request.auth, event_id))


@router.post(
    "/seniors/{senior_id}/dose-events/{event_id}/effect",
    response={204: None},
    operation_id="record_effect",
    summary="Did it help?",
)
def record_effect(request: SignedInRequest, senior_id: UUID, event_id: UUID, body: EffectIn) -> tuple[int, None]:
    """How much one taken as needed has helped."""
    _own_event(request, senior_id, event_id)
    _carry_out(actions.record_effect, request.auth, event_id, effect=body.effect, note=body.note)
    return 204, None


@router.get(
    "/seniors/{senior_id}/adherence", response=AdherenceOut, operation_id="get_adherence", summary="How it went"
)
def get_adherence(
    request: SignedInRequest, senior_id: UUID, since: Since, until: Until, medicine_id: UUID | None = None
) -> AdherenceOut:
    """The whole and day by day, with the `n` it rests on."""
    access_senior(request.auth, senior_id, need=Need.MEDICINES)
    _check_span(since, until)
    days = selectors.adherence_by_day(senior_id, since, until, regimen_id=medicine_id)
    whole = selectors.adherence(senior_id, since, until, regimen_id=medicine_id)
    return AdherenceOut(
        since=since,
        until=until,
        whole=CountsOut(**_counts(whole)),
        days=[DayCounts(day=day, **_counts(counts)) for day, counts in days.items()],
    )


@router.get(
    "/seniors/{senior_id}/medicines.fhir",
    operation_id="export_medicines_fhir",
    summary="Medicines as FHIR R4",
    openapi_extra={
        "responses": {200: {"description": "A Bundle (FHIR R4).", "content": {"application/fhir+json": {}}}}
    },
)
def export_fhir(request: SignedInRequest, senior_id: UUID, since: Since, until: Until) -> HttpResponse:
    """A Bundle of MedicationRequest, MedicationStatement and, for these days, MedicationAdministration."""
    senior = access_senior(request.auth, senior_id, need=Need.MEDICINES)
    _check_span(since, until)
    bundle = fhir.bundle(exports.record_of(senior, since, until))
    return HttpResponse(json.dumps(bundle), content_type=fhir.CONTENT_TYPE)


def _carry_out(verb: Any, *arguments: Any, **options: Any) -> Any:
    """Do it; what cannot be done is a problem that a program can tell from a fault."""
    try:
        return verb(*arguments, **options)
    except RefusedError as error:
        raise Problem(409, "refused", str(error)) from None


def _details(body: DetailsIn) -> dict[str, Any]:
    given = body.dict(exclude_unset=True, exclude={"rule"})
    nullable = {"least_minutes_between", "most_in_24_hours", "expires_on"}
    return {name: value for name, value in given.items() if value is not None or name in nullable}


def _shown(request: SignedInRequest, senior_id: UUID, medicine_id: UUID) -> Regimen:
    access_senior(request.auth, senior_id, need=Need.MEDICINES)
    found = [one for one in selectors.regimens_of(senior_id, with_stopped=True) if one.pk == medicine_id]
    if not found:
        raise NotYoursError
    return found[0]


def _own_dose(request: SignedInRequest, senior_id: UUID, dose_id: UUID) -> Occurrence:
    access_senior(request.auth, senior_id, need=Need.MEDICINES)
    found = selectors.dose(senior_id, dose_id)
    if found is None:
        raise NotYoursError
    return found


def _own_event(request: SignedInRequest, senior_id: UUID, event_id: UUID) -> None:
    if access.event_for(request.auth, event_id).senior_id != senior_id:
        raise NotYoursError


def _check_span(since: date, until: date) -> None:
    if not (FIRST <= since <= until <= LAST and until - since <= LONGEST):
        raise Problem(422, "invalid", f"Please give a first and a last day, at most {LONGEST.days} days apart.")


def _medicine(one: Regimen) -> MedicineOut:
    plain = {name: getattr(one, name) for name in DetailsIn.model_fields}
    rest = {name: getattr(one, name) for name in ("state", "state_reason", "paused_until", "has_picture", "created_at")}
    rule = one.current.rule
    words = in_words.regimen_words(one, rule)
    return MedicineOut(
        id=one.pk, called=in_words.called(one), rule=rule, rule_words=words, zone=one.current.zone, **plain, **rest
    )


def _dose(row: Occurrence) -> DoseOut:
    names = ("due_at", "local_date", "label", "zone", "quantity", "state", "remind_at", "taken_at", "was_late")
    return DoseOut(
        id=row.pk,
        medicine_id=row.regimen_id,
        called=in_words.called(row.regimen),
        noted_by=row.settled_by.short_name if row.settled_by else "",
        **{name: getattr(row, name) for name in names},
    )


def _result(result: DoseResult) -> ResultOut:
    return ResultOut(
        dose=_dose(result.occurrence) if result.occurrence else None,
        event_id=result.event.pk if result.event else None,
        is_new=result.is_new,
        said=result.said,
        doubt=cast("Doubt", result.doubt),
        next_allowed_at=result.next_allowed_at,
    )


def _stock(regimen: Regimen) -> StockOut:
    found = selectors.stock_of(regimen)
    return StockOut(**{name: getattr(found, name) for name in StockOut.model_fields})


def _counts(counts: Adherence) -> dict[str, Any]:
    return {name: getattr(counts, name) for name in CountsOut.model_fields}
