"""The inbox: what people asked that Lilo could not answer well, gathered by meaning, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display

from knowledge.inbox import actions, grouping
from knowledge.inbox.models import Question, QuestionGroup
from knowledge.inbox.rules import Reason
from knowledge.inbox.selectors import likely_same, shown_to, waiting_groups
from knowledge.models import Entry

State = QuestionGroup.State
STATE_COLOURS = {
    State.OPEN.label: "warning",
    State.WRITING.label: "info",
    State.ANSWERED.label: "success",
    State.DISMISSED.label: "default",
}
#: What each button asks for besides looking at the inbox.
RIGHTS = {
    "write": "knowledge.add_entry",
    "link": "knowledge.change_entry",
    "dismiss": "knowledge.change_entry",
    "again": "knowledge.change_entry",
    "merge": "knowledge.change_entry",
    "take_out": "knowledge.change_entry",
}
TOGETHER = "They are together now, and are answered together."
#: Entries that are offered as the one that answers.
OFFERED = 5


class StateFilter(DropdownFilter):
    """What waits is shown at first."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*State.choices, ("all", "All of them")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[QuestionGroup]) -> QuerySet[QuestionGroup]:
        wanted = self.value() or State.OPEN
        return queryset if wanted == "all" else queryset.filter(state=wanted)


class WhyFilter(DropdownFilter):
    """Why questions were passed on."""

    title = "why"
    parameter_name = "why"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Reason.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[QuestionGroup]) -> QuerySet[QuestionGroup]:
        value = self.value()
        return queryset.filter(questions__reason=value).distinct() if value in Reason else queryset


