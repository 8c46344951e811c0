"""The page of a calendar feed, and the feed itself."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from companion.care.feed import actions
from companion.care.feed.ical import CONTENT_TYPE, calendar_of, key_of
from companion.care.feed.selectors import plan_of
from companion.care.medicines.frame import person_of, senior_of, show


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def feed_page(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """Make a secret address, or end it. The address is shown once, on the page that made it."""
    senior, person = senior_of(request, senior_id), person_of(request)
    address = ""
    if request.method == "POST":
        if request.POST.get("what") == "revoke":
            actions.revoke_feed(person, senior.pk)
            messages.success(request, "Done. Calendars that used the address get nothing more.")
            return redirect("medicines-feed", senior_id=senior.pk)
        token = actions.make_feed(person, senior.pk)
        address = request.build_absolute_uri(reverse("feed", args=[token]))
    context = {"feed": actions.feed_of(person, senior.pk), "address": address}
    return show(request, "medicines/feed.html", senior, context)


@never_cache
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a secret address. Nobody is signed in here: the address is the key."""
    found = actions.open_feed(token)
    text = calendar_of(plan_of(found.senior))
    name = key_of(found.senior_id)
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Robots-Tag": "noindex"}
    return HttpResponse(text, content_type=CONTENT_TYPE, headers=headers)
