"""The pages of medicines, the same for a senior and for those they share them with. Plain forms, all of them."""

from __future__ import annotations

import json
from calendar import Calendar
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from companion.accounts.models import User
from companion.care.medicines import actions, exports, fhir, history, in_words, pages, selectors
from companion.care.medicines.actions import DoseResult
from companion.care.medicines.forms import StockForm, TakenForm
from companion.care.medicines.frame import UNDO, back_to, list_address, person_of, regimen_of, senior_of, show
from companion.care.medicines.models import RegimenPicture, SkipReason
from companion.care.medicines.month import month_day, month_words
from companion.care.medicines.pictures import MOST_BYTES, as_bytes
from companion.circle.access import Need, NotYoursError, visible_seniors
from companion.circle.models import Senior
from companion.circle.privacy import profile_of
from companion.circle.refusals import RefusedError
from companion.safety import clock

EXPORTED = timedelta(days=90)
FIRST_MONTH = date(2000, 1, 1)


@login_required
@never_cache
@require_GET
def medicines(request: HttpRequest) -> HttpResponse:
    """The senior's own list; somebody else is led to those who share theirs."""
    person = person_of(request)
    if person.is_senior:
        return _list(request, senior_of(request, person.pk))
    seniors = list(visible_seniors(person, need=Need.MEDICINES))
    if len(seniors) == 1:
        return redirect("senior-medicines", senior_id=seniors[0].pk)
    return render(request, "medicines/choose.html", {"seniors": seniors, "place": "medicines"})


@login_required
@never_cache
@require_GET
def senior_medicines(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """A senior's list."""
    return _list(request, senior_of(request, senior_id))


def _list(request: HttpRequest, senior: Senior) -> HttpResponse:
    current, former = pages.medicines_of(senior)
    context = {"current": current, "former": former, "next_dose": pages.next_dose(senior)}
    return show(request, "medicines/list.html", senior, context)


@login_required
@never_cache
@require_GET
def medicine(request: HttpRequest, senior_id: UUID, regimen_id: UUID) -> HttpResponse:
    """One medicine: what it is, what is left, how it went."""
    senior = senior_of(request, senior_id)
    regimen = regimen_of(request, senior.pk, regimen_id)
    names = {one.pk: in_words.called(one) for one in selectors.regimens_of(senior.pk, with_stopped=True)}
    context = {
        "card": pages.medicine_card(regimen, senior, names=names),
        "history": history.history_of(senior, regimen),
        "pairs": [(pair, in_words.called(pair.other(regimen))) for pair in selectors.pairs_of(regimen)],
    }
    return show(request, "medicines/medicine.html", senior, context)


@login_required
@never_cache
@require_GET
def dose(request: HttpRequest, senior_id: UUID, occurrence_id: UUID) -> HttpResponse:
    """One dose, and how to put right what was noted of it."""
    return _dose(request, senior_id, occurrence_id)


@login_required
@never_cache
@require_GET
def skip(request: HttpRequest, senior_id: UUID, occurrence_id: UUID) -> HttpResponse:
    """Why is it left out? One press answers."""
    senior = senior_of(request, senior_id, to_write=True)
    context = {"dose": _card(senior, occurrence_id), "reasons": SkipReason.choices}
    asked = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        context["back"] = asked
    return show(request, "medicines/skip.html", senior, context)


def _card(senior: Senior, occurrence_id: UUID) -> pages.DoseCard:
    row = selectors.dose(senior.pk, occurrence_id)
    if row is None:
        raise NotYoursError
    pictured = RegimenPicture.objects.filter(pk=row.regimen_id).values_list("pk", flat=True)
    return pages.dose_card(row, senior, clock.now(), pictured=pictured)


def _dose(request: HttpRequest, senior_id: UUID, occurrence_id: UUID, *, form: TakenForm | None = None) -> HttpResponse:
    senior = senior_of(request, senior_id)
    card = _card(senior, occurrence_id)
    zone = senior.user.time_zone
    shown = form or TakenForm(now=clock.now(), zone=zone, initial={"at": _as_typed(card, zone)})
    context = {"dose": card, "taken_form": shown, "back": reverse("medicine", args=[senior.pk, card.regimen_id])}
    return show(request, "medicines/dose.html", senior, context, status=422 if form else 200)


def _as_typed(card: pages.DoseCard, zone: str) -> Any:
    return min(card.due_at, clock.now()).astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)


