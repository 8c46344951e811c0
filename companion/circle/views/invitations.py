"""Inviting, joining and saying no."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from companion.accounts.models import User
from companion.circle import actions, selectors
from companion.circle.access import Need, access_senior
from companion.circle.actions import NewInvitation, RefusedError
from companion.circle.models import Role
from companion.circle.views.shell import person, show


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """Make an invitation. Its link and code are shown once, on the next page, and kept nowhere."""
    who = person(request)
    senior = access_senior(who, senior_id, need=Need.MANAGE)
    if request.method != "POST":
        return show(request, "circle/invite.html", {"roles": Role.choices, "chosen": Role.FAMILY}, senior=senior)
    role = request.POST.get("role", Role.FAMILY)
    if role not in Role.values:
        messages.warning(request, "Please choose what the person is.")
        return redirect("invite", senior_id=senior_id)
    made = actions.invite(
        who, senior_id, role=role, relation=request.POST.get("relation", ""), guest=request.POST.get("guest", "")
    )
    _show_once(request, made)
    return redirect("circle", senior_id=senior_id)


@login_required
@require_POST
def renew(request: HttpRequest, senior_id: UUID, invitation_id: UUID) -> HttpResponse:
    """A new link and code; the old ones stop working."""
    try:
        _show_once(request, actions.renew_invitation(person(request), senior_id, invitation_id))
    except RefusedError as error:
        messages.warning(request, str(error))
    return redirect("circle", senior_id=senior_id)


@login_required
@require_POST
def withdraw(request: HttpRequest, senior_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    try:
        actions.withdraw_invitation(person(request), senior_id, invitation_id)
    except RefusedError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "Done. The link and the code open nothing any more.")
    return redirect("circle", senior_id=senior_id)


def _show_once(request: HttpRequest, made: NewInvitation) -> None:
    link = request.build_absolute_uri(reverse("join", args=[made.token]))
    name = made.invitation.senior.name
    words = f"{name} would like you near, with Lilo. Please open this link within seven days: {link}"
    request.session["invitation"] = {
        "link": link,
        "code": made.code,
        "guest": made.invitation.guest,
        "mail": f"mailto:?subject={quote(f'An invitation from {name}')}&body={quote(words)}",
        "text": f"sms:?&body={quote(words)}",
    }


@login_required
@require_http_methods(["GET", "POST"])
def join_by_code(request: HttpRequest) -> HttpResponse:
    """Type the code that was read out."""
    if request.method == "GET":
        return show(request, "circle/join_by_code.html", {})
    if _tries_too_often(request, person(request)):
        return redirect("join-by-code")
    code = request.POST.get("code", "").strip()
    if actions.find_invitation(code) is None:
        messages.warning(request, "This code does not fit. Please check it, or ask for a new one.")
        return redirect("join-by-code")
    return redirect("join", secret=code)


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """An invitation: read what it means, sign in or up, and join by a press, or say no."""
    if actions.is_code(secret) and (not isinstance(request.user, User) or _tries_too_often(request, request.user)):
        return redirect("join-by-code")
    if request.method == "POST" and request.POST.get("answer") == "no":
        return _decline(request, secret)
    if request.method == "POST" and isinstance(request.user, User):
        return _accept(request, request.user, secret)
    found = actions.find_invitation(secret)
    sharing = selectors.sharing_of(found.senior_id) if found is not None else ()
    context = {"invitation": found, "here": request.path, "sharing": sharing}
    return render(request, "circle/join.html", context, status=200 if found else 404)


def _decline(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        actions.decline_invitation(secret, user=request.user if isinstance(request.user, User) else None)
    except RefusedError:
        return render(request, "circle/join.html", {"invitation": None}, status=404)
    return render(request, "circle/declined.html")


def _accept(request: HttpRequest, who: User, secret: str) -> HttpResponse:
    try:
        member = actions.accept_invitation(who, secret)
    except RefusedError as error:
        messages.warning(request, str(error))
        return redirect("join-by-code")
    messages.success(request, f"Welcome. You are in {member.senior.name}'s circle. Please see how Lilo reaches you.")
    return redirect("reach")


def _tries_too_often(request: HttpRequest, who: User) -> bool:
    wait = actions.take_a_try(who)
    if wait is not None:
        messages.warning(request, "That was a few tries too many. Please wait a minute, then try again.")
    return wait is not None
