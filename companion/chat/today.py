"""Today's page: the day in order, what waits for an answer, and one thing to do next."""

from __future__ import annotations

from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from companion.care.calendar.selectors import visits_of_day
from companion.care.journal.selectors import check_in_of
from companion.care.medicines import pages
from companion.care.medicines.frame import person_of, undo_shown
from companion.chat.doses import mark_shown
from companion.chat.family_messages.selectors import unread_messages
from companion.circle.access import Need, access_senior
from companion.safety import clock


@login_required
@never_cache
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The senior's day. Anybody else is led to the family's pages."""
    person = person_of(request)
    if not person.is_senior:
        return redirect("family")
    senior = access_senior(person, person.pk, need=Need.MEDICINES)
    day = clock.now().astimezone(ZoneInfo(person.time_zone)).date()
    doses = pages.doses_of_day(senior, day)
    mark_shown(person, [dose.key for dose in doses if dose.is_now])
    context = {
        "senior": senior,
        "is_own": True,
        "may_write": True,
        "day": day,
        "undo": undo_shown(request, senior),
        "now": [dose for dose in doses if dose.is_now],
        "later": [dose for dose in doses if dose.is_open and not dose.is_now],
        "visits": visits_of_day(senior.pk, day),
        "done": [dose for dose in doses if not dose.is_open],
        "as_needed": pages.needed_today(senior),
        "letters": unread_messages(senior.pk),
        "check_in": check_in_of(senior.pk),
        "form_key": uuid4(),
    }
    return render(request, "senior/today.html", context)
