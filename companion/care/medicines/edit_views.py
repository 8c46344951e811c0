"""Adding a medicine a step at a time, changing it, pausing and stopping it, and the times of the senior's day.

Between two steps nothing is kept on the server: what was said so far travels in the form itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from companion.accounts.forms import PlainForm
from companion.accounts.models import User
from companion.care.medicines import actions, in_words, selectors
from companion.care.medicines.forms import (
    BOUNDS,
    HowOftenForm,
    Manner,
    MoreForm,
    WhatForm,
    WhenForm,
    initial_of,
    manner_of,
    today_in,
)
from companion.care.medicines.frame import list_address, person_of, regimen_of, senior_of, show
from companion.care.medicines.layout import routines_of
from companion.care.medicines.models import PauseReason, Regimen
from companion.care.medicines.plan import Moment
from companion.care.medicines.schedule import USUAL_DAY
from companion.circle.models import Senior
from companion.circle.refusals import RefusedError
from companion.safety import clock

STEPS = ("what", "often", "when", "more", "check")
TITLES = {
    "what": "Which medicine is it?",
    "often": "How often is it taken?",
    "when": "When, and how much?",
    "more": "What else should Lilo know?",
    "check": "Is this right?",
}
OUTSIDE = frozenset({"csrfmiddlewaretoken", "step", "go"})


class PauseForm(PlainForm):
    """Why, and until when."""

    reason = forms.ChoiceField(label="Why?", widget=forms.RadioSelect)
    until = forms.DateField(
        label="Until which day?", help_text="Leave it empty if you do not know yet", required=False,
        widget=forms.DateInput({"type": "date"}),
    )  # fmt: skip

    def __init__(self, *args: Any, reasons: Iterable[PauseReason], has_end: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].choices = [(one.value, str(one.label).capitalize()) for one in reasons]  # type: ignore[attr-defined]
        if not has_end:
            del self.fields["until"]


class RoutineForm(PlainForm):
    """The moments of the senior's day."""

    waking = forms.TimeField(label="Getting up")
    breakfast = forms.TimeField(label="Breakfast")
    lunch = forms.TimeField(label="Lunch")
    dinner = forms.TimeField(label="Dinner")
    bed = forms.TimeField(label="Going to bed")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for one in self.fields.values():
            one.widget = forms.TimeInput({"type": "time"}, format="%H:%M")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """Add a medicine: five short steps, each a form of its own."""
    senior = senior_of(request, senior_id, to_write=True)
    step = request.POST.get("step", "")
    if request.method == "GET" or step not in STEPS:
        return _ask(request, senior, STEPS[0], QueryDict())
    data, place = request.POST, STEPS.index(step)
    if data.get("go") == "back":
        return _ask(request, senior, STEPS[max(0, place - 1)], data)
    for name in STEPS[: place + 1]:
        form = _form(name, senior, data)
        if form is not None and not form.is_valid():
            return _ask(request, senior, name, data, form=form)
    if step != STEPS[-1]:
        return _ask(request, senior, STEPS[place + 1], data)
    return _save_new(request, senior, data)


def _form(step: str, senior: Senior, data: Mapping[str, Any] | None, initial: Any = None) -> PlainForm | None:
    """The form of a step, filled in with what was posted or with what to begin with."""
    if step == "what":
        return WhatForm(data, initial=initial)
    if step == "often":
        return HowOftenForm(data, initial=initial)
    if step == "when":
        manner = Manner((data or initial).get("manner", Manner.DAILY))
        others = {one.pk: in_words.called(one) for one in selectors.regimens_of(senior.pk) if one.is_active}
        zone = senior.user.time_zone
        rule = (initial or {}).get("rule")
        kept = rule if rule is not None and manner_of(rule) is manner else None
        return WhenForm(data, initial=initial, manner=manner, zone=zone, others=others, kept=kept)
    return MoreForm(data, initial=initial) if step == "more" else None


def _ask(
    request: HttpRequest, senior: Senior, step: str, data: QueryDict, *, form: PlainForm | None = None
) -> HttpResponse:
    shown = form or _form(step, senior, None, _initial(senior, step, data))
    asked = set(shown.fields) if shown else set()
    kept = [(name, value) for name in data if name not in OUTSIDE | asked for value in data.getlist(name)]
    if (seen := ("seen", step)) not in kept and step != "check":
        kept.append(seen)
    context = {
        "form": shown,
        "step": step,
        "title": TITLES[step],
        "step_words": f"Step {STEPS.index(step) + 1} of {len(STEPS)}",
        "kept": kept,
        "summary": _summary(senior, data) if step == "check" else (),
        "button": "Yes, add it" if step == "check" else "Go on",
        "back_words": "Leave without adding",
        "has_back": step != STEPS[0],
    }
    return show(request, "medicines/form.html", senior, context, status=422 if form else 200)