@admin.register(QuestionGroup)
class QuestionGroupAdmin(ModelAdmin):
    """A list of groups, and a page for each. Nothing is typed in here: people ask, curators decide."""

    list_display = ("asked", "people_label", "why", "last_asked_on", "state_label", "answer")
    list_display_links = ("asked",)
    list_filter = (StateFilter, WhyFilter)
    list_per_page = 30
    actions = ("merge_selected",)
    when_empty = "Nobody waits. What people ask and Lilo cannot answer comes here, if they let it be passed on."
    show_full_result_count = False
    ordering = ("-people", "-last_asked_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionGroup]:
        groups: QuerySet[QuestionGroup] = super().get_queryset(request)
        return groups.select_related("entry", "decided_by").prefetch_related(
            Prefetch("questions", queryset=Question.objects.defer("vector"))  # the words are told, not their vectors
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: QuestionGroup | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: QuestionGroup | None = None) -> bool:
        return False

    @display(description="What people ask")  # type: ignore[untyped-decorator]
    def asked(self, group: QuestionGroup) -> str:
        return str(group)

    @display(description="People", ordering="people")  # type: ignore[untyped-decorator]
    def people_label(self, group: QuestionGroup) -> int:
        return group.people

    @display(description="Why")  # type: ignore[untyped-decorator]
    def why(self, group: QuestionGroup) -> str:
        return ", ".join(sorted({Reason(question.reason).label for question in group.questions.all()}))

    @display(description="State", ordering="state", label=STATE_COLOURS)  # type: ignore[untyped-decorator]
    def state_label(self, group: QuestionGroup) -> str:
        return group.get_state_display()

    @display(description="Entry")  # type: ignore[untyped-decorator]
    def answer(self, group: QuestionGroup) -> str:
        return group.entry.question if group.entry else "-"

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RIGHTS["merge"])

    @action(description="These ask the same: put them together", permissions=["merge"])  # type: ignore[untyped-decorator]
    def merge_selected(self, request: HttpRequest, queryset: QuerySet[QuestionGroup]) -> HttpResponse | None:
        """Of the list; the page of a group offers those near it, which needs no script."""
        try:
            group = grouping.merge_chosen(list(queryset.values_list("pk", flat=True)), by=UUID(str(request.user.pk)))
        except actions.InboxRefused as refusal:
            messages.error(request, str(refusal))
            return None
        messages.success(request, TOGETHER)
        return HttpResponseRedirect(reverse("admin:knowledge_questiongroup_change", args=[group.pk]))

    # The page of a group

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(require_POST(self.decide_view))
        return [path("<int:pk>/decide/", decide, name="knowledge_questiongroup_decide"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The wordings, what was shown, and what can be done."""
        group = self.get_object(request, object_id)
        if group is None:
            raise Http404
        if not self.has_view_permission(request, group):
            raise PermissionDenied
        questions = list(group.questions.all())
        shown = shown_to(questions)
        context = {
            **self.admin_site.each_context(request),
            "title": "Question for Lilo",
            "opts": self.model._meta,
            "group": group,
            "questions": questions,
            "reasons": [(label, sum(each.reason == value for each in questions)) for value, label in Reason.choices],
            "shown": shown,
            "near": _near(str(group), without={entry.key for entry in shown}) if not group.is_decided else [],
            "unfound": [each for each in questions if each.tried_with and not each.answered_by],
            "same": likely_same(group),
            "steps": list(group.steps.select_related("by")),
            "may": {name: request.user.has_perm(right) for name, right in RIGHTS.items()},
        }
        return TemplateResponse(request, "admin/knowledge/question_group.html", context)

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what a button says."""
        pressed = request.POST.get("do", "")
        may = pressed in RIGHTS and self.has_view_permission(request) and request.user.has_perm(RIGHTS[pressed])
        if not may:
            raise PermissionDenied
        if not QuestionGroup.objects.filter(pk=pk).exists():
            raise Http404
        doing: dict[str, Callable[[HttpRequest, int, UUID], str]] = {
            "write": _write,
            "link": _link,
            "dismiss": _dismiss,
            "again": _again,
            "merge": _merge,
            "take_out": _take_out,
        }
        back = reverse("admin:knowledge_questiongroup_change", args=[pk])
        try:
            return HttpResponseRedirect(doing[pressed](request, pk, UUID(str(request.user.pk))) or back)
        except actions.InboxRefused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(back)


def waiting_badge(request: HttpRequest) -> str:
    """How many groups wait for a curator; nothing when none does."""
    return str(waiting_groups().count() or "")


def _write(request: HttpRequest, pk: int, by: UUID) -> str:
    entry = actions.write_answer(pk, by=by)
    messages.success(request, "Here is a draft with the words of those who asked. They are told once it answers them.")
    return reverse("admin:knowledge_entry_change", args=[entry.pk])


def _link(request: HttpRequest, pk: int, by: UUID) -> str:
    key = request.POST.get("key", "").strip() or request.POST.get("other", "").strip()
    entry = actions.link_entry(pk, key, by=by, add_wordings=request.POST.get("add_wordings") == "yes")
    waits = "" if entry.status == Entry.Status.PUBLISHED else " once it is published"
    messages.success(request, f"“{entry.question}” answers it. Those who asked are told{waits}, if Lilo finds it.")
    return ""


def _dismiss(request: HttpRequest, pk: int, by: UUID) -> str:
    actions.dismiss(pk, by=by, reason=request.POST.get("reason", ""))
    messages.success(request, "Put away. Later questions of the same meaning go there too.")
    return reverse("admin:knowledge_questiongroup_changelist")


def _again(request: HttpRequest, pk: int, by: UUID) -> str:
    actions.take_up_again(pk, by=by)
    messages.success(request, "It waits again.")
    return ""


def _merge(request: HttpRequest, pk: int, by: UUID) -> str:
    chosen = {int(value) for value in request.POST.getlist("group") if value.isdecimal()} - {pk}
    if grouping.merge_groups(pk, chosen, by=by):
        messages.success(request, TOGETHER)
    else:
        messages.info(request, "Nothing was left to put together: choose at least one that is still there.")
    return ""


def _take_out(request: HttpRequest, pk: int, by: UUID) -> str:
    try:
        ticket = UUID(request.POST.get("ticket", ""))
    except ValueError as error:
        raise actions.InboxRefused("Choose the question that asks something else.") from error
    alone = grouping.take_out(pk, ticket, by=by)
    messages.success(request, "It waits by itself now. This is its page.")
    return reverse("admin:knowledge_questiongroup_change", args=[alone.pk])


def _near(question: str, *, without: set[str]) -> list[Entry]:
    """Published entries that may answer it, by meaning; none where nothing can be searched."""
    from asgiref.sync import async_to_sync

    from knowledge.public import KnowledgeUnavailable, find_evidence

    try:
        found = async_to_sync(find_evidence)(question, limit=OFFERED)
    except KnowledgeUnavailable:
        return []
    keys = [item.key for item in found.evidence if item.key not in without]
    entries = {entry.key: entry for entry in Entry.objects.filter(key__in=keys)}
    return [entries[key] for key in keys if key in entries]
