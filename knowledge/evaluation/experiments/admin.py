"""Experiments in the admin: the plan as a form, then one page that says how it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from unfold.admin import ModelAdmin
from unfold.decorators import display

from knowledge.evaluation.experiments import actions
from knowledge.evaluation.experiments.actions import ExperimentRefused
from knowledge.evaluation.experiments.forms import ExperimentForm
from knowledge.evaluation.experiments.levers import LEVERS
from knowledge.evaluation.experiments.measures import MEASURES, Measure
from knowledge.evaluation.experiments.models import Experiment
from knowledge.evaluation.experiments.plots import IntervalPlot, interval_plot
from knowledge.evaluation.experiments.rules import ArmResult, Guardrail, Outcome, amount, said
from knowledge.evaluation.experiments.selectors import look_at
from knowledge.plane.admin import ReasonForm

State = Experiment.State
COLOURS = {
    State.DRAFT.label: "warning",
    State.RUNNING.label: "info",
    State.STOPPED.label: "danger",
    State.CONCLUDED.label: "success",
}
MAY_RUN = "knowledge.run_experiment"
#: What is asked before it starts or stops: title, question, what happens then, button.
QUESTIONS = {
    "start": (
        "Start the experiment",
        "Why is it right to try this on people?",
        "Within half a minute those who agreed are answered in these ways. Your name and reason are kept.",
        "Start",
    ),
    "stop": (
        "Stop the experiment",
        "Why does it end before its time?",
        "Within half a minute everybody is answered as usual, for good. Your name and reason are kept.",
        "Stop",
    ),
}


@dataclass(frozen=True, slots=True)
class Found:
    """How an arm differs from the first, as the page shows it."""

    difference: str
    interval: str
    once: str
    p_value: float
    effect: float


@dataclass(frozen=True, slots=True)
class ArmRow:
    """One arm as the page shows it."""

    name: str
    way: str
    people: int
    value: float
    is_compared: bool
    found: Found | None
    plot: IntervalPlot | None


@dataclass(frozen=True, slots=True)
class Bound:
    """One guardrail of one arm as the page shows it."""

    arm: str
    title: str
    state: str
    worse_by: str
    at_most: str
    tolerated: str


@admin.register(Experiment)
class ExperimentAdmin(ModelAdmin):
    """Drafts are edited; what was started is looked at, and stopped."""

    form = ExperimentForm
    list_display = ("name", "state_label", "varied", "aim", "started_at", "ended_at")
    search_fields = ("name",)
    when_empty = "Two ways of answering are compared here, on people who agreed to it."
    add_label = "Plan an experiment"
    ordering = ("-made_at",)

    @display(description="State", ordering="state", label=COLOURS)  # type: ignore[untyped-decorator]
    def state_label(self, experiment: Experiment) -> str:
        return experiment.get_state_display()

    @display(description="Varies")  # type: ignore[untyped-decorator]
    def varied(self, experiment: Experiment) -> str:
        return LEVERS[experiment.lever].title

    @display(description="To improve")  # type: ignore[untyped-decorator]
    def aim(self, experiment: Experiment) -> str:
        return MEASURES[experiment.primary].title

    def get_fieldsets(self, request: HttpRequest, obj: Experiment | None = None) -> Any:
        return (
            ("What is tried", {"fields": ("name", "hypothesis", "tried")}),
            ("How one knows", {"fields": ("primary", "effect", ("error", "chance"))}),
            ("What must not get worse", {"fields": tuple(f"guard_{name}" for name in MEASURES)}),
            ("On whom", {"fields": (("share", "control_weight"), ("minimum", "days"))}),
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        """The form as it is: its fields are not those of the table."""
        return self.form

    def has_change_permission(self, request: HttpRequest, obj: Experiment | None = None) -> bool:
        return (obj is None or obj.state == State.DRAFT) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Experiment | None = None) -> bool:
        """Drafts only: what was tried on people stays on record."""
        return obj is not None and obj.state == State.DRAFT and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Experiment, form: Any, change: bool) -> None:
        if not change:
            obj.made_by_id = _operator(request)
        obj.save()

    def response_add(self, request: HttpRequest, obj: Experiment, post_url_continue: str | None = None) -> HttpResponse:
        return redirect("admin:knowledge_experiment_change", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        def own(name: str, view: Any) -> URLPattern:
            guarded = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(view))
            address: URLPattern = path(
                f"<int:pk>/{name}/", guarded, {"what": name}, name=f"knowledge_experiment_{name}"
            )
            return address

        return [
            own("start", self.run_view),
            own("stop", self.run_view),
            own("edit", self.edit_view),
            *super().get_urls(),
        ]

    def edit_view(self, request: HttpRequest, pk: int, what: str) -> HttpResponse:
        """The form of a draft."""
        if not self.has_change_permission(request, Experiment.objects.filter(pk=pk).first()):
            raise PermissionDenied
        form: HttpResponse = super().change_view(request, str(pk))
        return form

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The plan, and how it stands."""
        experiment = self.get_object(request, object_id)
        if not self.has_view_permission(request, experiment):
            raise PermissionDenied
        if experiment is None:
            raise Http404
        outcome = look_at(experiment, today=timezone.now().date())
        measure = MEASURES[experiment.primary]
        complete = min((samples[experiment.primary].people for samples in outcome.samples.values()), default=0)
        context = {
            **self._context(request, experiment.name),
            "experiment": experiment,
            "lever": LEVERS[experiment.lever],
            "measure": measure,
            "effect": amount(experiment.smallest_effect, measure),
            "said": experiment.ended_because or said(experiment.plan, outcome),
            "arms": list(_arms(experiment, outcome)),
            "bounds": list(_bounds(outcome)),
            "mismatch": outcome.mismatch,
            "complete": complete,
            "planned": -(-experiment.planned // 2),
            "looks": list(experiment.looks.order_by("-day")[:60]),
            "may_run": request.user.has_perm(MAY_RUN),
            "may_edit": self.has_change_permission(request, experiment),
        }
        return TemplateResponse(request, "admin/knowledge/experiment.html", context)

    def run_view(self, request: HttpRequest, pk: int, what: str) -> HttpResponse:
        """Ask for the reason, then start or stop it."""
        if not request.user.has_perm(MAY_RUN):
            raise PermissionDenied
        experiment = Experiment.objects.filter(pk=pk).first()
        if experiment is None:
            raise Http404
        title, question, then, button = QUESTIONS[what]
        form = ReasonForm(request.POST or None)
        form.fields["because"].label = question
        if request.method == "POST" and form.is_valid():
            return self._run(request, experiment, what, form.cleaned_data["because"])
        context = {
            **self._context(request, title),
            "experiment": experiment,
            "form": form,
            "then": then,
            "button": button,
            "is_start": what == "start",
        }
        return TemplateResponse(request, "admin/knowledge/experiment_reason.html", context)

    def _run(self, request: HttpRequest, experiment: Experiment, what: str, because: str) -> HttpResponse:
        verb = actions.start if what == "start" else actions.stop
        try:
            verb(experiment.pk, by=_operator(request), because=because)
        except ExperimentRefused as refusal:
            messages.error(request, str(refusal))
        else:
            done = "Started" if what == "start" else "Stopped"
            self.log_change(request, experiment, f"{done}: {because}")
            messages.success(request, f"{done}. It takes effect within half a minute.")
        return redirect("admin:knowledge_experiment_change", experiment.pk)

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts}


