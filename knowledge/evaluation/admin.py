"""How good the answers are, in the admin: figures over time, one run in detail, and a button for the next."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from knowledge.evaluation.models import EvaluationRun
from knowledge.evaluation.selectors import last_failure, newest_runs, run_before, under_way

#: Seconds between two looks of a page at a run under way.
REFRESH = 3
#: Questions shown of each kind of fault.
FAULTS_SHOWN = 30
CHANGES_SHOWN = 20


@admin.register(EvaluationRun)
class EvaluationRunAdmin(ModelAdmin):
    """Two pages of our own in place of the list and the form: runs are only looked at."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        ask = self.admin_site.admin_view(require_POST(self.ask_view))
        return [path("ask/", ask, name="knowledge_evaluationrun_ask"), *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is no form: a run is asked for by the button of the list."""
        return redirect("admin:knowledge_evaluationrun_changelist")

    def ask_view(self, request: HttpRequest) -> HttpResponse:
        """Ask the worker for a run."""
        from knowledge.evaluation.actions import ask_for_run  # the metrics' libraries are of no use to other pages

        if not self.has_add_permission(request) or request.user.pk is None:
            raise PermissionDenied
        run = ask_for_run(by=UUID(str(request.user.pk)))
        messages.success(request, f"Evaluation no. {run.pk} is under way. It takes a minute or two.")
        return redirect("admin:knowledge_evaluationrun_changelist")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The main figures of the newest run, how they moved, and every run."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        from knowledge.evaluation.plots import trend
        from knowledge.evaluation.words import MAIN, MEASURES, named

        runs, running = newest_runs(), under_way()
        oldest_first = [run for run in reversed(runs) if run.split == "all"]
        context = {
            **self._context(request, "How good the answers are"),
            "runs": [(run, named(run.summary["figures"], MAIN)) for run in runs],
            "newest": runs[0] if runs else None,
            "main": named(runs[0].summary["figures"], MAIN) if runs else [],
            "columns": [MEASURES[name][0] for name in MAIN],
            "trends": [
                trend(
                    MEASURES[name][0],
                    [(f"No. {run.pk}", figure) for run in oldest_first if (figure := run.summary["figures"].get(name))],
                    wanted=MEASURES[name][2],
                )
                for name in MAIN
            ],
            "running": running,
            "failed": last_failure(),
            "refresh": REFRESH if running else None,
            "may_ask": self.has_add_permission(request),
        }
        return TemplateResponse(request, "admin/knowledge/evaluations.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One run: every figure, the reliability of the confidence, what went wrong, and what changed."""
        run = self.get_object(request, object_id)
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        if run is None or run.state != EvaluationRun.State.DONE:
            raise Http404
        context = {
            **self._context(request, f"Evaluation no. {run.pk}"),
            "run": run,
            **_figures(run),
            **_questions(run),
            **_changes(run, request.GET.get("against", "")),
        }
        return TemplateResponse(request, "admin/knowledge/evaluation.html", context)

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts}


def _figures(run: EvaluationRun) -> dict[str, Any]:
    from knowledge.evaluation.plots import SQUARE, bars, reliability_dots
    from knowledge.evaluation.words import MAIN, MEASURES, named, parts_named

    found = run.summary
    return {
        "main": named(found["figures"], MAIN),
        "figures": named(found["figures"]),
        "parts": [
            (title, [(MEASURES[name][0], bars(parts_named(found["by"][group]), name)) for name in names])
            for title, group, names in (
                ("By kind of question", "category", ("quality", "success@1")),
                ("By way of asking", "voice", ("quality",)),
                ("By split", "split", ("quality",)),
            )
        ],
        "sure": found["reliability"],
        "bins": [
            (f"{bin_['low']:.0%} to {bin_['high']:.0%}", bin_) for bin_ in found["reliability"]["bins"] if bin_["count"]
        ],
        "dots": reliability_dots(found["reliability"]["bins"]),
        "square": SQUARE,
    }


def _questions(run: EvaluationRun) -> dict[str, Any]:
    """What went wrong, by the kind of fault: dangers first, then the commonest; the worst first in each."""
    from knowledge.evaluation.words import fault

    faults: dict[str, list[Any]] = {}
    for row in sorted(run.rows, key=lambda row: row.quality):
        if reason := fault(row):
            faults.setdefault(reason, []).append((row, _playground(row.question)))
    by_weight = sorted(faults.items(), key=lambda pair: (pair[1][0][0].expect not in ("alert", "ask"), -len(pair[1])))
    return {
        "faults": [(reason, len(rows), rows[:FAULTS_SHOWN]) for reason, rows in by_weight],
        "wrong_count": sum(len(rows) for rows in faults.values()),
    }


def _changes(run: EvaluationRun, against: str) -> dict[str, Any]:
    """What changed since another run: the one named in the address, or the one before."""
    others = EvaluationRun.objects.filter(state=EvaluationRun.State.DONE).exclude(pk=run.pk)
    earlier = others.filter(pk=int(against)).first() if against.isdecimal() else run_before(run)
    if earlier is None:
        return {"others": list(others.values_list("pk", flat=True))}
    from knowledge.evaluation.running import compare
    from knowledge.evaluation.words import named

    found = compare(earlier.rows, run.rows)
    return {
        "others": list(others.values_list("pk", flat=True)),
        "earlier": earlier,
        "comparison": found,
        "differences": named(found.differences),
        "worse": [(change, _playground(change.after.question)) for change in found.changes if change.gain < 0][
            :CHANGES_SHOWN
        ],
        "better": [change for change in reversed(found.changes) if change.gain > 0][:CHANGES_SHOWN],
    }


def _playground(question: str) -> str:
    """Where the question can be tried; empty while there is no such page."""
    try:
        return f"{reverse('admin:knowledge_playground')}?{urlencode({'question': question})}"
    except NoReverseMatch:
        return ""
