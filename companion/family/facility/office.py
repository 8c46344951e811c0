"""The pages of whoever runs a home: its units, staff and shifts, and who moves in and out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_time
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companion.accounts import limits
from companion.accounts.actions import issue_sign_in_code
from companion.accounts.models import User
from companion.circle.access import NotYoursError
from companion.circle.organisations import access, admissions, rota, selectors
from companion.circle.organisations import actions as home_actions
from companion.circle.organisations.models import Organisation, Post, Shift
from companion.circle.refusals import RefusedError
from companion.family.facility import actions, roster
from companion.family.facility.views import Desk, desk_of
from companion.safety import clock

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: Codes of invitations that a lead may try at once, and how fast that comes back.
TRIES, TRIES_BACK_PER_S = 5, 1 / 60


@login_required
@never_cache
@require_safe
def staff(request: HttpRequest) -> HttpResponse:
    """Who works here, who is on shift, and for leads: who joins and leaves."""
    desk = desk_of(request)
    home = _home(request, desk)
    at = clock.now()
    by_unit = selectors.duties([unit.pk for unit in home.units.all()], at)
    on_shift = {duty.member.pk for found in by_unit.values() for duty in found if duty.is_on_shift}
    context = {
        "home": home,
        "members": home.staff.filter(left_at=None).prefetch_related("units"),
        "on_shift": on_shift,
        "units": list(home.units.all()),
        "roles": Post.choices,
        "may_manage": _runs(desk, home),
        "invitation": request.session.pop("staff_invitation", None),
    }
    return render(request, "facility/staff.html", {**desk.context("staff"), **context})


@login_required
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Make a place for somebody who will work here. Its link is shown once, on the next page, and kept nowhere."""
    desk = desk_of(request)
    home = _home(request, desk)

    def act() -> str:
        made = home_actions.invite_staff(
            desk.person,
            home.pk,
            name=request.POST.get("name", ""),
            role=_role(request),
            unit_ids=_keys(request, "units"),
            is_safeguarding_lead=request.POST.get("safeguarding") == "yes",
        )
        link = request.build_absolute_uri(reverse("facility-join", args=[made.token]))
        request.session["staff_invitation"] = {"name": made.member.name, "link": link}
        return ""

    return _tried(request, act, "facility-staff")