@login_required
@require_POST
def act(request: HttpRequest, senior_id: UUID, occurrence_id: UUID, verb: str) -> HttpResponse:
    """Taken, later, left out, taken back: one press each."""
    senior = senior_of(request, senior_id, to_write=True)
    person = person_of(request)
    if selectors.dose(senior.pk, occurrence_id) is None:
        raise NotYoursError
    try:
        if verb == "taken" and "at" in request.POST:
            form = TakenForm(request.POST, now=clock.now(), zone=senior.user.time_zone)
            if not form.is_valid():
                return _dose(request, senior_id, occurrence_id, form=form)
            result = _taken_at(person, occurrence_id, form)
        else:
            result = _act(person, occurrence_id, verb, request.POST.get("reason", ""))
    except RefusedError as error:
        messages.warning(request, str(error))
        return back_to(request, list_address(person, senior.pk))
    _tell(request, senior, result, "dose", occurrence_id, verb)
    return back_to(request, list_address(person, senior.pk))


def _act(person: User, occurrence_id: UUID, verb: str, reason: str) -> DoseResult:
    if verb == "taken":
        return actions.take_dose(person, occurrence_id)
    if verb == "later":
        return actions.snooze_dose(person, occurrence_id)
    if verb == "undo":
        return actions.undo_dose(person, occurrence_id)
    if verb == "skip" and reason in SkipReason.values:
        return actions.skip_dose(person, occurrence_id, reason=reason)
    raise Http404


def _taken_at(person: User, occurrence_id: UUID, form: TakenForm) -> DoseResult:
    at = form.cleaned_data["at"]
    result = actions.take_dose(person, occurrence_id, taken_at=at)
    return result if result.is_new else actions.change_taken_at(person, occurrence_id, at)


def _tell(request: HttpRequest, senior: Senior, result: DoseResult, kind: str, key: UUID, verb: str) -> None:
    """Say what came of it: with a way back while it can be taken back, and any doubt plainly."""
    if result.doubt:
        messages.warning(request, result.said)
    if verb in ("taken", "skip") and result.is_new:
        request.session[UNDO] = {"senior": str(senior.pk), "kind": kind, "key": str(key)}
    elif not result.doubt:
        request.session.pop(UNDO, None)
        messages.success(request, result.said)


@login_required
@require_POST
def take(request: HttpRequest, senior_id: UUID, regimen_id: UUID) -> HttpResponse:
    """One as needed, taken now."""
    senior = senior_of(request, senior_id, to_write=True)
    regimen = regimen_of(request, senior.pk, regimen_id, to_write=True)
    result = actions.take_as_needed(person_of(request), regimen.pk)
    if result.event is not None:
        _tell(request, senior, result, "event", result.event.pk, "taken")
    return back_to(request, reverse("medicine", args=[senior.pk, regimen.pk]))


@login_required
@require_POST
def undo_taken(request: HttpRequest, senior_id: UUID, regimen_id: UUID, event_id: UUID) -> HttpResponse:
    """Take back one that had no due time."""
    senior = senior_of(request, senior_id, to_write=True)
    regimen = regimen_of(request, senior.pk, regimen_id, to_write=True)
    try:
        result = actions.undo_as_needed(person_of(request), event_id)
        _tell(request, senior, result, "event", event_id, "undo")
    except RefusedError as error:
        messages.warning(request, str(error))
    return back_to(request, reverse("medicine", args=[senior.pk, regimen.pk]))


