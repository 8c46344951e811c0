"""Who is in a circle: in which order they are called, what each is, and how they go."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from companion.circle import actions, privacy, selectors
from companion.circle.access import Need, NotYoursError, access_senior, may_manage, visible_seniors
from companion.circle.actions import RefusedError
from companion.circle.models import Membership, Role
from companion.circle.organisations.selectors import home_of
from companion.circle.selectors import people_of
from companion.circle.views.shell import person, show


@login_required
@never_cache
@require_safe
def circles(request: HttpRequest) -> HttpResponse:
    """The circles a person is in; where there is but one, that one."""
    who = person(request)
    if who.is_senior:
        actions.create_profile(who)
    seniors = list(visible_seniors(who))
    if len(seniors) == 1:
        return redirect("people") if seniors[0].pk == who.pk else redirect("circle", senior_id=seniors[0].pk)
    own = {place.senior_id: place for place in who.memberships.filter(accepted_at__isnull=False)}
    places = [(senior, own.get(senior.pk)) for senior in seniors]
    return show(request, "circle/circles.html", {"places": places})


@login_required
@never_cache
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The senior's own people. For anybody else, whom they look after."""
    who = person(request)
    if not who.is_senior:
        return redirect("circles")
    actions.create_profile(who)
    return circle(request, who.pk)


@login_required
@never_cache
@require_safe
def circle(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """One circle: its people in the order they are called, and the invitations that are open."""
    who = person(request)
    senior = access_senior(who, senior_id, need=Need.BELONG)
    manages = may_manage(who, senior.pk)
    members = people_of(senior.pk)
    if who.pk == senior.pk:
        table = privacy.sharing_table(senior.pk)
        members = [replace(each, sees=privacy.seen_in_words(table, each.member.pk)) for each in members]
    context = {
        "may_manage": manages,
        "sees_numbers": manages,
        "members": members,
        "has_first_contact": any(each.member.role == Role.PRIMARY for each in members),
        "home": home_of(senior.pk),
        "mine": _own_items(who.pk, senior.pk),
        "invitations": selectors.open_invitations(senior.pk) if manages else (),
        "invitation": request.session.pop("invitation", None) if manages else None,
        "looks_after_others": who.pk == senior.pk and visible_seniors(who).exclude(pk=who.pk).exists(),
    }
    return show(request, "circle/circle.html", context, senior=senior)


@login_required
@never_cache
@require_safe
def member(request: HttpRequest, senior_id: UUID, member_id: UUID) -> HttpResponse:
    """One person of a circle: what they see, when they are called, what they are, and how they go."""
    who = person(request)
    senior = access_senior(who, senior_id, need=Need.BELONG)
    helpers = people_of(senior.pk)
    place = next((place for place, each in enumerate(helpers) if each.member.pk == member_id), None)
    if place is None:
        raise NotYoursError
    found = helpers[place]
    manages, is_me = may_manage(who, senior.pk), found.member.user_id == who.pk
    if not (manages or is_me):
        raise NotYoursError
    decides = who.pk == senior.pk
    table = privacy.sharing_table(senior.pk)
    context = {
        "person": found,
        "member": found.member,
        "place": place + 1,
        "count": len(helpers),
        "is_me": is_me,
        "may_manage": manages,
        "may_change": manages and (decides or is_me or found.member.role != Role.PRIMARY),
        "is_first_contact": Membership.objects.filter(senior=senior, user=who, role=Role.PRIMARY).exists(),
        "sees": privacy.items_of_member(table, member_id) if decides or is_me else (),
        "ways": selectors.ways_to_reach(found.member.user_id) if manages or is_me else (),
        "roles": Role.choices,
    }
    return show(request, "circle/member.html", context, senior=senior)


def _own_items(user_id: UUID, senior_id: UUID) -> list[tuple[privacy.ItemSharing, privacy.MemberSees]]:
    """What a member sees of the senior, for their own page; nothing for the senior."""
    place = Membership.objects.filter(senior=senior_id, user=user_id, accepted_at__isnull=False).first()
    return privacy.items_of_member(privacy.sharing_table(senior_id), place.pk) if place else []


@login_required
@require_POST
def put_first(request: HttpRequest, senior_id: UUID, member_id: UUID) -> HttpResponse:
    """Call this one first."""
    actions.change_order(person(request), senior_id, [member_id])
    return redirect("circle", senior_id=senior_id)


@login_required
@require_POST
def move(request: HttpRequest, senior_id: UUID, member_id: UUID) -> HttpResponse:
    """Call this one earlier or later by a place."""
    step = 1 if request.POST.get("to") == "later" else -1
    actions.move_member(person(request), senior_id, member_id, by_places=step)
    messages.success(request, "Done. The order of calling has changed.")
    return redirect("member", senior_id=senior_id, member_id=member_id)


@login_required
@require_POST
def change(request: HttpRequest, senior_id: UUID, member_id: UUID) -> HttpResponse:
    """What the person is to the senior, and whether they are told in an emergency."""
    role, told = request.POST.get("role"), request.POST.get("told")
    if role is not None and role not in Role.values:
        messages.warning(request, "Please choose what the person is.")
        return redirect("member", senior_id=senior_id, member_id=member_id)
    try:
        actions.change_member(
            person(request),
            senior_id,
            member_id,
            role=role,
            relation=request.POST.get("relation"),
            receives_alerts=None if told is None else told == "yes",
        )
    except RefusedError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "Done. It counts from now.")
    return redirect("member", senior_id=senior_id, member_id=member_id)


@login_required
@require_POST
def hand_over(request: HttpRequest, senior_id: UUID, member_id: UUID) -> HttpResponse:
    """A first contact gives the place to somebody else."""
    try:
        actions.hand_over(person(request), senior_id, member_id)
    except RefusedError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "Done. They are called first from now on.")
    return redirect("circle", senior_id=senior_id)


@login_required
@require_POST
def remove(request: HttpRequest, senior_id: UUID, member_id: UUID) -> HttpResponse:
    """Take somebody out of the circle, or leave it."""
    who = person(request)
    leaves = Membership.objects.filter(pk=member_id, user=who).exists()
    try:
        actions.remove_member(who, senior_id, member_id)
    except RefusedError as error:
        messages.warning(request, str(error))
        return redirect("member", senior_id=senior_id, member_id=member_id)
    messages.success(request, "Done. You have left." if leaves else "Done. They see nothing from now on.")
    return redirect("circles") if leaves else redirect("circle", senior_id=senior_id)
