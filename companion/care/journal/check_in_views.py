"""The daily check-in's pages: one tap on today's page, and what was agreed on it."""

from __future__ import annotations

from datetime import date, time
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from companion.accounts.forms import PlainForm
from companion.care.journal import actions, selectors
from companion.care.journal.pages import about, form_key_of, person_of, today_of
from companion.circle.access import Need, access_senior
from companion.circle.models import Senior
from companion.safety.check_ins import plan_check_in
from companion.safety.models import CheckInPlan

FINE, NOT_SO_GOOD, NEEDS_HELP = 3, 2, 1


class CheckInForm(PlainForm):
    """What is agreed on the daily check-in."""

    time_of_day = forms.TimeField(
        label=_("At what time shall Lilo ask?"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    retries = forms.TypedChoiceField(
        label=_("How often shall Lilo ask?"),
        coerce=int,
        choices=[(1, _("Once")), (2, _("Twice")), (3, _("3 times")), (4, _("4 times")), (5, _("5 times"))],
    )
    grace_minutes = forms.TypedChoiceField(
        label=_("When shall the circle be told, if no answer comes?"),
        coerce=int,
        choices=[
            (30, _("After half an hour")),
            (60, _("After an hour")),
            (90, _("After an hour and a half")),
            (120, _("After two hours")),
            (180, _("After three hours")),
            (240, _("After four hours")),
        ],
    )
    paused_until = forms.DateField(
        label=_("On holiday until"),
        help_text=_("The first day on which Lilo asks again. Leave it empty when you are at home."),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self._today = today

    def clean_paused_until(self) -> date | None:
        """A holiday ends on a day to come."""
        until: date | None = self.cleaned_data["paused_until"]
        if until is not None and until <= self._today:
            raise forms.ValidationError(_("Please choose a day after today, or leave this empty."))
        return until


@login_required
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """The senior's one tap: fine, not so good, or help is needed."""
    person = person_of(request)
    said = request.POST.get("answer", "")
    if not person.is_senior or said not in {str(FINE), str(NOT_SO_GOOD), str(NEEDS_HELP)}:
        raise Http404
    actions.answer_check_in(person, int(said), key=form_key_of(request.POST.get("form_key", "")))
    if int(said) == NEEDS_HELP:
        messages.warning(request, "I am letting your people know.")
        return redirect("help")
    if int(said) == NOT_SO_GOOD:
        return redirect("check-in-more")
    messages.success(request, "Good to hear. Have a nice day.")
    return redirect("today")


@login_required
@never_cache
def more(request: HttpRequest) -> HttpResponse:
    """ "Not so good": what it is, and who could help."""
    person = person_of(request)
    senior = access_senior(person, person.pk, need=Need.JOURNAL)
    return render(request, "journal/not_so_good.html", about(person, senior))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """What is agreed: the time, how often Lilo asks, when the circle is told, and holidays."""
    person = person_of(request)
    senior = access_senior(person, senior_id, need=Need.MANAGE)
    plan = selectors.check_in_plan(person, senior_id)
    form = CheckInForm(request.POST or None, initial=_agreed(plan), today=today_of(senior))
    if request.method == "POST":
        if request.POST.get("stop") == "yes" and plan is not None:
            _stop(request, senior, plan)
            return redirect("check-in", senior_id=senior_id)
        if form.is_valid():
            plan_check_in(person, senior_id, is_active=True, **form.cleaned_data)
            messages.success(request, "Agreed. It counts from now.")
            return redirect("check-in", senior_id=senior_id)
    context = {**about(person, senior), "form": form, "plan": plan, "check_in": selectors.check_in_of(senior_id)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "journal/check_in.html", context, status=status)


def _agreed(plan: CheckInPlan | None) -> dict[str, Any]:
    if plan is None:
        return {"time_of_day": time(9), "retries": 3, "grace_minutes": 60}
    return {name: getattr(plan, name) for name in ("time_of_day", "retries", "grace_minutes", "paused_until")}


def _stop(request: HttpRequest, senior: Senior, plan: CheckInPlan) -> None:
    plan_check_in(
        person_of(request),
        senior.pk,
        time_of_day=plan.time_of_day,
        grace_minutes=plan.grace_minutes,
        retries=plan.retries,
        is_active=False,
    )
    messages.success(request, "Lilo does not ask any more.")
