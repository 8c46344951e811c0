"""Bringing files in, in the admin: choose them, see what they would do, say yes or no."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display

from knowledge.actions import EntryRefused, retire_entry
from knowledge.curation.roles import MAY_PUBLISH
from knowledge.importers import actions
from knowledge.importers.forms import ImportForm
from knowledge.importers.models import ImportJob, ImportLine
from knowledge.importers.outcomes import Result
from knowledge.importers.report import report_lines
from knowledge.importers.selectors import WARNED, entries_of, gone_entries, line_counts, lines_of, outcomes_of
from knowledge.tables import file_response

MAY_IMPORT = "knowledge.add_entry"
#: Seconds between two looks of a page at an import under way.
REFRESH = 2
LINES_SHOWN = 50
STATE_COLOURS = {
    ImportJob.State.CHECKING.label: "info",
    ImportJob.State.READY.label: "warning",
    ImportJob.State.IMPORTING.label: "info",
    ImportJob.State.DONE.label: "success",
    ImportJob.State.DISCARDED.label: "default",
    ImportJob.State.FAILED.label: "danger",
}
TABS = [
    ("", "All"),
    *((result.value, label) for result, label in ImportLine.RESULTS.items()),
    (WARNED, "With a warning"),
]


@admin.register(ImportJob)
class ImportJobAdmin(ModelAdmin):
    """Imports. Whoever may add entries may bring files of them."""

    list_display = ("named", "state_label", "rows_read", "created_by", "created_at")
    list_display_links = ("named",)
    list_per_page = 30
    when_empty = "Files with questions and answers, pages and documents come in here, as drafts."
    add_label = "Import files"
    list_select_related = ("created_by",)
    ordering = ("-created_at",)

    @display(description="Files")  # type: ignore[untyped-decorator]
    def named(self, job: ImportJob) -> str:
        return str(job)

    @display(description="State", ordering="state", label=STATE_COLOURS)  # type: ignore[untyped-decorator]
    def state_label(self, job: ImportJob) -> str:
        return job.get_state_display()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_IMPORT)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MAY_IMPORT)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_IMPORT)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/confirm/", view(require_POST(self.confirm_view)), name="knowledge_importjob_confirm"),
            path("<uuid:pk>/discard/", view(require_POST(self.discard_view)), name="knowledge_importjob_discard"),
            path("<uuid:pk>/retire/", view(require_POST(self.retire_view)), name="knowledge_importjob_retire"),
            path("<uuid:pk>/report.csv", view(require_GET(self.report_view)), name="knowledge_importjob_report"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Choose files. They are only checked; the page of the import tells what they would do."""
        self._for_importers(request)
        form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
        if form.is_valid():
            job = actions.start_import(form.cleaned_data["uploads"], form.chosen(), by=_curator(request))
            return redirect("admin:knowledge_importjob_change", job.pk)
        context = {
            **self._context(request, "Import entries from files"),
            "form": form,
            "media": self.media + form.media,
            "max_megabytes": settings.IMPORT_MAX_MB,
        }
        return TemplateResponse(request, "admin/knowledge/import_add.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One import: how far it is, what it would do or did row by row, and the question whether to go on."""
        self._for_importers(request)
        job = self.get_object(request, object_id)
        if job is None:
            raise Http404
        shown = request.GET.get("show", "")
        page = Paginator(lines_of(job, shown), LINES_SHOWN).get_page(request.GET.get("page"))
        counts = line_counts(job)
        entries = entries_of(page) if job.state == ImportJob.State.DONE else {}
        context = {
            **self._context(request, str(job)),
            "job": job,
            "counts": counts,
            "brings": counts[Result.NEW] + counts[Result.CHANGED],
            "tabs": [(name, label, counts.get(name, sum(counts[result] for result in Result))) for name, label in TABS],
            "shown": shown,
            "page": page,
            "lines": [(line, entries.get(line.key)) for line in page],
            "gone": gone_entries(job, LINES_SHOWN) if job.state in {job.State.READY, job.State.DONE} else [],
            "may_retire": request.user.has_perm(MAY_PUBLISH),
            "refresh": REFRESH if job.is_working else None,
        }
        return TemplateResponse(request, "admin/knowledge/import.html", context)

    def confirm_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Import what was checked. Pressed twice, the second press finds it begun."""
        self._for_importers(request)
        actions.confirm_import(pk)
        return redirect("admin:knowledge_importjob_change", pk)

    def discard_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Throw the files away."""
        self._for_importers(request)
        if actions.discard_import(pk):
            messages.success(request, "Nothing was imported, and the files are thrown away.")
        return redirect("admin:knowledge_importjob_changelist")

    def retire_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Retire those chosen of the entries that are in the documents no longer. Pressed twice, nothing is left."""
        self._for_importers(request)
        if not request.user.has_perm(MAY_PUBLISH):
            raise PermissionDenied
        job = ImportJob.objects.filter(pk=pk).first()
        if job is None:
            raise Http404
        chosen = set(request.POST.getlist("entry"))
        retired = 0
        for entry in gone_entries(job, LINES_SHOWN):
            if str(entry.pk) not in chosen:
                continue
            try:
                retire_entry(entry.pk, by=_curator(request), reason=f"No longer in {job}."[:100])
                retired += 1
            except EntryRefused as refusal:
                messages.error(request, f"{entry.key}: {refusal}")
        messages.success(request, f"{retired} {'entry' if retired == 1 else 'entries'} retired.")
        return redirect("admin:knowledge_importjob_change", pk)

    def report_view(self, request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
        """The whole report as a table."""
        self._for_importers(request)
        job = ImportJob.objects.filter(pk=pk).first()
        if job is None:
            raise Http404
        name = f"import-{job.created_at:%Y-%m-%d-%H%M}.csv"
        return file_response(report_lines(outcomes_of(job)), name=name, content_type="text/csv; charset=utf-8")

    def _for_importers(self, request: HttpRequest) -> None:
        if not request.user.has_perm(MAY_IMPORT):
            raise PermissionDenied

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts}


def _curator(request: HttpRequest) -> UUID:
    """The id of the signed-in curator; the admin lets nobody else in."""
    if request.user.pk is None:
        raise PermissionDenied
    return UUID(str(request.user.pk))
