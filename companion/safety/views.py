"""The pages of alerts. Plain forms: they work on any phone, with scripts or without."""

from __future__ import annotations

import logging
import re
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from companion.accounts import help_pass
from companion.accounts.models import User
from companion.circle import actions as circle
from companion.circle.privacy import profile_of
from companion.circle.selectors import as_dialled, name_of
from companion.safety import access, actions, selectors
from companion.safety.apart import NO_DATABASE
from companion.safety.ladder import CLOSED
from companion.safety.numbers import emergency_numbers, numbers_anywhere
from companion.safety.steadfast import PATIENCE, hung_up_after
from lilo_site.logs import trace_id

log = logging.getLogger(__name__)

LONGEST_REASON = 500
_KEY = re.compile(r"[\w-]{8,64}")


@require_POST
def press_help(request: HttpRequest) -> HttpResponse:
    """The help button: the alert is stored, then the page says so. Works while the database is away, as far as it can.

    The form's key makes two taps on one page one press.
    """
    senior_id = _who_presses(request)
    if senior_id is None:
        return redirect_to_login(reverse("help"))
    key = request.POST.get("key", "")
    try:
        raised = actions.press_help_for(senior_id, trace_id=trace_id.get(), key=key if _KEY.fullmatch(key) else "")
    except User.DoesNotExist:
        return redirect_to_login(reverse("help"))
    except OSError:
        log.critical("a call for help is lost: no store takes it", exc_info=True)
        return help_away(request, is_lost=True)
    if raised.spooled:
        return help_away(request, raised)
    if raised.circle_told:
        messages.success(request, "Your people are being told now. If you are in danger, ring the number below too.")
    else:
        messages.warning(request, "I could not reach your people. Please ring the number below now.")
    return redirect("help")


def help_away(
    request: HttpRequest, pressed: actions.RaisedAlert | None = None, *, is_lost: bool = False
) -> HttpResponse:
    """Whom to ring, and what became of a press, while the database is away: nothing here asks it."""
    context = {"pressed": pressed, "is_lost": is_lost, "everywhere": numbers_anywhere()}
    response = render(request, "alerts/help_away.html", context, status=503 if is_lost else 200)
    request.session.accessed = False  # so that nobody on the way out reads or writes the session
    return response


def _who_presses(request: HttpRequest) -> UUID | None:
    """Whoever is signed in, or has this device's pass for pressing help; while the database is away, the pass alone."""
    try:
        with hung_up_after(PATIENCE):
            if isinstance(request.user, User):
                return request.user.pk
            holder = help_pass.holder(request)
            senior = User.objects.filter(pk=holder, is_active=True).first() if holder else None
            return senior.pk if senior is not None and help_pass.is_good(request, senior) else None
    except NO_DATABASE:
        log.warning("help is pressed while the database is away", exc_info=True)
        return help_pass.holder(request)


@login_required
@require_POST
def drill(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """Try whether everybody is reached, labelled as what it is."""
    raised = actions.start_drill(_person(request), senior_id)
    return redirect("alert", alert_id=raised.alert_id)


@login_required
@never_cache
def alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """One alert: what is known, what happened, and the buttons that end the noise."""
    person = _person(request)
    found = access.access_alert(person, alert_id)
    actions.note_view(found, person)
    is_own = found.senior_id == person.pk
    called = found.state not in CLOSED and access.called_to_emergency(person, found.senior_id)
    context = {
        "alert": found,
        "name": name_of(found.senior_id),
        "is_own": is_own,
        "is_open": found.state not in CLOSED,
        "is_mine": found.claimed_by_id == person.pk and found.state == "claimed",
        "may_handle": access.may_handle(person, found),
        "timeline": selectors.timeline(found),
        "phone": found.senior.phone,
        "number": as_dialled(found.senior.phone, person.country) if found.senior.phone else "",
        "is_asking": found.answer_due_at is not None,
        "emergency": emergency_numbers(found.senior.country)[:1],
        "profile": profile_of(person, found.senior_id) if called and not is_own else None,
        "confidants": access.possible_confidants(found) if is_own and found.is_confidential else (),
    }
    return render(request, "alerts/alert.html", context)


@login_required
@require_POST
def claim(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """I'm on it."""
    if actions.claim(alert_id, _person(request)):
        messages.success(request, "Thank you. The others know. Please say here how it ends.")
    else:
        messages.info(request, "Somebody else was first. You need do nothing now.")
    return redirect("alert", alert_id=alert_id)


@login_required
@require_POST
def close(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """It is over, or there was no trouble: with a few words on how it ended."""
    reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    if not reason:
        messages.warning(request, "Please write a few words on how it ended.")
        return redirect("alert", alert_id=alert_id)
    end = actions.mark_false_alarm if request.POST.get("how") == "false_alarm" else actions.resolve
    if end(alert_id, _person(request), reason=reason):
        messages.success(request, "Thank you. Everybody who was told now knows that it is over.")
    return redirect("alert", alert_id=alert_id)


@login_required
@require_POST
def answer(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """The senior's own word: an answer to Lilo's question, or "I'm OK"."""
    person, said = _person(request), request.POST.get("said")
    if said == "ok":
        actions.senior_all_clear(alert_id, person.pk)
    else:
        actions.answer_question(alert_id, person.pk, yes=said == "yes")
    return redirect("alert", alert_id=alert_id)


@login_required
@require_POST
def tell(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """The senior picks whom to tell of something nobody was told."""
    actions.tell(alert_id, _person(request).pk, user_id=UUID(request.POST.get("user", str(alert_id))))
    messages.success(request, "They are being told.")
    return redirect("alert", alert_id=alert_id)


@never_cache
@require_http_methods(["GET", "POST"])
def confirm_contact(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds the address confirms it by a press, since programs that scan mail follow links by themselves."""
    point = circle.find_contact_point(token)
    is_confirmed = point is not None and request.method == "POST"
    if point is not None and is_confirmed:
        circle.accept_contact_point(point)
    context = {"is_good": point is not None, "is_confirmed": is_confirmed}
    return render(request, "alerts/confirm_contact.html", context, status=200 if point else 404)


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("login_required lets nobody else in")
    return request.user