@login_required
@require_POST
def change_staff(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    """What somebody does here, where, and whether they are away; a new link; or that they have left."""
    desk = desk_of(request)

    def act() -> str:
        if request.POST.get("do") == "remove":
            home_actions.remove_staff(desk.person, staff_id)
            return "Done. They see nothing of this home from now on."
        if request.POST.get("do") == "invite":
            made = home_actions.invite_again(desk.person, staff_id)
            link = request.build_absolute_uri(reverse("facility-join", args=[made.token]))
            request.session["staff_invitation"] = {"name": made.member.name, "link": link}
            return ""
        home_actions.change_staff(
            desk.person,
            staff_id,
            role=_role(request),
            unit_ids=_keys(request, "units"),
            is_safeguarding_lead=request.POST.get("safeguarding") == "yes",
            away_until=_date(request, "away_until", needed=False),
        )
        return "Done. It counts from now."

    return _tried(request, act, "facility-staff")


@login_required
@require_POST
def units(request: HttpRequest) -> HttpResponse:
    """Add a unit, or change one."""
    desk = desk_of(request)
    home, name, phone = _home(request, desk), request.POST.get("name", ""), request.POST.get("phone", "")

    def act() -> str:
        if request.POST.get("unit_id"):
            home_actions.change_unit(desk.person, _uuid(request.POST["unit_id"]), name=name, phone=phone)
        else:
            home_actions.add_unit(desk.person, home.pk, name=name, phone=phone)
        return "Done."

    return _tried(request, act, "facility-staff")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation to work here: read it, and join by a press."""
    found = home_actions.find_staff_invitation(token)
    if request.method == "POST":
        try:
            member = home_actions.join_as_staff(_person(request), token)
        except RefusedError as error:
            messages.warning(request, str(error))
            return redirect("facility-join", token=token)
        messages.success(request, f"Welcome to {member.organisation.name}. Please see how Lilo reaches you.")
        return redirect("reach")
    return render(request, "facility/join.html", {"invitation": found}, status=200 if found else 404)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shifts(request: HttpRequest) -> HttpResponse:
    """Who works when, unit by unit."""
    desk = desk_of(request)
    home = _home(request, desk)
    if request.method == "POST":
        return _tried(request, lambda: _change_shifts(request, desk), "facility-shifts")
    at = clock.now()
    shown = [unit for unit in desk.shown if unit.organisation_id == home.pk]
    by_unit = selectors.duties([unit.pk for unit in shown], at)
    rotas = [
        {
            "unit": unit,
            "shifts": [_shown(shift) for shift in selectors.lasting_shifts([unit], at)],
            "on_shift": [duty.member for duty in by_unit[unit.pk] if duty.is_on_shift],
            "staff": [duty.member for duty in by_unit[unit.pk]],
        }
        for unit in shown
    ]
    today = timezone.localtime(at, home.tz).date()
    context = {"home": home, "rotas": rotas, "weekdays": WEEKDAYS, "today": today, "may_manage": _runs(desk, home)}
    return render(request, "facility/shifts.html", {**desk.context("shifts"), **context})


@login_required
@never_cache
@require_safe
def residents(request: HttpRequest) -> HttpResponse:
    """Who lives here, and the ways to move in."""
    desk, home = _office(request)
    found = selectors.residents(home.units.all())
    context = {
        "home": home,
        "residents": found,
        "units": list(home.units.all()),
        "items": selectors.ASKED_ITEMS,
        "columns": roster.COLUMNS,
        "example": roster.EXAMPLE,
    }
    return render(request, "facility/residents.html", {**desk.context("residents"), **context})


@login_required
@require_POST
def admit(request: HttpRequest) -> HttpResponse:
    """Somebody moves in: new to Lilo, or by a code that they or their family made."""
    desk, _ = _office(request)
    unit_id, room = _uuid(request.POST.get("unit_id", "")), request.POST.get("room", "")

    def act() -> str:
        if code := request.POST.get("code", "").strip():
            _spare_codes(desk.person)
            residency = admissions.admit_by_code(desk.person, unit_id, code, room=room)
        else:
            residency = admissions.admit(
                desk.person,
                unit_id,
                full_name=request.POST.get("name", ""),
                preferred_name=request.POST.get("called", ""),
                room=room,
                phone=request.POST.get("phone", ""),
                agreed=request.POST.getlist("agreed"),
            )
        return f"{residency.senior.name} lives here now."

    return _tried(request, act, "facility-residents")


@login_required
@require_POST
def move(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """To another room or unit, or out of the home."""
    desk, _ = _office(request)

    def act() -> str:
        if request.POST.get("do") == "discharge":
            admissions.discharge(desk.person, senior_id)
            return "Done. This home sees nothing of them from now on."
        unit_id = _uuid(request.POST.get("unit_id", ""))
        admissions.move_resident(desk.person, senior_id, unit_id, room=request.POST.get("room", ""))
        return "Done. Their unit looks after them from now on."

    return _tried(request, act, "facility-residents")


@login_required
@never_cache
@require_POST
def sign_in_code(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """A code by which a resident signs in, to be handed to them."""
    desk, _ = _office(request)
    residency = access.managed_residency(desk.person, senior_id)
    context = {"senior": residency.senior, "code": issue_sign_in_code(residency.senior.user, desk.person)}
    return render(request, "facility/code.html", {**desk.context("residents"), **context})


@login_required
@never_cache
@require_POST
def bring_in(request: HttpRequest) -> HttpResponse:
    """A list of residents: first what would happen, row by row; then, by a press, it happens."""
    desk, home = _office(request)
    try:
        upload = request.FILES.get("file")
        text = roster.decode(_content(upload)) if upload else request.POST.get("text", "")
        is_done = request.POST.get("do") == "import"
        lines = (actions.import_roster if is_done else actions.check_roster)(desk.person, home.pk, text)
    except RefusedError as error:
        messages.warning(request, str(error))
        return _to(request, "facility-residents")
    good = sum(line.is_good for line in lines)
    context = {"home": home, "lines": lines, "text": text, "good": good, "bad": len(lines) - good, "is_done": is_done}
    return render(request, "facility/import.html", {**desk.context("residents"), **context})


def _content(upload: UploadedFile[Any]) -> bytes:
    """What was sent, a byte more than may be: whether it is too large is said in one place."""
    content: bytes = upload.read(roster.MOST_BYTES + 1)
    return content


def _change_shifts(request: HttpRequest, desk: Desk) -> str:
    if shift_id := request.POST.get("end"):
        rota.end_shift(desk.person, _uuid(shift_id))
        return "Done. It begins no more."
    first_day, last_day = _date(request, "first_day"), _date(request, "last_day", needed=False)
    if first_day is None:
        raise RefusedError("Please choose the first day.")
    rota.plan_shift(
        desk.person,
        _uuid(request.POST.get("unit_id", "")),
        _uuid(request.POST.get("staff_id", "")),
        weekdays="".join(request.POST.getlist("weekdays")),
        starts=_time(request, "starts"),
        ends=_time(request, "ends"),
        first_day=first_day,
        last_day=last_day,
    )
    return "Done. Calls for help go to them in that time."


def _shown(shift: Shift) -> dict[str, Any]:
    days = [int(day) for day in shift.weekdays]
    if len(days) == len(WEEKDAYS):
        words = "Every day"
    elif days == list(range(days[0], days[-1] + 1)) and len(days) > 2:
        words = f"{WEEKDAYS[days[0]]} to {WEEKDAYS[days[-1]]}"
    else:
        words = ", ".join(WEEKDAYS[day] for day in days)
    return {"shift": shift, "days": words, "is_night": shift.ends <= shift.starts}


def _tried(request: HttpRequest, act: Callable[[], str], page: str) -> HttpResponse:
    try:
        said = act()
    except RefusedError as error:
        messages.warning(request, str(error))
    else:
        if said:
            messages.success(request, said)
    return _to(request, page)


def _to(request: HttpRequest, page: str) -> HttpResponse:
    home = request.POST.get("home", "")
    return redirect(f"{reverse(page)}?home={_uuid(home)}" if home else page)


def _office(request: HttpRequest) -> tuple[Desk, Organisation]:
    """The desk and the home of somebody who runs it; for others there is no such page."""
    desk = desk_of(request)
    home = _home(request, desk)
    access.access_post(desk.person, home.pk, to_manage=True)
    return desk, home


def _home(request: HttpRequest, desk: Desk) -> Organisation:
    chosen = request.GET.get("home") or request.POST.get("home") or ""
    home = next((one for one in desk.homes if str(one.pk) == chosen), None) if chosen else desk.homes[0]
    if home is None:
        raise NotYoursError
    return home


def _runs(desk: Desk, home: Organisation) -> bool:
    return access.posts_of(desk.person).filter(organisation=home, role=Post.LEAD).exists()


def _spare_codes(person: User) -> None:
    """Nobody guesses codes, a lead neither."""
    if limits.take("join", str(person.pk), capacity=TRIES, refill_per_s=TRIES_BACK_PER_S, fail_open=False) is not None:
        raise RefusedError("That was a few tries too many. Please wait a minute, then try again.")


def _role(request: HttpRequest) -> str:
    role = request.POST.get("role", Post.CARER)
    if role not in Post.values:
        raise RefusedError("Please choose what the person does.")
    return role


def _keys(request: HttpRequest, name: str) -> list[UUID]:
    return [_uuid(text) for text in request.POST.getlist(name)]


def _date(request: HttpRequest, name: str, *, needed: bool = True) -> date | None:
    text = request.POST.get(name, "").strip()
    try:
        found = parse_date(text) if text else None
    except ValueError:
        found = None
    if found is None and (text or needed):
        raise RefusedError("Please check the day.")
    return found


def _time(request: HttpRequest, name: str) -> time:
    try:
        found = parse_time(request.POST.get(name, ""))
    except ValueError:
        found = None
    if found is None:
        raise RefusedError("Please check from when to when.")
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotYoursError from None


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise NotYoursError
    return request.user
