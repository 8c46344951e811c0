"""Drift in the admin: how today's turns differ from the baseline, and a button that makes them the baseline."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from knowledge.evaluation.drift import actions
from knowledge.evaluation.drift.actions import BaselineRefused
from knowledge.evaluation.drift.models import DriftCheck
from knowledge.evaluation.drift.plots import histogram
from knowledge.evaluation.drift.rules import FIGURES, LEAST_DISTANCE, LEAST_TURNS
from knowledge.evaluation.drift.selectors import baseline, latest_check, turns_of
from knowledge.plane.admin import ReadOnlyAdmin, ReasonForm

MAY_TAKE = "knowledge.take_baseline"
SHOWN = 30


@admin.register(DriftCheck)
class DriftCheckAdmin(ReadOnlyAdmin):
    """One page: a check, with the others to choose from."""

    def get_urls(self) -> list[URLPattern]:
        take = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(self.take_view))
        return [path("baseline/", take, name="knowledge_driftcheck_baseline"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The newest check."""
        return self._show(request, latest_check())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """An earlier check."""
        check = self.get_object(request, object_id)
        if check is None:
            raise Http404
        return self._show(request, check)

    def _show(self, request: HttpRequest, check: DriftCheck | None) -> HttpResponse:
        if not self.has_view_permission(request, check):
            raise PermissionDenied
        against = check.baseline if check else baseline()
        context = {
            **self._context(request, "Drift"),
            "check": check,
            "against": against,
            "tests": check.tests if check else [],
            "plots": list(self._plots(check)) if check else [],
            "checks": list(DriftCheck.objects.all()[:SHOWN]),
            "least": LEAST_TURNS,
            "distance": LEAST_DISTANCE,
            "may_take": request.user.has_perm(MAY_TAKE),
        }
        return TemplateResponse(request, "admin/knowledge/drift.html", context)

    def _plots(self, check: DriftCheck) -> list[Any]:
        if check.baseline is None:
            return []
        now, before = turns_of(check.first_day, check.day).figures, check.baseline.figures
        drawn = (histogram(FIGURES[name][0], before.get(name, ()), now.get(name, ())) for name in FIGURES)
        return [plot for plot in drawn if plot]

    def take_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for the reason, then take now as the new baseline."""
        if not request.user.has_perm(MAY_TAKE):
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        form.fields["because"].label = "Why is it right as it is now?"
        if request.method == "POST" and form.is_valid():
            try:
                taken = actions.take_baseline(by=UUID(str(request.user.pk)), because=form.cleaned_data["because"])
            except BaselineRefused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, f"From now on, days are compared with {taken.first_day} to {taken.last_day}.")
            return redirect("admin:knowledge_driftcheck_changelist")
        context = {**self._context(request, "Take now as the new baseline"), "form": form, "against": baseline()}
        return TemplateResponse(request, "admin/knowledge/baseline.html", context)

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts}


def drift_badge(request: HttpRequest) -> str:
    """A mark while the last check found drift."""
    check = latest_check()
    return "!" if check and check.has_drifted else ""


def drift_card() -> dict[str, object] | None:
    """The card of the admin's first page; None before the first check."""
    check = latest_check()
    if check is None:
        return None
    drifted = [test for test in check.tests if test.has_drifted]
    return {
        "title": "Drift",
        "number": f"{len(drifted)} of {len(check.tests)}" if check.tests else "–",
        "note": f"measures changed by {check.day:%-d %B}" if check.tests else "too few turns to compare",
        "link": reverse("admin:knowledge_driftcheck_changelist"),
    }