def _initial(senior: Senior, step: str, data: QueryDict) -> dict[str, Any]:
    """What was said before, where the step was seen; else what is usual."""
    initial: dict[str, Any] = {"start": today_in(senior.user.time_zone, clock.now())}
    if "seen" in data and step in data.getlist("seen"):
        flags = [name for name, one in MoreForm.base_fields.items() if isinstance(one, forms.BooleanField)]
        initial |= {name: name in data for name in flags}
    several = {"weekdays", "moments"}
    return initial | {name: data.getlist(name) if name in several else data[name] for name in data}


def _checked(senior: Senior, data: QueryDict) -> tuple[dict[str, Any], WhenForm]:
    """Everything that was said; the forms are valid by then."""
    details: dict[str, Any] = {}
    when: WhenForm | None = None
    for step in STEPS[:-1]:
        form = _form(step, senior, data)
        if form is None or not form.is_valid():
            raise RefusedError("Something is missing. Please go through the steps again.")
        details |= form.cleaned_data
        when = form if isinstance(form, WhenForm) else when
    if when is None:
        raise RefusedError("Please say when it is taken.")
    return details, when


def _summary(senior: Senior, data: QueryDict) -> list[tuple[str, str]]:
    details, when = _checked(senior, data)
    regimen = Regimen(senior=senior, **_details(details), **_limits(when))
    lines = [
        ("Medicine", in_words.with_strength(regimen)),
        ("Lilo calls it", in_words.called(regimen)),
        ("When", in_words.regimen_words(regimen, when.rule)),
    ]
    if how := in_words.FOODS.get(regimen.food):  # type: ignore[call-overload]
        lines.append(("Food", how))
    if regimen.instructions:
        lines.append(("How", regimen.instructions))
    if regimen.is_critical:
        lines.append(("Important", "It must not be missed"))
    return lines


def _details(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    names = [name for form in (WhatForm, MoreForm) for name in form.base_fields if name != "in_stock"]
    return {name: cleaned[name] for name in names if name in cleaned}


def _limits(when: WhenForm) -> dict[str, Any]:
    """The limits of a medicine as needed; none for any other."""
    hours = when.cleaned_data.get("least_hours")
    least = int(hours * 60) if hours else None
    return {"least_minutes_between": least, "most_in_24_hours": when.cleaned_data.get("most_in_24_hours")}


def _save_new(request: HttpRequest, senior: Senior, data: QueryDict) -> HttpResponse:
    person = person_of(request)
    try:
        details, when = _checked(senior, data)
        with transaction.atomic():
            made = actions.add_regimen(person, senior.pk, rule=when.rule, **_details(details), **_limits(when))
            if details.get("in_stock") is not None:
                actions.count_stock(person, made.pk, details["in_stock"])
    except RefusedError as error:
        messages.warning(request, str(error))
        return _ask(request, senior, STEPS[0], data)
    messages.success(request, "It is on the list. Lilo reminds of it from now on.")
    return redirect("medicine", senior_id=senior.pk, regimen_id=made.pk)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, senior_id: UUID, regimen_id: UUID, part: str = "") -> HttpResponse:
    """Change one part of a medicine: what it is, when it is taken, or what else there is to know."""
    senior = senior_of(request, senior_id, to_write=True)
    regimen = regimen_of(request, senior.pk, regimen_id, to_write=True)
    if not part:
        card = {"regimen": regimen, "called": in_words.called(regimen)}
        return show(request, "medicines/change.html", senior, {**card, "back": _page(senior, regimen)})
    step = request.POST.get("step", "often" if part == "when" else part)
    if step not in STEPS[:-1]:
        step = "what"
    initial = initial_of(regimen, regimen.current.rule, senior.user.time_zone)
    if request.method == "GET":
        return _edit(request, senior, regimen, step, _form(step, senior, None, initial))
    form = _form(step, senior, request.POST, initial)
    if form is None or not form.is_valid():
        return _edit(request, senior, regimen, step, form, status=422)
    if step == "often":
        chosen = Manner(form.cleaned_data["manner"])
        same = manner_of(regimen.current.rule) is chosen
        begin = initial if same else {name: initial[name] for name in ("quantity", *BOUNDS)}
        return _edit(request, senior, regimen, "when", _form("when", senior, None, {**begin, "manner": chosen}))
    return _save_change(request, senior, regimen, form)


def _save_change(request: HttpRequest, senior: Senior, regimen: Regimen, form: PlainForm) -> HttpResponse:
    try:
        if isinstance(form, WhenForm):
            has_limits = Manner.AS_NEEDED in (form.manner, manner_of(regimen.current.rule))
            limits = _limits(form) if has_limits else {}
            actions.change_regimen(person_of(request), regimen.pk, rule=form.rule, **limits)
        else:
            actions.change_regimen(person_of(request), regimen.pk, **_details(form.cleaned_data))
    except RefusedError as error:
        form.add_error(None, str(error))
        step = "when" if isinstance(form, WhenForm) else "what"
        return _edit(request, senior, regimen, step, form, status=422)
    messages.success(request, "Changed. It counts from now.")
    return redirect(_page(senior, regimen))


