"""The senior's privacy: who can see what, who has looked, and taking one's data along."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from companion.circle import actions
from companion.circle import privacy as read
from companion.circle.actions import Said
from companion.circle.models import Item
from companion.circle.organisations.admissions import share_with_home
from companion.circle.organisations.selectors import home_of
from companion.circle.views.shell import person, show
from lilo_site.api_errors import Problem
from lilo_site.api_paging import page_of

UNDO = "undo_sharing"
LOOKS_A_PAGE = 30
LATEST = 5


@login_required
@never_cache
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Who can see what, item by item; who has looked; and what else is one's own to do."""
    who = person(request)
    if not who.is_senior:
        return show(request, "circle/own_data.html", {}, place="settings")
    senior = actions.create_profile(who)
    context = {
        "table": read.sharing_table(senior.pk),
        "home": home_of(senior.pk),
        "undo": request.session.get(UNDO),
        "looks": read.in_words(list(read.access_log(who, senior.pk)[:LATEST])),
    }
    return show(request, "circle/privacy.html", context, senior=senior)


@login_required
@never_cache
@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    """Every look at the senior's data, the newest first."""
    who = person(request)
    if not who.is_senior:
        raise Http404
    senior = actions.create_profile(who)
    rows = read.access_log(who, senior.pk)
    try:
        page, older = page_of(rows, cursor=request.GET.get("cursor", ""), limit=LOOKS_A_PAGE)
    except Problem:
        return redirect("access-log")
    context = {"looks": read.in_words(page), "older": older, "is_first": "cursor" not in request.GET}
    return show(request, "circle/access_log.html", context, senior=senior)


@login_required
@require_POST
def share(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """The senior shares one item or takes it back: with everyone, with one person, or with the home."""
    who, item, on = person(request), request.POST.get("item", ""), request.POST.get("on", "")
    if item not in Item.values or on not in ("yes", "no", "as_all"):
        messages.warning(request, "Please choose what to share.")
        return _back(request, senior_id, "")
    if request.POST.get("with") == "home":
        share_with_home(who, senior_id, item, is_on=on == "yes")
        messages.success(request, "Done. It counts from now.")
        return _back(request, senior_id, item)
    member_id = _member_id(request)
    if on == "as_all" and member_id is not None:
        before = actions.follow_circle(who, senior_id, item, member_id=member_id)
    else:
        before = actions.set_sharing(who, senior_id, item, is_on=on == "yes", member_id=member_id)
    request.session[UNDO] = asdict(before)
    return _back(request, senior_id, item)


@login_required
@require_POST
def undo(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """Take the last change of sharing back, or put the offer to do so away."""
    before = request.session.pop(UNDO, None)
    if before is None or request.POST.get("undo") != "yes":
        return _back(request, senior_id, "")
    actions.restore_sharing(person(request), senior_id, Said(**before))
    messages.success(request, "Done. It is as it was before.")
    return _back(request, senior_id, before["item"])


def _member_id(request: HttpRequest) -> UUID | None:
    text = request.POST.get("with", "")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Http404 from error


def _back(request: HttpRequest, senior_id: UUID, item: str) -> HttpResponse:
    """To the page the press came from: the table, or one person's own page."""
    from_member = request.POST.get("from", "")
    if from_member:
        try:
            return redirect("member", senior_id=senior_id, member_id=UUID(from_member))
        except ValueError as error:
            raise Http404 from error
    return redirect(reverse("privacy") + (f"#{item}" if item else ""))