def _operator(request: HttpRequest) -> UUID:
    if request.user.pk is None:
        raise PermissionDenied
    return UUID(str(request.user.pk))


def _arms(experiment: Experiment, outcome: Outcome) -> Iterator[ArmRow]:
    results = {result.name: result for result in outcome.arms}
    values, scale = LEVERS[experiment.lever].values, MEASURES[experiment.primary].scale
    looks = list(experiment.looks.all())
    for arm in experiment.arms:
        sample = outcome.samples[arm["name"]][experiment.primary]
        points = [
            (look.day, scale * shown["difference"], scale * shown["low"], scale * shown["high"])
            for look in looks
            if (shown := look.figures["arms"].get(arm["name"], {}).get("primary"))
        ]
        yield ArmRow(
            name=arm["name"],
            way=values[arm["value"]],
            people=sample.people,
            value=sample.mean * scale,
            is_compared=arm["name"] in results,
            found=_found(results.get(arm["name"]), MEASURES[experiment.primary]),
            plot=interval_plot(points, effect=round(experiment.smallest_effect * scale, 2)),
        )


def _found(result: ArmResult | None, measure: Measure) -> Found | None:
    primary = result.primary if result else None
    if primary is None:
        return None

    def between(low: float, high: float) -> str:
        if abs(low) == float("inf"):
            return "not known: nobody differs from anybody"
        return f"{measure.scale * low:+.1f} to {measure.scale * high:+.1f}"

    return Found(
        difference=f"{measure.scale * primary.difference:+.1f}",
        interval=between(primary.low, primary.high),
        once=between(primary.welch_low, primary.welch_high),
        p_value=primary.p_value,
        effect=primary.effect,
    )


def _bounds(outcome: Outcome) -> Iterator[Bound]:
    for result in outcome.arms:
        for rail in result.guardrails:
            measure = MEASURES[rail.measure]
            yield Bound(
                arm=result.name,
                title=measure.title,
                state=rail.state,
                worse_by=_worse(rail.harm.worse_by, measure),
                at_most=_at_most(rail, measure),
                tolerated=amount(rail.bound, measure),
            )


def _worse(value: float, measure: Measure) -> str:
    return f"better by {amount(-value, measure)}" if value < 0 else amount(value, measure)


def _at_most(rail: Guardrail, measure: Measure) -> str:
    return _worse(rail.harm.at_most, measure)
