"""Pages of messages between a senior and their people. Plain forms: they work without scripts."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from companion.accounts.models import User
from companion.chat.danger import is_danger
from companion.chat.family_messages import actions, rules, selectors
from companion.chat.family_messages.access import access_thread
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.models import Senior
from companion.circle.refusals import RefusedError
from companion.circle.selectors import help_contacts, members_of
from companion.safety.numbers import emergency_numbers
from companion.safety.screen import screen
from lilo_site.threads import in_thread

THREAD = "family-messages"


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


@login_required
@never_cache
async def thread(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """What a member and the senior wrote to each other, and where to write. The senior is led to their own page."""
    person = cast(User, await request.auser())
    if person.pk == senior_id:
        return redirect("my-messages")
    if request.method == "POST":
        return await _write(request, person, senior_id)
    return await in_thread(_thread, request, person, senior_id)


async def _write(request: HttpRequest, person: User, senior_id: UUID) -> HttpResponse:
    """Send it in any case: a message that tells of danger must not be held back. The page then says where help is."""
    text = request.POST.get("text", "")
    try:
        key = _key(request)
        await in_thread(actions.write_to_senior, person, senior_id, text, key=key)
    except RefusedError as refusal:
        return await in_thread(_thread, request, person, senior_id, draft=text, trouble=str(refusal), status=422)
    urgent = "?urgent=1" if is_danger(await screen(text)) else ""
    return redirect(reverse(THREAD, args=[senior_id]) + urgent + "#write")


def _thread(request: HttpRequest, person: User, senior_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    senior, found = access_thread(person, senior_id)
    page = Paginator(found, selectors.PAGE).get_page(request.GET.get("page"))
    rows = list(reversed(page.object_list))
    actions.see_as_member(person, senior_id)
    context = {
        "senior": senior,
        "place": "messages",
        "thread": rows,
        "page": page,
        "may_write": _may_write(person, senior),
        "most": rules.MOST_CHARACTERS,
        "form_key": uuid4(),
        "is_urgent": request.GET.get("urgent") == "1",
        "emergency": emergency_numbers(senior.user.country)[0],
        **more,
    }
    return render(request, "messages/thread.html", context, status=status)


def _may_write(person: User, senior: Senior) -> bool:
    try:
        access_senior(person, senior.pk, need=Need.BELONG, to_write=True)
    except NotYoursError:
        return False
    return True


@login_required
@never_cache
@require_GET
def my_messages(request: HttpRequest) -> HttpResponse:
    """The senior's people, each with the last words between them, and where to write to them."""
    person = _person(request)
    people = [member.user for member in members_of(person.pk).filter(accepted_at__isnull=False)]
    context = {
        "threads": selectors.threads(person.pk, people),
        "emergency": emergency_numbers(person.country),
        "contacts": help_contacts(person.pk),
    }
    return render(request, "messages/mine.html", context)


@login_required
@require_POST
def seen(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """The senior has looked at a message."""
    actions.see_as_senior(_person(request), message_id)
    if request.headers.get("Sec-Fetch-Mode") == "cors":  # a script of our own page
        return HttpResponse(status=204)
    messages.success(request, "Thank you. They can see that you have read it.")
    return redirect("home")


def _key(request: HttpRequest) -> str:
    try:
        return str(UUID(request.POST.get("form_key", "")))
    except ValueError:
        return str(uuid4())
