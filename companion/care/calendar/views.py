"""The pages of the calendar, for the senior and for their people. Plain forms, all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companion.accounts.models import User
from companion.care.calendar import actions, selectors
from companion.care.calendar.access import access_calendar, access_item
from companion.care.calendar.forms import PlanForm
from companion.care.calendar.models import CalendarItem, Kind
from companion.care.calendar.selectors import Planned
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.models import Senior
from companion.circle.refusals import RefusedError
from companion.circle.views.shell import person, show

PAGE = "family-calendar"
FARTHEST_DAY = date(2200, 1, 1)


@login_required
@never_cache
@require_safe
def days(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """Two weeks of visits and tasks, day by day, and first of all what nobody has taken on."""
    who = person(request)
    senior, _ = access_calendar(who, senior_id)
    return show(
        request,
        "calendar/days.html",
        days_context(who, senior, request.GET.get("from")),
        senior=senior,
        place="calendar",
    )


def days_context(who: User, senior: Senior, begin: str | None = None) -> dict[str, Any]:
    """What the list of days shows to a person."""
    today = selectors.today_of(senior)
    first = _day(begin) if begin else today
    last = first + timedelta(days=selectors.SPAN - 1)
    planned = selectors.planned_between(who, senior.pk, first, last)
    return {
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "first": first,
        "last": last,
        "is_now": first == today,
        "before": max(first - timedelta(days=selectors.SPAN), date(2000, 1, 1)),
        "after": last + timedelta(days=1),
        "open_tasks": _each_once(one for one in planned if one.is_open and one.day >= today),
        "days": [(day, list(items)) for day, items in groupby(planned, key=lambda one: one.day)],
        "may_write": _may_write(who, senior),
        "who": who,
    }


def _each_once(planned: Iterable[Planned]) -> list[Planned]:
    """Of what comes again, the next day only."""
    found: dict[UUID, Planned] = {}
    for one in planned:
        found.setdefault(one.item.pk, one)
    return list(found.values())


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """Plan a visit or a task."""
    who = person(request)
    senior, _ = access_calendar(who, senior_id, to_write=True)
    kind = Kind.TASK if request.GET.get("kind") == Kind.TASK else Kind.VISIT
    initial = {"kind": kind, "day": request.GET.get("day") or selectors.today_of(senior)}
    form = PlanForm(request.POST or None, initial=initial, is_own=who.pk == senior.pk)
    key = _key(request)
    if _is_kept(request, form, lambda: actions.add_item(who, senior_id, form.plan(), key=key)):
        messages.success(request, "It is in the calendar.")
        return _back(senior_id, form.cleaned_data["day"])
    context = {"form": form, "form_key": key, "item": None, "today": selectors.today_of(senior)}
    return show(
        request, "calendar/edit.html", context, senior=senior, place="calendar", status=422 if form.errors else 200
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, senior_id: UUID, item_id: UUID) -> HttpResponse:
    """Change a visit or a task, or take it out."""
    who = person(request)
    item = access_item(who, senior_id, item_id, to_write=True)
    form = PlanForm(request.POST or None, initial=PlanForm.initial_of(item), is_own=who.pk == senior_id)
    if _is_kept(request, form, lambda: actions.change_item(who, senior_id, item_id, form.plan())):
        messages.success(request, "Changed.")
        return _back(senior_id, form.cleaned_data["day"])
    context = {"form": form, "form_key": uuid4(), "item": item, "on_day": request.GET.get("day", "")}
    return show(
        request, "calendar/edit.html", context, senior=item.senior, place="calendar", status=422 if form.errors else 200
    )


@login_required
@require_POST
def remove(request: HttpRequest, senior_id: UUID, item_id: UUID) -> HttpResponse:
    """Take it out, with all its days."""
    actions.remove_item(person(request), senior_id, item_id)
    messages.success(request, "It is taken out of the calendar.")
    return _back(senior_id)


@login_required
@require_POST
def act(request: HttpRequest, senior_id: UUID, item_id: UUID, day: str, verb: str) -> HttpResponse:
    """Take a task on, give it back, say that it is done; or call off one day."""
    who, on = person(request), _day(day)
    if verb == "claim":
        got = actions.claim(who, senior_id, item_id, on)
        words = (
            "Thank you. The others see that you do it." if got == who else f"{got.short_name} was first and does it."
        )
        messages.add_message(request, messages.SUCCESS if got == who else messages.INFO, words)
    elif verb in VERBS:
        do, words = VERBS[verb]
        do(who, senior_id, item_id, on)
        messages.success(request, words)
    else:
        raise Http404
    return _back(senior_id, on)


VERBS: dict[str, tuple[Callable[[User, UUID, UUID, date], None], str]] = {
    "give-back": (actions.give_back, "It is free again: somebody else can take it."),
    "done": (actions.finish, "Done. Thank you."),
    "undo": (lambda who, senior_id, item_id, on: actions.finish(who, senior_id, item_id, on, is_done=False), "Undone."),
    "call-off": (actions.call_off, "That day is called off."),
}


def _is_kept(request: HttpRequest, form: PlanForm, keep: Callable[[], CalendarItem]) -> bool:
    """Whether the form was sent and could be kept; what was wrong is on the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        keep()
    except RefusedError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _may_write(who: User, senior: Senior) -> bool:
    try:
        access_senior(who, senior.pk, need=Need.BELONG, to_write=True)
    except NotYoursError:
        return False
    return True


def _back(senior_id: UUID, day: date | None = None) -> HttpResponse:
    return redirect(reverse(PAGE, args=[senior_id]) + (f"#day-{day:%Y-%m-%d}" if day else ""))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if not date(2000, 1, 1) <= day <= FARTHEST_DAY:
        raise Http404
    return day


def _key(request: HttpRequest) -> str:
    try:
        return str(UUID(request.POST.get("form_key", "")))
    except ValueError:
        return str(uuid4())
