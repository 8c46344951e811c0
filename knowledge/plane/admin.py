"""How the index comes about, in the admin: builds to look at, indexes to go back to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import CharField, Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from knowledge.models import Artefact
from knowledge.plane import actions
from knowledge.plane.actions import BuildRefused
from knowledge.plane.models import Build
from knowledge.plane.selectors import newest_build, stuck_build, versions_at_hand

MAY_PUBLISH = "knowledge.publish_entry"
#: Seconds between two looks of a page at a build that runs.
REFRESH = 2
ARTEFACT_COLOURS = {
    Artefact.State.PUBLISHED.label: "success",
    Artefact.State.KEPT.label: "default",
    Artefact.State.REFUSED.label: "danger",
}
BUILD_COLOURS = {
    Build.State.RUNNING.label: "info",
    Build.State.PUBLISHED.label: "success",
    Build.State.REFUSED.label: "danger",
    Build.State.FAILED.label: "danger",
}


class ReadOnlyAdmin(ModelAdmin):
    """What the program writes, and people only look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MAY_PUBLISH)


@admin.register(Artefact)
class ArtefactAdmin(ReadOnlyAdmin):
    """Built indexes. Any whose files are kept may serve again."""

    list_display = ("built_at", "state_label", "entry_count", "files", "published_at", "version")
    ordering = ("-built_at",)
    actions_row = ("serve_again",)
    when_empty = "The first is built a few seconds after an entry is published."
    actions_detail = ("serve_again",)

    @display(description="State", ordering="state", label=ARTEFACT_COLOURS)  # type: ignore[untyped-decorator]
    def state_label(self, artefact: Artefact) -> str:
        return artefact.get_state_display()

    @display(description="Files kept", boolean=True)  # type: ignore[untyped-decorator]
    def files(self, artefact: Artefact) -> bool:
        return artefact.version in versions_at_hand()

    @action(description="Let it serve again", icon="history", permissions=["publish"])  # type: ignore[untyped-decorator]
    def serve_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:knowledge_artefact_serve", object_id)

    def get_urls(self) -> list[URLPattern]:
        serve = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(self.serve_view))
        return [path("<int:pk>/serve/", serve, name="knowledge_artefact_serve"), *super().get_urls()]

    def serve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then go back to this index."""
        if not self.has_publish_permission(request):
            raise PermissionDenied
        artefact = Artefact.objects.filter(pk=pk).first()
        if artefact is None:
            raise Http404
        if request.method == "GET":
            context = {
                **self.admin_site.each_context(request),
                "title": "Let an earlier index serve",
                "opts": self.opts,
                "artefact": artefact,
                "serving": Artefact.objects.filter(state=Artefact.State.PUBLISHED).first(),
                "at_hand": artefact.version in versions_at_hand() and artefact.state == Artefact.State.KEPT,
            }
            return TemplateResponse(request, "admin/knowledge/serve_again.html", context)
        try:
            actions.roll_back(artefact.version)
        except BuildRefused as refusal:
            messages.error(request, str(refusal))
        else:
            self.log_change(request, artefact, "Serves again.")
            messages.success(
                request, f"Lilo answers from the index of {artefact.built_at:%-d %B, %H:%M} UTC again within a second."
            )
        return redirect("admin:knowledge_artefact_changelist")


class ReasonForm(Form):
    """Why a refused index should serve all the same."""

    because = CharField(
        label="Why is it right to publish it?", max_length=500, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step as the page shows it."""

    label: str
    state: str
    """`done`, `now`, `waiting` or `stopped`."""
    done: int
    total: int
    seconds: float | None


@admin.register(Build)
class BuildAdmin(ReadOnlyAdmin):
    """Builds: how far, how well judged, and why not."""

    list_display = ("name", "state_label", "step_label", "entry_count", "embedded", "started_at", "lasted")
    list_display_links = ("name",)
    list_per_page = 30
    when_empty = "The first begins a few seconds after an entry is published."
    ordering = ("-started_at",)

    @display(description="Build")  # type: ignore[untyped-decorator]
    def name(self, build: Build) -> str:
        return f"No. {build.pk}"

    @display(description="State", ordering="state", label=BUILD_COLOURS)  # type: ignore[untyped-decorator]
    def state_label(self, build: Build) -> str:
        return build.get_state_display()

    @display(description="Step")  # type: ignore[untyped-decorator]
    def step_label(self, build: Build) -> str:
        return "" if build.state == Build.State.PUBLISHED else build.get_step_display()

    @display(description="Newly embedded")  # type: ignore[untyped-decorator]
    def embedded(self, build: Build) -> str:
        return f"{build.vector_count - build.reused_count:,} of {build.vector_count:,}"

    @display(description="Took")  # type: ignore[untyped-decorator]
    def lasted(self, build: Build) -> str:
        return f"{build.took(timezone.now()).total_seconds():.0f} s"

    def get_urls(self) -> list[URLPattern]:
        anyway = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(self.publish_anyway_view))
        return [path("<int:pk>/publish/", anyway, name="knowledge_build_publish"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """How far it is. The page looks again by itself while the build runs."""
        build = self.get_object(request, object_id)
        if not self.has_view_permission(request, build):
            raise PermissionDenied
        if build is None:
            raise Http404
        is_refused = build.state == Build.State.REFUSED
        context = {
            **self.admin_site.each_context(request),
            "title": f"Build no. {build.pk}",
            "opts": self.opts,
            "build": build,
            "steps": list(_steps(build)),
            "embedded": build.vector_count - build.reused_count,
            "took": build.took(timezone.now()).total_seconds(),
            "silent": (timezone.now() - build.beat_at).total_seconds(),
            "refresh": REFRESH if build.state == Build.State.RUNNING else None,
            "may_publish": is_refused and build == newest_build() and self.has_publish_permission(request),
        }
        return TemplateResponse(request, "admin/knowledge/build.html", context)

    def publish_anyway_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, then let a refused index serve."""
        if not self.has_publish_permission(request):
            raise PermissionDenied
        build = Build.objects.filter(pk=pk).first()
        if build is None:
            raise Http404
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._publish_anyway(request, build, form.cleaned_data["because"])
        context = {
            **self.admin_site.each_context(request),
            "title": f"Publish build no. {build.pk} anyway",
            "opts": self.opts,
            "build": build,
            "form": form,
        }
        return TemplateResponse(request, "admin/knowledge/publish_anyway.html", context)

    def _publish_anyway(self, request: HttpRequest, build: Build, because: str) -> HttpResponse:
        try:
            actions.publish_anyway(build, by=UUID(str(request.user.pk)), because=because)
        except BuildRefused as refusal:
            messages.error(request, str(refusal))
        else:
            self.log_change(request, build, f"Published though it was refused: {because}")
            messages.success(request, "It will serve within a few seconds. Your reason is kept with it.")
        return redirect("admin:knowledge_build_change", build.pk)


def build_badge(request: HttpRequest) -> str:
    """A mark beside the builds while the last one needs a person."""
    return "!" if stuck_build() else ""


def _steps(build: Build) -> Iterator[StepRow]:
    order = list(Build.Step)
    now = order.index(Build.Step(build.step))
    for number, step in enumerate(order):
        told = build.progress.get(step, {})
        seconds = told["ended"] - told["began"] if told else None
        if build.state == Build.State.PUBLISHED or number < now:
            state = "done"
        elif number == now:
            state = {Build.State.RUNNING: "now", Build.State.REFUSED: "refused"}.get(
                Build.State(build.state), "stopped"
            )
        else:
            state = "waiting"
        yield StepRow(step.label, state, told.get("done", 0), told.get("total", 0), seconds)
