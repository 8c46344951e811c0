"""The pages of a circle: who is in it, what they may see, how to join, how to be reached. Plain forms, all of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from companion.accounts import limits
from companion.accounts.models import User
from companion.circle import actions, selectors
from companion.circle.access import Need, access_senior, may_manage, visible_seniors
from companion.circle.actions import RefusedError
from companion.circle.models import ContactPoint, Item, Role

#: Codes that a person may try at once, and how fast that comes back.
TRIES, TRIES_BACK_PER_S = 5, 1 / 60


@login_required
def circles(request: HttpRequest) -> HttpResponse:
    """The circles a person is in; where there is but one, that one."""
    person = _person(request)
    if person.is_senior:
        actions.create_profile(person)
    seniors = list(visible_seniors(person))
    if len(seniors) == 1:
        return redirect("circle", senior_id=seniors[0].pk)
    return render(request, "circle/circles.html", {"seniors": seniors})


@login_required
@never_cache
def circle(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """One circle: its people, and what the senior shares with them."""
    person = _person(request)
    senior = access_senior(person, senior_id, need=Need.BELONG)
    context = {
        "senior": senior,
        "is_own": person.pk == senior.pk,
        "may_manage": may_manage(person, senior.pk),
        "members": selectors.members_of(senior.pk).filter(accepted_at__isnull=False),
        "unreachable": {member.pk for member in selectors.unreachable_members(senior.pk)},
        "sharing": selectors.sharing_of(senior.pk),
        "roles": Role.choices,
        "invitation": request.session.pop("invitation", None),
    }
    return render(request, "circle/circle.html", context)


@login_required
@require_POST
def invite(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """Make an invitation. Its link and code are shown once, on the next page, and kept nowhere."""
    role = request.POST.get("role", Role.FAMILY)
    if role not in Role.values:
        messages.warning(request, "Please choose what the person is.")
        return redirect("circle", senior_id=senior_id)
    made = actions.invite(_person(request), senior_id, role=role, relation=request.POST.get("relation", ""))
    link = request.build_absolute_uri(reverse("join", args=[made.token]))
    request.session["invitation"] = {"link": link, "code": made.code}
    return redirect("circle", senior_id=senior_id)


@login_required
@require_POST
def share(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """The senior shares one item or takes it back."""
    item = request.POST.get("item", "")
    if item in Item.values:
        actions.set_sharing(_person(request), senior_id, item, is_on=request.POST.get("on") == "yes")
        messages.success(request, "Done. It counts from now.")
    return redirect("circle", senior_id=senior_id)


@login_required
@require_POST
def put_first(request: HttpRequest, senior_id: UUID, member_id: UUID) -> HttpResponse:
    """Call this one first."""
    actions.change_order(_person(request), senior_id, [member_id])
    return redirect("circle", senior_id=senior_id)


@login_required
@require_POST
def remove(request: HttpRequest, senior_id: UUID, member_id: UUID) -> HttpResponse:
    """Take somebody out of the circle, or leave it."""
    actions.remove_member(_person(request), senior_id, member_id)
    messages.success(request, "Done. They see nothing from now on.")
    return redirect("circles")


@login_required
@require_http_methods(["GET", "POST"])
def join_by_code(request: HttpRequest) -> HttpResponse:
    """Type the code that was read out."""
    if request.method == "GET":
        return render(request, "circle/join_by_code.html")
    if _tries_too_often(request, _person(request)):
        return redirect("join-by-code")
    code = request.POST.get("code", "").strip()
    if actions.find_invitation(code) is None:
        messages.warning(request, "This code does not fit. Please check it, or ask for a new one.")
        return redirect("join-by-code")
    return redirect("join", secret=code)


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """An invitation: read it, sign in or up, and join by a press."""
    if actions.is_code(secret) and (not isinstance(request.user, User) or _tries_too_often(request, request.user)):
        return redirect("join-by-code")
    if request.method == "POST" and isinstance(request.user, User):
        return _accept(request, request.user, secret)
    found = actions.find_invitation(secret)
    context = {"invitation": found, "here": request.path}
    return render(request, "circle/join.html", context, status=200 if found else 404)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reach(request: HttpRequest) -> HttpResponse:
    """How Lilo reaches this person, and whether that works."""
    person = _person(request)
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        try:
            actions.add_contact_point(person, kind, request.POST.get("address", ""))
        except (RefusedError, ValueError) as error:
            messages.warning(request, str(error) if isinstance(error, RefusedError) else "Please choose how.")
        else:
            messages.success(request, "Lilo sends you a message there now. Please press the link in it.")
        return redirect("reach")
    context = {"points": person.contact_points.all(), "kinds": ContactPoint.Kind.choices}
    return render(request, "circle/reach.html", context)


@login_required
@require_POST
def remove_point(request: HttpRequest, point_id: UUID) -> HttpResponse:
    """Forget a way to reach this person."""
    actions.remove_contact_point(_person(request), point_id)
    messages.success(request, "Done. Lilo forgets this address.")
    return redirect("reach")


def _accept(request: HttpRequest, person: User, secret: str) -> HttpResponse:
    try:
        member = actions.accept_invitation(person, secret)
    except RefusedError as error:
        messages.warning(request, str(error))
        return redirect("join-by-code")
    messages.success(request, f"Welcome. You are in {member.senior.name}'s circle. Please see how Lilo reaches you.")
    return redirect("reach")


def _tries_too_often(request: HttpRequest, person: User) -> bool:
    wait = limits.take("join", str(person.pk), capacity=TRIES, refill_per_s=TRIES_BACK_PER_S, fail_open=False)
    if wait is not None:
        messages.warning(request, "That was a few tries too many. Please wait a minute, then try again.")
    return wait is not None


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("login_required lets nobody else in")
    return request.user
