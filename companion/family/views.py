"""The family's pages. All of them work by plain links and forms; open ones are kept fresh by `/ws/live/`."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from companion.accounts.models import User
from companion.circle.access import Need, access_senior, visible_seniors


@login_required
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Whom I look after; where there is but one, their page."""
    seniors = list(visible_seniors(_person(request)))
    if len(seniors) == 1:
        return redirect("dashboard", senior_id=seniors[0].pk)
    return render(request, "family/home.html", {"seniors": seniors, "place": "today"})


@login_required
@never_cache
@require_safe
def dashboard(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """How one senior is, as far as they share it."""
    senior = access_senior(_person(request), senior_id, need=Need.BELONG)
    return render(request, "family/dashboard.html", {"senior": senior, "place": "today"})


@login_required
@never_cache
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """The alerts of everybody I look after."""
    return render(request, "family/alerts.html", {"place": "alerts"})


@login_required
@never_cache
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """How Lilo reaches me, and what else is mine to set."""
    return render(request, "family/settings.html", {"place": "settings"})


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("login_required lets nobody else in")
    return request.user
