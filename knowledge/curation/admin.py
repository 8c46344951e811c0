"""Where curators work: entries from draft to published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin, StackedInline
from unfold.contrib.filters.admin import AllValuesCheckboxFilter, ChoicesCheckboxFilter
from unfold.decorators import action, display

from knowledge import actions
from knowledge.actions import EntryRefused
from knowledge.curation import views
from knowledge.curation.filters import ReviewFilter
from knowledge.curation.history import Action, keep_version, last_step
from knowledge.curation.roles import MAY_CHANGE, MAY_PUBLISH, MAY_REVIEW, RIGHTS
from knowledge.forms import EntryForm, SourceFormSet
from knowledge.inbox.selectors import Usage, usage_of
from knowledge.models import Entry, EntrySource
from knowledge.plain_text import plain_line
from knowledge.rules import Problem

Status = Entry.Status
APPROVED = "Approved"
STATUS_COLOURS = {
    Status.DRAFT.label: "warning",
    Status.IN_REVIEW.label: "info",
    APPROVED: "primary",
    Status.PUBLISHED.label: "success",
    Status.RETIRED.label: "default",
}
#: Buttons below the form, by status.
BUTTONS: dict[str, tuple[str, ...]] = {
    Status.DRAFT: ("submit", "retire"),
    Status.IN_REVIEW: ("publish", "approve", "send_back", "retire"),
    Status.PUBLISHED: ("confirm", "retire"),
    Status.RETIRED: ("reopen",),
}
SUBMITTED, PUBLISHED = "submitted for review", "published"
#: What is not done to an entry before it was compared with the entries like it.
LOOK_FIRST = frozenset({SUBMITTED, PUBLISHED})
#: Entries that go a step towards people by one press; nobody has read more. Retiring has no such bound.
MOST_AT_ONCE = 100
TICK = "Open them. If both are needed, tick “I have looked at the entries like it”, and do this again."
Transition = Callable[..., Entry]


class SourceInline(StackedInline):
    """The public pages that support an entry."""

    model = EntrySource
    formset = SourceFormSet
    extra = 0
    min_num = 1
    fields = (("title", "publisher"), "url", "date")
    verbose_name_plural = "Sources: the public pages its facts come from"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A web address typed without its scheme is meant as https."""
        if db_field.name == "url":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Entry)
