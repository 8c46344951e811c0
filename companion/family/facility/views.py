"""The pages of staff at work: the board, a resident, the round, hand-over notes. All of them work without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companion.accounts.models import User
from companion.care.medicines import actions as medicines
from companion.care.medicines.models import SkipReason
from companion.circle.access import Need, NotYoursError, residents_for, shared_items
from companion.circle.organisations.access import posts_of, visible_units
from companion.circle.organisations.models import Organisation, Post, Unit
from companion.circle.organisations.selectors import ASKED_ITEMS, duties, home_of, with_names
from companion.circle.refusals import RefusedError
from companion.family.facility import actions, selectors
from companion.family.facility.rules import WHY_NOT
from companion.safety import actions as alerts
from companion.safety import clock


@dataclass(frozen=True, slots=True)
class Desk:
    """What a member of staff has before them: their units, and the one that they chose to see."""

    person: User
    units: list[Unit]
    unit: Unit | None
    homes: list[Organisation]
    runs: bool
    """Whether they run a home: staff, shifts, who moves in."""

    @property
    def shown(self) -> list[Unit]:
        """The units on the page."""
        return [self.unit] if self.unit else self.units

    def context(self, place: str) -> dict[str, Any]:
        """What every page's frame needs."""
        unread = selectors.unread_count(self.person, self.units)
        return {"desk": self, "place": place, "unread": unread, "home": self.homes[0]}


def desk_of(request: HttpRequest) -> Desk:
    """The desk of the person signed in.

    Raises:
        NotYoursError: they work in no home, or the chosen unit is not theirs.
    """
    person = request.user
    if not isinstance(person, User):
        raise NotYoursError
    posts = list(posts_of(person))
    if not posts:
        raise NotYoursError
    units = list(visible_units(person))
    chosen = request.GET.get("unit") or request.POST.get("unit") or ""
    unit = next((one for one in units if str(one.pk) == chosen), None)
    if chosen and unit is None:
        raise NotYoursError
    homes = {post.organisation_id: post.organisation for post in posts}
    return Desk(person, units, unit, list(homes.values()), any(post.role == Post.LEAD for post in posts))


@login_required
@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Every resident at a glance, the most urgent first."""
    desk = desk_of(request)
    words = request.GET.get("q", "").strip()[:60]
    rows = selectors.board(desk.person, desk.shown, words=words)
    context = {"levels": selectors.levels(rows), "count": len(rows), "words": words}
    return render(request, "facility/board.html", {**desk.context("board"), **context})


@login_required
@require_POST
def claim(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """I'm on it, from the board."""
    desk = desk_of(request)
    if alerts.claim(alert_id, desk.person):
        messages.success(request, "Thank you. The others see that you are on it.")
    else:
        messages.info(request, "Somebody else was first.")
    return _back(request, "facility")


