"""What every page of the circle needs: who asks, and the frame it stands in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from companion.accounts.models import User
from companion.circle.models import Senior

#: The senior's own frame, and the one of the family's pages.
OWN, FAMILY = "senior/base.html", "family/base.html"


def person(request: HttpRequest) -> User:
    """Who is signed in, behind `login_required`."""
    if not isinstance(request.user, User):
        raise TypeError("login_required lets nobody else in")
    return request.user


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    senior: Senior | None = None,
    place: str = "people",
    status: int = 200,
) -> HttpResponse:
    """A page in the frame of whoever looks: the senior's own places, or the family's.

    Args:
        request: of somebody who is signed in.
        template: extends `shell`.
        context: what the page shows.
        senior: whose page it is, where it is one's.
        place: which place of the family's frame is lit.
        status: HTTP status.
    """
    who = person(request)
    is_own = who.is_senior if senior is None else senior.pk == who.pk
    frame = {"shell": OWN if is_own else FAMILY, "is_own": is_own, "place": place}
    if senior is not None:
        frame["senior"] = senior
    return render(request, template, frame | context, status=status)
