"""The playground: a page on which curators ask Lilo, see why it says what it says, and what a change would alter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from knowledge.inbox.models import QuestionGroup
from knowledge.models import Entry
from knowledge.public import KnowledgeUnavailable

if TYPE_CHECKING:
    from knowledge.playground.trying import Try

MAY_VIEW = "knowledge.view_entry"
MOST_CHARACTERS, MOST_BEFORE = 4_000, 5
PENDING = (Entry.Status.DRAFT, Entry.Status.IN_REVIEW)
#: Changes that the page offers; any entry can be tried from its own page.
OFFERED = 200


class PlaygroundForm(forms.Form):
    """What is asked, by whom, after what, and with which change."""

    question = forms.CharField(
        max_length=MOST_CHARACTERS,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "As a person would say it"}),
    )
    audience = forms.ChoiceField(
        label="Who asks",
        choices=[("senior", "A senior"), ("family", "Somebody of the family")],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    before = forms.CharField(
        label="What they said before",
        max_length=MOST_CHARACTERS,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2, "placeholder": "One message a line, the oldest first"}),
    )
    entry = forms.ModelChoiceField(
        label="With this change",
        queryset=Entry.objects.none(),
        to_field_name="key",
        required=False,
        empty_label="None: as Lilo answers now",
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        changes = self.fields["entry"]
        changes.queryset = _changes(self.data.get("entry", ""))  # type: ignore[attr-defined]
        changes.label_from_instance = _as_change  # type: ignore[attr-defined]

    def clean_before(self) -> list[str]:
        """Each line is a message; the last five count."""
        lines = (line.strip() for line in self.cleaned_data["before"].splitlines())
        return [line for line in lines if line][-MOST_BEFORE:]


def _changes(key: str) -> QuerySet[Entry]:
    """What waits to be published, the newest first, and the entry that is tried whatever its status."""
    newest = Entry.objects.filter(status__in=PENDING).order_by("-updated_at").values("pk")[:OFFERED]
    wanted = Case(When(key=key, then=Value(0)), default=Value(1), output_field=IntegerField())
    entries = Entry.objects.filter(pk__in=list(newest.values_list("pk", flat=True))) | Entry.objects.filter(key=key)
    return entries.order_by(wanted, "-updated_at")


def _as_change(entry: Entry) -> str:
    if entry.status == Entry.Status.PUBLISHED:
        return f"Without it: {entry.question}"
    return f"{entry.get_status_display()}: {entry.question}"


@require_http_methods(["GET", "POST"])
def playground(request: HttpRequest) -> HttpResponse:
    """Ask, and see why. What is typed is no part of the address, and one of the inbox is named by its group."""
    if not request.user.has_perm(MAY_VIEW):
        raise PermissionDenied
    asked = (request.POST if request.method == "POST" else request.GET).copy()
    group = _group(request, asked.get("group", ""))
    if group is not None and not asked.get("question"):
        asked["question"] = str(group)
    form = PlaygroundForm(asked or None, initial={"audience": "senior"})
    context: dict[str, Any] = {"title": "Playground", "form": form, "group": group}
    if asked.get("question") and form.is_valid():
        context |= _tried(form.cleaned_data)
    return TemplateResponse(request, "admin/knowledge/playground.html", {**admin.site.each_context(request), **context})


def _group(request: HttpRequest, pk: str) -> QuestionGroup | None:
    if not pk.isdecimal() or not request.user.has_perm("knowledge.view_questiongroup"):
        return None
    return QuestionGroup.objects.filter(pk=pk).first()


def _tried(asked: dict[str, Any]) -> dict[str, Any]:
    """The question tried as things are, and with the change beside it."""
    from knowledge.embedding.port import EmbeddingUnavailable  # numpy and the index are of no use to other pages
    from knowledge.index.build import NothingToPublish
    from knowledge.index.manifest import ArtefactBroken
    from knowledge.playground.overlay import with_change
    from knowledge.playground.trying import try_question

    entry: Entry | None = asked["entry"]
    how = {"before": asked["before"], "by_senior": asked["audience"] != "family"}
    changed = entry.key if entry else ""
    try:
        now = try_question(asked["question"], changed=changed, **how)
        if entry is None:
            return {"tries": [("", now)]}
        then = try_question(asked["question"], tried=with_change(entry), changed=changed, **how)
    except (LookupError, KnowledgeUnavailable, EmbeddingUnavailable, NothingToPublish, ArtefactBroken) as trouble:
        return {"trouble": f"This cannot be tried now. {trouble}"}
    after = "Without it" if entry.status == Entry.Status.PUBLISHED else "With the change"
    return {"tries": [("Now", now), (after, then)], "entry": entry, "verdict": _verdict(now, then)}


def _verdict(now: Try, then: Try) -> str:
    """What the change does to this question, in a sentence."""
    if now.said == then.said:
        return "The answer stays the same." if now.sources == then.sources else "The same words, from other sources."
    if now.answered.kind != then.answered.kind:
        return f"It changes: “{now.kind}” becomes “{then.kind}”."
    if now.answered.entries[:1] != then.answered.entries[:1]:
        return "Another entry answers."
    return "The same entry answers in other words."


def _pages() -> list[URLPattern]:
    return [
        path("knowledge/playground/", admin.site.admin_view(playground), name="knowledge_playground"),
    ]


admin.site.extra_urls = _pages  # type: ignore[attr-defined]  # where unfold looks for pages that belong to no model
