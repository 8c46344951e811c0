"""The family's pages. All of them work by plain links and forms; open ones are kept fresh by `/ws/live/`."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from companion.accounts.models import Kind, User
from companion.circle.access import Need
from companion.circle.models import ContactPoint
from companion.circle.organisations.access import posts_of
from companion.family import selectors
from companion.safety import access, actions

LONGEST_REASON = 500


@login_required
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Whom I look after; where there is but one, their page; for staff of a home, its board."""
    person = _person(request)
    if person.kind == Kind.STAFF and posts_of(person).exists():
        return redirect("facility")
    people = selectors.people_of(person)
    if len(people.pictures) == 1:
        return redirect("dashboard", senior_id=people.pictures[0].senior.pk)
    context = {"pictures": people.pictures, "others": people.others, "place": "home"}
    return render(request, "family/home.html", context)


@login_required
@never_cache
@require_safe
def dashboard(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """How one senior is, as far as they share it."""
    picture, frame = selectors.look(_person(request), senior_id)
    context = {"senior": picture.senior, "picture": picture, "frame": frame, "place": "today", "form_key": uuid4()}
    return render(request, "family/dashboard.html", context)


@login_required
@never_cache
@require_safe
def trend(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """The picture of the readings that there are most of, for a dashboard: apart, since years are looked through."""
    picture = selectors.picture_of(_person(request), senior_id, Need.JOURNAL)
    context = {"trend": selectors.trend_of(picture), "senior": picture.senior, "is_own": picture.is_own}
    return render(request, "family/parts/trend.html", context)


@login_required
@never_cache
@require_safe
def activity(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """When the senior talked, and about what where that is shared. Never a word of it."""
    picture = selectors.activity_of(_person(request), senior_id)
    until = selectors.last_day(picture, _day(request))
    week = timedelta(days=selectors.ACTIVITY_DAYS)
    context = {
        "senior": picture.senior,
        "picture": picture,
        "place": "activity",
        "days": selectors.days_of_talks(picture, until=until),
        "earlier": until - week,
        "later": min(until + week, picture.today) if until < picture.today else None,
    }
    return render(request, "family/activity.html", context)


@login_required
@never_cache
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """The alerts of everybody I look after."""
    person = _person(request)
    context = {"cards": selectors.inbox(person), "closed": selectors.closed_alerts(person), "place": "alerts"}
    return render(request, "family/alerts.html", context)


@login_required
@require_POST
def claim(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """I'm on it."""
    if actions.claim(alert_id, _person(request)):
        messages.success(request, "Thank you. The others know. Please say here how it ends.")
    else:
        messages.info(request, "Somebody else was first. You need do nothing now.")
    return _after(request, alert_id)


@login_required
@require_POST
def close(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """It is over, or there was no trouble: with a few words on how it ended."""
    reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    if not reason:
        messages.warning(request, "Please write a few words on how it ended.")
        return _after(request, alert_id)
    end = actions.mark_false_alarm if request.POST.get("how") == "false_alarm" else actions.resolve
    if end(alert_id, _person(request), reason=reason):
        messages.success(request, "Thank you. Everybody who was told now knows that it is over.")
    return _after(request, alert_id)


@login_required
@never_cache
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """How Lilo reaches me, and what else is mine to set."""
    points = list(_person(request).contact_points.exclude(accepted_at=None))
    failing = any(point.last_result == ContactPoint.Result.FAILED for point in points)
    return render(request, "family/settings.html", {"place": "settings", "points": len(points), "failing": failing})


def _after(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Back to where the form was; with scripts, the alert's card alone, with the words on top."""
    if request.headers.get("HX-Request") == "true":
        person = _person(request)
        card = selectors.card_of(person, access.access_alert(person, alert_id))
        return render(
            request, "family/parts/alert_card.html", {"card": card, "zone": person.time_zone, "is_alone": True}
        )
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "family-alerts")


def _day(request: HttpRequest) -> date | None:
    try:
        return parse_date(request.GET.get("until", ""))
    except ValueError:
        return None


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("login_required lets nobody else in")
    return request.user
