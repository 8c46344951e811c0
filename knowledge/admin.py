"""Where curators work: entries from draft to published, and the indexes built from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin, StackedInline
from unfold.contrib.filters.admin import AllValuesCheckboxFilter, ChoicesCheckboxFilter, DropdownFilter
from unfold.decorators import action, display

from knowledge import actions
from knowledge.actions import EntryRefused
from knowledge.forms import EntryForm, SourceFormSet
from knowledge.models import Artefact, Entry, EntrySource
from knowledge.plain_text import plain_line, plain_text
from knowledge.readability import reading_grade, words
from knowledge.rules import EntryText, Problem, entry_problems
from knowledge.selectors import overdue_entries

Status = Entry.Status
MAY_PUBLISH = "knowledge.publish_entry"
STATUS_COLOURS = {
    Status.DRAFT.label: "warning",
    Status.IN_REVIEW.label: "info",
    Status.PUBLISHED.label: "success",
    Status.RETIRED.label: "default",
}
STATE_COLOURS = {
    Artefact.State.PUBLISHED.label: "success",
    Artefact.State.KEPT.label: "default",
    Artefact.State.REFUSED.label: "danger",
}
#: Buttons below the form, by status: the method's name and what it leads to.
BUTTONS: dict[str, tuple[str, ...]] = {
    Status.DRAFT: ("submit", "retire"),
    Status.IN_REVIEW: ("publish", "send_back", "retire"),
    Status.PUBLISHED: ("publish", "retire"),
    Status.RETIRED: ("send_back",),
}
PUBLISHER_BUTTONS = frozenset({"publish", "send_back", "retire"})
Transition = Callable[..., Entry]


class ReviewFilter(DropdownFilter):
    """Entries whose facts must be checked again."""

    title = "review"
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("overdue", "Overdue"), ("never", "Never reviewed by a curator")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        if self.value() == "overdue":
            return queryset.filter(pk__in=overdue_entries().values("pk"))
        if self.value() == "never":
            return queryset.filter(status=Status.PUBLISHED, curated=False)
        return queryset


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
    inlines = (SourceInline,)
    list_display = ("asked", "status_label", "category", "grade", "due", "updated_at")
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
    search_fields = ("question", "key", "answer", "tags")
    search_help_text = "Search questions, answers, tags and keys"
    ordering = ("-updated_at",)
    actions = ("submit_selected", "publish_selected", "retire_selected")
    actions_submit_line = ("submit", "publish", "send_back", "retire")
    readonly_fields = ("status_label", "grade", "author", "reviewed_by", "reviewed_at", "origin")
    fieldsets = (
        ("What people ask", {"fields": ("question", "alternatives")}),
        ("What Lilo answers", {"fields": ("answer",)}),
        ("Where it belongs", {"fields": ("key", ("category", "audience"), "tags")}),
        (
            "Review",
            {
                "fields": (
                    ("status_label", "grade"),
                    ("author", "origin"),
                    ("reviewed_by", "reviewed_at"),
                    "review_due",
                    "opened_at",
                )
            },
        ),
    )

    class Media:
        js = ("lilo/entry-editor.js",)

    # What is shown

    @display(description="Question", ordering="question", header=True)  # type: ignore[untyped-decorator]
    def asked(self, entry: Entry) -> list[str]:
        return [entry.question, entry.key]

    @display(description="Status", ordering="status", label=STATUS_COLOURS)  # type: ignore[untyped-decorator]
    def status_label(self, entry: Entry) -> str:
        return entry.get_status_display()

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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        entries: QuerySet[Entry] = super().get_queryset(request)
        return entries.select_related("author", "reviewed_by")

    def get_readonly_fields(self, request: HttpRequest, obj: Entry | None = None) -> Sequence[str]:
        # Answers, histories and outside programs know an entry by its key: given once, it stays.
        return (*self.readonly_fields, "key") if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        """Never: what Lilo once said can be looked up again. Retire instead."""
        return False

    # Saving

    def save_model(self, request: HttpRequest, obj: Entry, form: ModelForm[Entry], change: bool) -> None:
        """Save the words; the button pressed acts in `save_related`, when the sources are saved too."""
        if not change or _words_changed(form):
            self._tell_if_withdrawn(request, obj)
            actions.words_changed(obj, by=_curator(request))
        obj.save()

    def save_related(self, request: HttpRequest, form: ModelForm[Entry], formsets: Any, change: bool) -> None:
        """Save the sources, then do what the button says; a draft's problems are shown as hints."""
        entry = form.instance
        sources_changed = any(formset.has_changed() for formset in formsets)
        super().save_related(request, form, formsets, change)
        if change and sources_changed and not _words_changed(form):
            self._tell_if_withdrawn(request, entry)
            actions.words_changed(entry, by=_curator(request))
            entry.save()
        pressed = [
            button for button in self.get_actions_submit_line(request, entry.pk) if button.action_name in request.POST
        ]
        if pressed:
            pressed[0].method(request, entry)
        elif entry.status == Status.DRAFT and (problems := entry.problems()):
            messages.warning(request, _listed("Saved as a draft. Before it can be reviewed:", problems))

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
        fitting = BUTTONS[entry.status]
        return [
            self.get_unfold_action(name)
            for name in fitting
            if name not in PUBLISHER_BUTTONS or request.user.has_perm(MAY_PUBLISH)
        ]

    @action(description="Submit for review", icon="rate_review")  # type: ignore[untyped-decorator]
    def submit(self, request: HttpRequest, entry: Entry) -> None:
        self._move(request, [entry.pk], actions.submit_for_review, "submitted for review")

    @action(description="Publish", icon="check_circle", permissions=["publish"])  # type: ignore[untyped-decorator]
    def publish(self, request: HttpRequest, entry: Entry) -> None:
        self._move(request, [entry.pk], actions.publish_entry, "published")

    @action(description="Back to draft", icon="undo", permissions=["publish"])  # type: ignore[untyped-decorator]
    def send_back(self, request: HttpRequest, entry: Entry) -> None:
        self._move(request, [entry.pk], actions.return_to_draft, "made a draft again")

    @action(description="Retire", icon="archive", permissions=["publish"])  # type: ignore[untyped-decorator]
    def retire(self, request: HttpRequest, entry: Entry) -> None:
        self._move(request, [entry.pk], actions.retire_entry, "retired")

    @admin.action(description="Submit for review", permissions=["change"])
    def submit_selected(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._move(request, _ids(queryset), actions.submit_for_review, "submitted for review")

    @admin.action(description="Publish, or confirm that it is still right", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._move(request, _ids(queryset), actions.publish_entry, "published")

    @admin.action(description="Retire", permissions=["publish"])
    def retire_selected(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._move(request, _ids(queryset), actions.retire_entry, "retired")

    def has_publish_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm(MAY_PUBLISH)

    def _move(self, request: HttpRequest, entry_ids: Iterable[UUID], transition: Transition, done: str) -> None:
        """Do it to each entry, note it in its history, and say what was refused and why."""
        moved = 0
        for entry_id in entry_ids:
            try:
                entry = transition(entry_id, by=_curator(request))
            except EntryRefused as refusal:
                question = Entry.objects.values_list("question", flat=True).get(pk=entry_id)
                messages.error(request, _listed(f"“{question}” was not {done}:", refusal.problems))
            else:
                moved += 1
                self.log_change(request, entry, f"{done.capitalize()}.")
        if moved:
            messages.success(request, f"{moved} {'entry' if moved == 1 else 'entries'} {done}.")

    # The check while writing

    def get_urls(self) -> list[URLPattern]:
        check = self.admin_site.admin_view(require_POST(self.check_view))
        return [path("check/", check, name="knowledge_entry_check"), *super().get_urls()]

    def check_view(self, request: HttpRequest) -> HttpResponse:
        """What the rules say of words not yet saved, for the hints beside the form."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        text = _typed(request)
        problems = [
            problem for problem in entry_problems(text) if problem.field in {"question", "alternatives", "answer"}
        ]
        return JsonResponse(
            {
                "words": len(words(text.answer)),
                "grade": reading_grade(text.answer),
                "problems": [{"field": problem.field, "message": problem.message} for problem in problems],
            }
        )


@admin.register(Artefact)
class ArtefactAdmin(ModelAdmin):
    """Built indexes, to look at."""

    list_display = ("version", "state_label", "entry_count", "model_name", "dimension", "built_at", "published_at")
    ordering = ("-built_at",)

    @display(description="State", ordering="state", label=STATE_COLOURS)  # type: ignore[untyped-decorator]
    def state_label(self, artefact: Artefact) -> str:
        return artefact.get_state_display()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Artefact | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Artefact | None = None) -> bool:
        return False


def _curator(request: HttpRequest) -> UUID:
    """The id of the signed-in curator; the admin lets nobody else in."""
    if request.user.pk is None:
        raise PermissionDenied
    return UUID(str(request.user.pk))


def _ids(entries: QuerySet[Entry]) -> list[UUID]:
    return list(entries.values_list("pk", flat=True))


def _words_changed(form: ModelForm[Entry]) -> bool:
    return isinstance(form, EntryForm) and form.words_changed()


def _listed(heading: str, problems: Iterable[Problem]) -> str:
    lines = format_html_join("", "<li>{}</li>", ((problem.message,) for problem in problems))
    return format_html('{} <ul class="lilo-problems">{}</ul>', heading, lines)


def _typed(request: HttpRequest) -> EntryText:
    typed = request.POST
    asked = [plain_line(line) for line in typed.get("alternatives", "").split("\n")]
    return EntryText(
        key="unsaved",
        question=plain_line(typed.get("question", "")),
        answer=plain_text(typed.get("answer", "")),
        category=plain_line(typed.get("category", "")),
        alternatives=tuple(line for line in asked if line),
    )
