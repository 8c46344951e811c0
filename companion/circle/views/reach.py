"""How Lilo reaches a person."""

from __future__ import annotations

from datetime import time
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from companion.circle import actions, selectors
from companion.circle.actions import RefusedError
from companion.circle.models import ContactPoint
from companion.circle.views.shell import person, show


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: HttpRequest) -> HttpResponse:
    """How Lilo reaches this person, whether that works, and when it should be quiet."""
    who = person(request)
    if request.method != "POST":
        return _page(request)
    kind, address = request.POST.get("kind", ""), request.POST.get("address", "")
    try:
        if kind not in selectors.TYPED:
            raise RefusedError("Please choose how.")
        actions.add_contact_point(who, kind, address)
    except RefusedError as error:
        return _page(request, trouble=str(error), kind=kind, address=address)
    messages.success(request, "Lilo sends you a message there now. Please press the link in it.")
    return redirect("reach")


def _page(request: HttpRequest, *, trouble: str = "", kind: str = "email", address: str = "") -> HttpResponse:
    who = person(request)
    points = selectors.ways_to_reach(who.pk)
    context = {
        "points": points,
        "is_unreachable": not any(point.works for point in points),
        "kinds": [choice for choice in ContactPoint.Kind.choices if choice[0] in selectors.TYPED],
        "trouble": trouble,
        "kind": kind,
        "address": address,
        "looks_after": selectors.is_in_a_circle(who.pk),
    }
    return show(request, "circle/reach.html", context, place="settings", status=422 if trouble else 200)


@login_required
@require_POST
def remove_point(request: HttpRequest, point_id: UUID) -> HttpResponse:
    """Forget a way to reach this person."""
    actions.remove_contact_point(person(request), point_id)
    messages.success(request, "Done. Lilo forgets this address.")
    return redirect("reach")


@login_required
@require_POST
def quiet_hours(request: HttpRequest, point_id: UUID) -> HttpResponse:
    """When only a call for help may come this way."""
    try:
        begin, end = _time(request.POST.get("from", "")), _time(request.POST.get("to", ""))
        actions.set_quiet_hours(person(request), point_id, begin=begin, end=end)
    except (RefusedError, ValueError) as error:
        words = str(error) if isinstance(error, RefusedError) else "Please write times as 22:00."
        messages.warning(request, words)
    else:
        messages.success(request, "Done. A call for help still comes at any hour.")
    return redirect("reach")


def _time(text: str) -> time | None:
    return time.fromisoformat(text) if text.strip() else None
