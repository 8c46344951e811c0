"""What all pages of medicines have in common: whose they are, in which frame, and the way back from the last press."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from companion.accounts.models import User
from companion.care.medicines import access, pages, selectors
from companion.care.medicines.models import Regimen
from companion.circle.access import Need, NotYoursError, access_senior, may_write
from companion.circle.models import Senior

UNDO = "medicines-undo"


def person_of(request: HttpRequest) -> User:
    """Who is signed in."""
    if not isinstance(request.user, User):
        raise TypeError("login_required lets nobody else in")
    return request.user


def show(
    request: HttpRequest, template: str, senior: Senior, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page about one senior: in the senior's own frame for the senior, in the portal's for anybody else."""
    person = person_of(request)
    is_own = person.pk == senior.pk
    frame = {
        "base": "senior/base.html" if is_own else "family/base.html",
        "place": "medicines",
        "senior": senior,
        "is_own": is_own,
        "may_write": may_write(person, senior.pk, need=Need.MEDICINES),
        "undo": undo_shown(request, senior),
        "back": list_address(person, senior.pk),
    }
    return render(request, template, frame | context, status=status)


def list_address(person: User, senior_id: UUID) -> str:
    """Where the list of a senior's medicines is, for this person."""
    return reverse("medicines") if person.pk == senior_id else reverse("senior-medicines", args=[senior_id])


def undo_shown(request: HttpRequest, senior: Senior) -> pages.Undo | None:
    """What this person wrote down last of this senior's, until they say that it is right. Only ids are remembered."""
    kept = request.session.get(UNDO)
    if not kept or kept["senior"] != str(senior.pk):
        return None
    shown = pages.undo_of(senior, kept["kind"], UUID(kept["key"]))
    if shown is None:
        del request.session[UNDO]
    return shown


def senior_of(request: HttpRequest, senior_id: UUID, *, to_write: bool = False) -> Senior:
    """The senior whose medicines are asked for, where they are shared."""
    return access_senior(person_of(request), senior_id, need=Need.MEDICINES, to_write=to_write)


def regimen_of(request: HttpRequest, senior_id: UUID, regimen_id: UUID, *, to_write: bool = False) -> Regimen:
    """One medicine of that senior, with what the pages need of it."""
    access.regimen_for(person_of(request), regimen_id, to_write=to_write)
    found = [one for one in selectors.regimens_of(senior_id, with_stopped=True) if one.pk == regimen_id]
    if not found:
        raise NotYoursError
    return found[0]


def back_to(request: HttpRequest, otherwise: str) -> HttpResponse:
    """Back to the page that the form was on."""
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return redirect(asked if safe else otherwise)