@login_required
@never_cache
@require_safe
def resident(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """One resident: how they stand, what is due, the notes about them, and where the rest is."""
    desk = desk_of(request)
    row, lives = selectors.row_of(desk.person, senior_id), home_of(senior_id)
    if row is None or lives is None:
        raise NotYoursError
    shared = shared_items(desk.person, senior_id)
    context = {
        "row": row,
        "senior": lives.senior,
        "stops": selectors.round_of(desk.person, desk.units, senior_id=senior_id),
        "notes": selectors.notes(desk.person, desk.units, senior_id=senior_id)[:30],
        "shared": [item for item in ASKED_ITEMS if item in shared],
        "kept": [item for item in ASKED_ITEMS if item not in shared],
        "reasons": WHY_NOT,
        "runs_home": _runs(desk, lives.unit.organisation_id),
    }
    return render(request, "facility/resident.html", {**desk.context("board"), **context})


@login_required
@never_cache
@require_safe
def medicine_round(request: HttpRequest) -> HttpResponse:
    """What is to be given in the unit at this hour, room by room."""
    desk = desk_of(request)
    stops = selectors.round_of(desk.person, desk.shown)
    silent = residents_for(desk.person, Need.BELONG).filter(unit__in=desk.shown)
    context = {
        "stops": stops,
        "left": sum(stop.open_count for stop in stops),
        "reasons": WHY_NOT,
        "not_shared": silent.exclude(pk__in=residents_for(desk.person, Need.MEDICINES)).count(),
    }
    return render(request, "facility/round.html", {**desk.context("round"), **context})


@login_required
@require_POST
def give(request: HttpRequest, dose_id: UUID) -> HttpResponse:
    """A dose was given, left out for a reason, or noted by mistake."""
    desk = desk_of(request)
    reason = request.POST.get("reason", "")
    try:
        if request.POST.get("undo"):
            messages.success(request, medicines.undo_dose(desk.person, dose_id).said)
        elif reason in SkipReason.values:
            messages.success(request, medicines.skip_dose(desk.person, dose_id, reason=reason).said)
        else:
            result = medicines.take_dose(desk.person, dose_id)
            tell = messages.warning if result.doubt or not result.is_new else messages.success
            tell(request, result.said)
    except RefusedError as error:
        messages.warning(request, str(error))
    return _back(request, "facility-round", anchor=f"dose-{dose_id}")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: HttpRequest) -> HttpResponse:
    """What one shift tells the next."""
    desk = desk_of(request)
    if request.method == "POST":
        return _write_note(request, desk)
    at = clock.now()
    residents = with_names(residents_for(desk.person, Need.BELONG).filter(unit__in=desk.shown))
    staff = duties([unit.pk for unit in desk.shown], at)
    context = {
        "notes": list(selectors.notes(desk.person, desk.shown)[:100]),
        "residents": residents.order_by("senior__user__full_name"),
        "on_shift": [(unit, [duty.member for duty in staff[unit.pk] if duty.is_on_shift]) for unit in desk.shown],
    }
    return render(request, "facility/notes.html", {**desk.context("notes"), **context})


@login_required
@require_POST
def read_notes(request: HttpRequest) -> HttpResponse:
    """I have read these."""
    desk = desk_of(request)
    keys = [_uuid(text) for text in request.POST.getlist("note")][:200]
    actions.read_notes(desk.person, keys)
    return _back(request, "facility-notes")


def _write_note(request: HttpRequest, desk: Desk) -> HttpResponse:
    about = request.POST.get("resident", "")
    text = request.POST.get("text", "")
    try:
        unit_id, senior_id = _about(desk, about)
        actions.write_note(
            desk.person, unit_id, text=text, senior_id=senior_id, is_urgent=request.POST.get("urgent") == "yes"
        )
    except RefusedError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "The note is there for the next shift.")
    return _back(request, "facility-notes")


def _about(desk: Desk, about: str) -> tuple[UUID, UUID | None]:
    """The unit and the resident that a note is about: `unit:<id>` or a resident's id."""
    if about.startswith("unit:"):
        return _uuid(about.removeprefix("unit:")), None
    senior_id = _uuid(about)
    unit_id = residents_for(desk.person, Need.BELONG).filter(senior=senior_id).values_list("unit", flat=True).first()
    if unit_id is None:
        raise NotYoursError
    return unit_id, senior_id


def _runs(desk: Desk, organisation_id: UUID) -> bool:
    return posts_of(desk.person).filter(organisation=organisation_id, role=Post.LEAD).exists()


def _back(request: HttpRequest, page: str, *, anchor: str = "") -> HttpResponse:
    """To the page that the form was on, with what was chosen there."""
    senior_id = request.POST.get("back_to", "")
    if senior_id:
        return redirect(reverse("facility-resident", args=[_uuid(senior_id)]) + (f"#{anchor}" if anchor else ""))
    kept = {name: request.POST[name] for name in ("unit", "q") if request.POST.get(name)}
    query = f"?{urlencode(kept)}" if kept else ""
    return redirect(f"{reverse(page)}{query}{f'#{anchor}' if anchor else ''}")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotYoursError from None