@login_required
@require_POST
def dismiss_undo(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """That is right: the way back is put away."""
    senior = senior_of(request, senior_id)
    request.session.pop(UNDO, None)
    return back_to(request, list_address(person_of(request), senior.pk))


@login_required
@require_POST
def stock(request: HttpRequest, senior_id: UUID, regimen_id: UUID) -> HttpResponse:
    """Fetched, counted, or thrown away."""
    senior = senior_of(request, senior_id, to_write=True)
    regimen = regimen_of(request, senior.pk, regimen_id, to_write=True)
    verbs = {"refill": actions.refill, "count": actions.count_stock, "discard": actions.discard_stock}
    form, verb = StockForm(request.POST), verbs.get(request.POST.get("what", ""))
    if verb is None:
        raise Http404
    try:
        if form.is_valid():
            verb(person_of(request), regimen.pk, form.cleaned_data["quantity"])
            messages.success(request, "Written down.")
        else:
            messages.warning(request, "Please write how many, as a number.")
    except RefusedError as error:
        messages.warning(request, str(error))
    return redirect("medicine", senior_id=senior.pk, regimen_id=regimen.pk)


@login_required
@require_http_methods(["GET", "POST"])
def picture(request: HttpRequest, senior_id: UUID, regimen_id: UUID) -> HttpResponse:
    """The photo of a pill, for those who may see the medicine; a new one is made small and anew."""
    senior = senior_of(request, senior_id, to_write=request.method == "POST")
    regimen = regimen_of(request, senior.pk, regimen_id)
    if request.method == "GET":
        found = RegimenPicture.objects.filter(pk=regimen.pk).first()
        if found is None:
            raise Http404
        headers = {"Cache-Control": "private, max-age=300", "X-Content-Type-Options": "nosniff"}
        return HttpResponse(as_bytes(found.data), content_type="image/jpeg", headers=headers)
    sent = request.FILES.get("picture")
    forget = request.POST.get("forget") == "yes"
    try:
        if sent is None and not forget:
            raise RefusedError("Please choose a picture first.")
        actions.set_picture(person_of(request), regimen.pk, None if sent is None else sent.read(MOST_BYTES + 1))
        messages.success(request, "Done.")
    except RefusedError as error:
        messages.warning(request, str(error))
    return redirect("medicine", senior_id=senior.pk, regimen_id=regimen.pk)


@login_required
@never_cache
@require_GET
def printed(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """The list for the doctor, the pharmacy, the ambulance: made for paper."""
    senior = senior_of(request, senior_id)
    current, _ = pages.medicines_of(senior)
    profile = profile_of(person_of(request), senior.pk)  # who sees medicines need not know doctor and pharmacy
    context = {
        "regular": [card for card in current if not card.is_as_needed],
        "as_needed": [card for card in current if card.is_as_needed],
        "person_name": senior.user.full_name or senior.name,
        "today": clock.now().astimezone(ZoneInfo(senior.user.time_zone)).date(),
        **(profile.health or {}),
        **(profile.details or {}),
    }
    return show(request, "medicines/print.html", senior, context)


@login_required
@never_cache
@require_GET
def exported(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """The same for a doctor's computer: the last three months as FHIR R4."""
    senior = senior_of(request, senior_id)
    today = clock.now().astimezone(ZoneInfo(senior.user.time_zone)).date()
    bundle = fhir.bundle(exports.record_of(senior, today - EXPORTED, today))
    headers = {"Content-Disposition": 'attachment; filename="medicines.fhir.json"'}
    return HttpResponse(json.dumps(bundle), content_type=fhir.CONTENT_TYPE, headers=headers)


@login_required
@never_cache
@require_GET
def month(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """How it went, day by day, in words."""
    senior = senior_of(request, senior_id)
    today = clock.now().astimezone(ZoneInfo(senior.user.time_zone)).date()
    first = _first_of(request.GET.get("month", ""), today)
    next_month = (first + timedelta(days=32)).replace(day=1)
    last = min(next_month - timedelta(days=1), today)
    found = selectors.adherence_by_day(senior.pk, first, last)
    whole = selectors.adherence(senior.pk, first, last)
    days = [month_day(day, first, found.get(day)) for day in Calendar().itermonthdates(first.year, first.month)]
    context = {
        "month": first,
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": next_month if next_month <= today else None,
        "lead": month_words(whole),
        "has_any": any(day.counts is not None for day in days),
        "weeks": [days[start : start + 7] for start in range(0, len(days), 7)],
        "days": [day for day in days if day.is_in_month and day.counts is not None],
        "day_names": in_words.DAYS,
    }
    return show(request, "medicines/calendar.html", senior, context)


def _first_of(text: str, today: date) -> date:
    """The month that was asked for, this one where it is none or still to come."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return min(max(asked, FIRST_MONTH), today.replace(day=1))