def _edit(
    request: HttpRequest, senior: Senior, regimen: Regimen, step: str, form: PlainForm | None, *, status: int = 200
) -> HttpResponse:
    if isinstance(form, MoreForm):
        form.fields.pop("in_stock", None)
    manner = form.manner if isinstance(form, WhenForm) else ""
    context = {
        "form": form,
        "step": step,
        "title": TITLES[step],
        "kept": [("manner", manner)] if manner else [],
        "button": "Go on" if step == "often" else "Save the change",
        "back": _page(senior, regimen),
        "back_words": "Leave it as it is",
    }
    return show(request, "medicines/form.html", senior, context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def pause(request: HttpRequest, senior_id: UUID, regimen_id: UUID) -> HttpResponse:
    """Pause a medicine: reminders stop at once."""
    reasons = (PauseReason.DOCTOR, PauseReason.HOSPITAL, PauseReason.OTHER)
    return _halt(request, senior_id, regimen_id, reasons, has_end=True)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, senior_id: UUID, regimen_id: UUID) -> HttpResponse:
    """Stop a medicine for good; its history stays."""
    reasons = (PauseReason.FINISHED, PauseReason.DOCTOR, PauseReason.OTHER)
    return _halt(request, senior_id, regimen_id, reasons, has_end=False)


def _halt(
    request: HttpRequest, senior_id: UUID, regimen_id: UUID, reasons: Iterable[PauseReason], *, has_end: bool
) -> HttpResponse:
    senior = senior_of(request, senior_id, to_write=True)
    regimen = regimen_of(request, senior.pk, regimen_id, to_write=True)
    form = PauseForm(request.POST or None, reasons=reasons, has_end=has_end)
    if request.method == "POST" and form.is_valid():
        try:
            _carry_out_halt(person_of(request), senior, regimen, form, has_end=has_end)
        except RefusedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Paused." if has_end else "Stopped. What was noted stays.")
            return redirect(_page(senior, regimen))
    called = in_words.called(regimen)
    context = {
        "form": form,
        "title": f"Pause {called}?" if has_end else f"Stop {called} for good?",
        "lead": "Lilo reminds of it no more"
        + (" until it is taken again." if has_end else ". To take it again, add it anew. Ask your doctor first."),
        "button": "Pause it" if has_end else "Stop it",
        "back": _page(senior, regimen),
        "back_words": "Leave it as it is",
    }
    return show(request, "medicines/form.html", senior, context, status=422 if form.errors else 200)


def _carry_out_halt(person: User, senior: Senior, regimen: Regimen, form: PauseForm, *, has_end: bool) -> None:
    reason = form.cleaned_data["reason"]
    if not has_end:
        actions.stop_regimen(person, regimen.pk, reason=reason)
        return
    day = form.cleaned_data["until"]
    until = datetime.combine(day, time(0), ZoneInfo(senior.user.time_zone)) if day else None
    actions.pause_regimen(person, regimen.pk, reason=reason, until=until)


@login_required
@require_POST
def resume(request: HttpRequest, senior_id: UUID, regimen_id: UUID) -> HttpResponse:
    """It is taken again, from now on."""
    senior = senior_of(request, senior_id, to_write=True)
    regimen = regimen_of(request, senior.pk, regimen_id, to_write=True)
    try:
        actions.resume_regimen(person_of(request), regimen.pk)
        messages.success(request, "Lilo reminds of it again from now on.")
    except RefusedError as error:
        messages.warning(request, str(error))
    return redirect(_page(senior, regimen))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def routine(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """When the day has its moments: "with breakfast" means this breakfast."""
    senior = senior_of(request, senior_id, to_write=True)
    known = routines_of({senior.pk}).get(senior.pk, USUAL_DAY)
    form = RoutineForm(request.POST or None, initial={moment.value: known[moment] for moment in Moment})
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_routine(person_of(request), senior.pk, **form.cleaned_data)
        except RefusedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Done. Medicines that go with these times have moved too.")
            return redirect(list_address(person_of(request), senior.pk))
    context = {
        "form": form,
        "title": "Times of the day",
        "lead": "Some medicines go with a meal or with getting up. These are the times Lilo takes for that.",
        "button": "Save the times",
        "back_words": "Leave it as it is",
    }
    return show(request, "medicines/form.html", senior, context, status=422 if form.errors else 200)


def _page(senior: Senior, regimen: Regimen) -> str:
    return reverse("medicine", args=[senior.pk, regimen.pk])