class EntryAdmin(ModelAdmin):
    """Entries. Every change of status goes through `knowledge.actions`."""

    form = EntryForm
    change_list_template = "admin/knowledge/entry/change_list.html"
    change_form_template = "admin/knowledge/entry/change_form.html"
    inlines = (SourceInline,)
    list_display = ("asked", "status_label", "category", "grade", "due", "used", "updated_at")
    list_filter = (
        ("status", ChoicesCheckboxFilter),
        ReviewFilter,
        ("category", AllValuesCheckboxFilter),
        ("audience", ChoicesCheckboxFilter),
        ("provenance", ChoicesCheckboxFilter),
    )
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    when_empty = "What Lilo knows is written here, reviewed and published."
    add_label = "Write an entry"
    search_fields = ("question", "key", "answer", "tags")
    search_help_text = "Search questions, answers, tags and keys"
    ordering = ("-updated_at",)
    actions = ("submit_selected", "approve_selected", "publish_selected", "confirm_selected", "retire_selected")
    actions_submit_line = ("submit", "publish", "approve", "confirm", "send_back", "reopen", "retire")
    readonly_fields = ("status_label", "grade", "author", "reviewed_by", "reviewed_at", "origin", "last_step", "usage")
    fieldsets = (
        ("What people ask", {"fields": ("question", "alternatives")}),
        ("What Lilo answers", {"fields": ("answer",)}),
        ("Where it belongs", {"fields": ("key", ("category", "audience"), "tags")}),
        (
            "Review",
            {
                "fields": (
                    ("status_label", "grade"),
                    ("last_step", "usage"),
                    ("author", "origin"),
                    ("reviewed_by", "reviewed_at"),
                    "review_due",
                    "note",
                    "look_alikes_seen",
                    "opened_at",
                )
            },
        ),
    )

    class Media:
        js = ("lilo/entry-editor.js",)

    @display(description="Question", ordering="question", header=True)  # type: ignore[untyped-decorator]
    def asked(self, entry: Entry) -> list[str]:
        return [entry.question, entry.key]

    @display(description="Status", ordering="status", label=STATUS_COLOURS)  # type: ignore[untyped-decorator]
    def status_label(self, entry: Entry) -> str:
        return APPROVED if entry.is_approved else str(entry.get_status_display())

    @display(description="Reading grade", ordering="reading_grade")  # type: ignore[untyped-decorator]
    def grade(self, entry: Entry) -> str:
        return f"{entry.reading_grade:.1f}"

    @display(description="Review due", ordering="review_due", label={"Overdue": "danger"})  # type: ignore[untyped-decorator]
    def due(self, entry: Entry) -> str:
        if entry.review_is_overdue:
            return "Overdue"
        return entry.review_due.isoformat() if entry.review_due else "-"

    @display(description="Came from")  # type: ignore[untyped-decorator]
    def origin(self, entry: Entry) -> str:
        detail = f" ({entry.provenance_detail})" if entry.provenance_detail else ""
        return f"{entry.get_provenance_display()}{detail}"

    @display(description="Last step")  # type: ignore[untyped-decorator]
    def last_step(self, entry: Entry) -> str:
        return last_step(entry) or "-"

    @display(description="Answers, 30 days")  # type: ignore[untyped-decorator]
    def used(self, entry: Entry) -> str:
        """How many answers rested on it, as `get_changelist_instance` has looked up for the whole page."""
        usage: Usage = entry.usage  # type: ignore[attr-defined]
        return str(usage.count_30_days or "-")

    @display(description="Used in answers")  # type: ignore[untyped-decorator]
    def usage(self, entry: Entry) -> str:
        usage = usage_of([entry.key])[entry.key]
        if usage.last_used is None:
            return "Never yet"
        return f"{usage.count_30_days} in 30 days, {usage.count} in all, last on {usage.last_used:%-d %B %Y}"

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list, with the use of the entries on this page looked up at once."""
        listed: ChangeList = super().get_changelist_instance(request)
        entries = list(listed.result_list)
        usages = usage_of([entry.key for entry in entries])
        for entry in entries:
            entry.usage = usages[entry.key]
        listed.result_list = entries
        return listed

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        entries: QuerySet[Entry] = super().get_queryset(request)
        if request.method == "POST" and connection.in_atomic_block:  # saving must not bring back what another retires
            entries = entries.select_for_update(of=("self",))
        return entries.select_related("author", "reviewed_by")

    def get_readonly_fields(self, request: HttpRequest, obj: Entry | None = None) -> Sequence[str]:
        # Answers, histories and outside programs know an entry by its key: given once, it stays.
        return (*self.readonly_fields, "key") if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        """Never: what Lilo once said can be looked up again. Retire instead."""
        return False

    def save_model(self, request: HttpRequest, obj: Entry, form: ModelForm[Entry], change: bool) -> None:
        """Save the words; the button pressed acts in `save_related`, when the sources are saved too."""
        if not change or _words_changed(form):
            self._tell_if_withdrawn(request, obj)
            actions.words_changed(obj, by=views.curator_id(request))
        obj.save()

    def save_related(self, request: HttpRequest, form: ModelForm[Entry], formsets: Any, change: bool) -> None:
        """Save the sources and keep the version, then do what the button says; a draft is told what it still lacks."""
        entry = form.instance
        sources_changed = any(formset.has_changed() for formset in formsets)
        super().save_related(request, form, formsets, change)
        if change and sources_changed and not _words_changed(form):
            self._tell_if_withdrawn(request, entry)
            actions.words_changed(entry, by=views.curator_id(request))
            entry.save()
        pressed = [
            button for button in self.get_actions_submit_line(request, entry.pk) if button.action_name in request.POST
        ]
        if not change or sources_changed or (isinstance(form, EntryForm) and form.entry_changed()):
            reason = "" if pressed else form.cleaned_data.get("note", "")
            step = Action.EDITED if change else Action.WRITTEN
            keep_version(entry, step, by=views.curator_id(request), reason=reason)
        if pressed:
            pressed[0].method(request, entry)
        elif entry.status == Status.DRAFT and (problems := entry.problems()):
            messages.warning(request, _listed("Saved as a draft. Before it can be reviewed:", problems))

    def response_change(self, request: HttpRequest, obj: Entry) -> HttpResponse:
        """Stay with an entry whose button was refused."""
        if getattr(request, "refused", False):
            return HttpResponseRedirect(views.form_of(obj.pk))
        response: HttpResponse = super().response_change(request, obj)
        return response

    def _tell_if_withdrawn(self, request: HttpRequest, entry: Entry) -> None:
        if entry.status == Status.PUBLISHED:
            messages.info(
                request, "Its words changed, so it is a draft again. Lilo does not use it until it is reviewed."
            )

    # Buttons and actions

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """The buttons that fit the status of the entry and the rights of the curator."""
        entry = self.get_object(request, str(object_id)) if object_id else None
        if entry is None or not self.has_change_permission(request, entry):
            return []
        fitting = [name for name in BUTTONS[entry.status] if not (name == "approve" and entry.is_approved)]
        return [self.get_unfold_action(name) for name in fitting if request.user.has_perm(RIGHTS.get(name, MAY_CHANGE))]

    @action(description="Submit for review", icon="rate_review")  # type: ignore[untyped-decorator]
    def submit(self, request: HttpRequest, entry: Entry) -> None:
        self._move(request, [entry.pk], actions.submit_for_review, SUBMITTED)

    @action(description="Approve", icon="thumb_up", permissions=["review"])  # type: ignore[untyped-decorator]
    def approve(self, request: HttpRequest, entry: Entry) -> None:
        self._move(request, [entry.pk], actions.approve_entry, "approved")

    @action(description="Publish", icon="check_circle", permissions=["publish"])  # type: ignore[untyped-decorator]
    def publish(self, request: HttpRequest, entry: Entry) -> None:
        self._move(request, [entry.pk], self._publishing(request), PUBLISHED)

    @action(description="Still right", icon="event_available", permissions=["review"])  # type: ignore[untyped-decorator]
    def confirm(self, request: HttpRequest, entry: Entry) -> None:
        self._move(request, [entry.pk], actions.confirm_entry, "confirmed and due again in a year")

    @action(description="Send back", icon="undo", permissions=["review"])  # type: ignore[untyped-decorator]
    def send_back(self, request: HttpRequest, entry: Entry) -> None:
        self._move(request, [entry.pk], actions.return_to_draft, "sent back to its author")

    @action(description="Make a draft of it", icon="undo", permissions=["publish"])  # type: ignore[untyped-decorator]
    def reopen(self, request: HttpRequest, entry: Entry) -> None:
        self._move(request, [entry.pk], actions.return_to_draft, "made a draft again")

    @action(description="Retire", icon="archive", permissions=["publish"])  # type: ignore[untyped-decorator]
    def retire(self, request: HttpRequest, entry: Entry) -> None:
        self._move(request, [entry.pk], actions.retire_entry, "retired")

    @admin.action(description="Submit for review", permissions=["change"])
    def submit_selected(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._move(request, self._read(request, queryset), actions.submit_for_review, SUBMITTED)

    @admin.action(description="Approve", permissions=["review"])
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._move(request, self._read(request, queryset), actions.approve_entry, "approved")

    @admin.action(description="Publish", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._move(request, self._read(request, queryset), self._publishing(request), PUBLISHED)

    @admin.action(description="Confirm that it is still right", permissions=["review"])
    def confirm_selected(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._move(request, self._read(request, queryset), actions.confirm_entry, "confirmed and due again in a year")

    @admin.action(description="Retire", permissions=["publish"])
    def retire_selected(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._move(request, _ids(queryset), actions.retire_entry, "retired")

    def has_review_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm(MAY_REVIEW)

    def has_publish_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm(MAY_PUBLISH)

    def _publishing(self, request: HttpRequest) -> Transition:
        """Publishing by this curator: who may review as well approves by the same press."""
        return partial(actions.publish_entry, may_review=request.user.has_perm(MAY_REVIEW))

    def _move(self, request: HttpRequest, entry_ids: Iterable[UUID], transition: Transition, done: str) -> None:
        """Do it to each entry, note it in its history, and say what was refused and why."""
        moved = 0
        reason = plain_line(request.POST.get("note", ""))
        for entry_id in entry_ids:
            try:
                if done in LOOK_FIRST:
                    self._refuse_unseen_twins(request, entry_id)
                entry = transition(entry_id, by=views.curator_id(request), reason=reason)
            except EntryRefused as refusal:
                request.refused = True  # type: ignore[attr-defined]  # read by `response_change`
                question = Entry.objects.values_list("question", flat=True).get(pk=entry_id)
                messages.error(request, _listed(f"“{question}” was not {done}:", refusal.problems))
            else:
                moved += 1
                self.log_change(request, entry, f"{done.capitalize()}.")
        if moved:
            messages.success(request, f"{moved} {'entry' if moved == 1 else 'entries'} {done}.")

    def _read(self, request: HttpRequest, entries: QuerySet[Entry]) -> list[UUID]:
        """The entries chosen, or none where they are more than somebody can have read."""
        if (count := entries.count()) > MOST_AT_ONCE:
            messages.error(request, f"Choose {MOST_AT_ONCE} entries at most: nobody has read all {count:,}.")
            return []
        return _ids(entries)

    def _refuse_unseen_twins(self, request: HttpRequest, entry_id: UUID) -> None:
        """Stop where another entry is so like this one that somebody must look at both, and did not say so."""
        from knowledge.curation.likeness import LikenessUnknown, Words, look_alikes

        if request.POST.get("look_alikes_seen"):
            return
        entry = Entry.objects.get(pk=entry_id)
        try:
            near = look_alikes(Words(entry.key, entry.question, entry.answer))
        except LikenessUnknown as unknown:
            messages.warning(request, f"It was not compared with other entries. {unknown}")
            return
        ids = dict(Entry.objects.values_list("key", "pk").filter(key__in=[other.key for other in near]))
        twins = [
            format_html('Very like <a href="{}">{}</a>', views.form_of(ids[other.key]), other.question)
            for other in near
            if other.is_very_like and other.key in ids
        ]
        if twins:
            raise EntryRefused([Problem("note", message) for message in (*twins, TICK)])

    def get_urls(self) -> list[URLPattern]:
        view, site = self.admin_site.admin_view, self.admin_site
        versions, version = partial(views.versions_page, site=site), partial(views.version_page, site=site)
        return [
            path("check/", view(require_POST(self.check_view)), name="knowledge_entry_check"),
            path("near/", view(require_POST(self.near_view)), name="knowledge_entry_near"),
            path("look-alikes/", view(self.look_alikes_view), name="knowledge_entry_look_alikes"),
            path("export/", view(self.export_view), name="knowledge_entry_export"),
            path("<uuid:entry_id>/history/", view(versions), name="knowledge_entry_history"),
            path("<uuid:entry_id>/history/<int:version_id>/", view(version), name="knowledge_entry_version"),
            *super().get_urls(),
        ]

    def check_view(self, request: HttpRequest) -> HttpResponse:
        self._for_writers(request)
        return views.rules_check(request)

    def near_view(self, request: HttpRequest) -> HttpResponse:
        self._for_writers(request)
        return views.likeness_check(request)

    def look_alikes_view(self, request: HttpRequest) -> HttpResponse:
        return views.look_alikes_page(request, self.admin_site)

    def export_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """The entries that the list shows, on all its pages, as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.copy()
        kind = (asked.pop("as", None) or ["csv"])[-1]
        request.GET = asked  # type: ignore[assignment]  # the list would take it for a filter
        return views.export_file(self.get_changelist_instance(request).get_queryset(request), str(kind))

    def _for_writers(self, request: HttpRequest) -> None:
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied


def _ids(entries: QuerySet[Entry]) -> list[UUID]:
    return list(entries.values_list("pk", flat=True))


def _words_changed(form: ModelForm[Entry]) -> bool:
    return isinstance(form, EntryForm) and form.words_changed()


def _listed(heading: str, problems: Iterable[Problem]) -> str:
    lines = format_html_join("", "<li>{}</li>", ((problem.message,) for problem in problems))
    return format_html('{} <ul class="lilo-problems">{}</ul>', heading, lines)
