"""Pages about entries besides the list and the form: their versions, what is like them, the file of them.

Each is called by the admin, which has asked who is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from knowledge import actions
from knowledge.curation.differences import Difference, difference
from knowledge.curation.history import sources_of, versions_of, words_of
from knowledge.models import Entry
from knowledge.plain_text import plain_line, plain_text
from knowledge.readability import reading_grade, words
from knowledge.rules import EntryText, entry_problems
from knowledge.tables import file_response

if TYPE_CHECKING:
    from knowledge.curation.likeness import Pair

MAY_VIEW, MAY_CHANGE = "knowledge.view_entry", "knowledge.change_entry"
MOST_VERSIONS = 100
CHECKED_FIELDS = frozenset({"question", "alternatives", "answer"})
#: Characters of a typed answer that are compared with other entries; the model reads about a thousand.
MOST_COMPARED = 4_000
FILE_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def curator_id(request: HttpRequest) -> UUID:
    """The id of the signed-in curator; the admin lets nobody else in."""
    if request.user.pk is None:
        raise PermissionDenied
    return UUID(str(request.user.pk))


def form_of(entry_id: UUID) -> str:
    """The address of an entry's form."""
    return reverse("admin:knowledge_entry_change", args=[entry_id])


# Versions


def versions_page(request: HttpRequest, site: AdminSite, entry_id: UUID) -> HttpResponse:
    """Every version of an entry, and two of them side by side."""
    entry = _entry(request, entry_id, MAY_VIEW)
    versions = list(versions_of(entry)[:MOST_VERSIONS])
    later = _named(versions, request.GET.get("later")) or (versions[0] if versions else None)
    earlier = _named(versions, request.GET.get("earlier")) or _other_words(versions, later)
    if earlier and later and earlier.pk > later.pk:
        earlier, later = later, earlier
    compared = compare(earlier, later) if earlier and later else []
    context = {
        "title": "Versions",
        "entry": entry,
        "original": entry,
        "opts": Entry._meta,
        "versions": versions,
        "earlier": earlier,
        "later": later,
        "changed": [field for field in compared if field.changed],
        "same": [field.label for field in compared if not field.changed],
        "may_restore": request.user.has_perm(MAY_CHANGE),
    }
    return TemplateResponse(request, "admin/knowledge/entry/versions.html", {**site.each_context(request), **context})


def version_page(request: HttpRequest, site: AdminSite, entry_id: UUID, version_id: int) -> HttpResponse:
    """One version whole, and, when it is asked for, its words brought back as a draft."""
    entry = _entry(request, entry_id, MAY_VIEW)
    try:
        version = versions_of(entry).get(pk=version_id)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    if request.method == "POST":
        return _restore(request, entry, version_id)
    context = {
        "title": "A version",
        "entry": entry,
        "original": entry,
        "opts": Entry._meta,
        "version": version,
        "sources": sources_of(version),
        "may_restore": request.user.has_perm(MAY_CHANGE),
    }
    return TemplateResponse(request, "admin/knowledge/entry/version.html", {**site.each_context(request), **context})


def _restore(request: HttpRequest, entry: Entry, version_id: int) -> HttpResponse:
    if not request.user.has_perm(MAY_CHANGE):
        raise PermissionDenied
    reason = plain_line(request.POST.get("reason", ""))[:500]
    actions.restore_version(entry.pk, version_id, by=curator_id(request), reason=reason)
    messages.success(request, "The earlier words are back, as a draft. Somebody else reviews it before Lilo uses it.")
    return HttpResponseRedirect(form_of(entry.pk))


def compare(earlier: Any, later: Any) -> list[Difference]:
    """What differs between two versions, field by field, in the words of the form."""
    return [
        difference(label, before, after)
        for (label, before), (_, after) in zip(_shown(earlier), _shown(later), strict=True)
    ]


def _shown(version: Any) -> list[tuple[str, str]]:
    sources = (f"{text.title}, {text.publisher}, {text.url}, {text.date}" for text in sources_of(version))
    return [
        ("Question", version.question),
        ("Other ways to ask", "\n".join(version.alternatives)),
        ("Answer", version.answer),
        ("Category", version.category),
        ("Tags", ", ".join(version.tags)),
        ("For", version.get_audience_display()),
        ("Sources", "\n".join(sources)),
        ("Status", version.get_status_display()),
        ("Next review", version.review_due.isoformat() if version.review_due else ""),
    ]


def _named(versions: list[Any], wanted: str | None) -> Any | None:
    return next((version for version in versions if str(version.pk) == wanted), None)


def _other_words(versions: list[Any], later: Any | None) -> Any | None:
    """The last version before this one with other words, or else the one before."""
    if later is None:
        return None
    before = [version for version in versions if version.pk < later.pk]
    changed = (version for version in before if words_of(version) != words_of(later))
    return next(changed, before[0] if before else None)


def _entry(request: HttpRequest, entry_id: UUID, permission: str) -> Entry:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    entry = Entry.objects.filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    return entry


# Checks while writing


def rules_check(request: HttpRequest) -> HttpResponse:
    """What the rules say of words not yet saved, for the hints beside the form."""
    text = _typed(request)
    problems = [problem for problem in entry_problems(text) if problem.field in CHECKED_FIELDS]
    return JsonResponse(
        {
            "words": len(words(text.answer)),
            "grade": reading_grade(text.answer),
            "problems": [{"field": problem.field, "message": problem.message} for problem in problems],
        }
    )


def likeness_check(request: HttpRequest) -> HttpResponse:
    """Entries like the words not yet saved. A request of its own, so that the rules need not wait for the model."""
    from knowledge.curation.likeness import LikenessUnknown, Words, look_alikes

    text = _typed(request)
    if not (text.question and text.answer):
        return JsonResponse({"near": []})
    try:
        near = look_alikes(Words(text.key, text.question, text.answer[:MOST_COMPARED]))
    except LikenessUnknown as unknown:
        return JsonResponse({"near": [], "unknown": str(unknown)})
    known = {entry.key: entry for entry in Entry.objects.filter(key__in=[other.key for other in near])}
    return JsonResponse(
        {
            "near": [
                {
                    "question": other.question,
                    "link": form_of(known[other.key].pk),
                    "status": known[other.key].get_status_display(),
                    "very_like": other.is_very_like,
                    "disagreements": [
                        {"how": hint.how, "ours": hint.ours, "theirs": hint.theirs} for hint in other.disagreements
                    ],
                }
                for other in near
                if other.key in known
            ]
        }
    )


def _typed(request: HttpRequest) -> EntryText:
    """The words of the form, of an entry that may have been saved before."""
    typed = request.POST
    asked = [plain_line(line) for line in typed.get("alternatives", "").split("\n")]
    try:
        saved = Entry.objects.filter(pk=UUID(typed.get("entry", ""))).values_list("key", flat=True).first()
    except ValueError:
        saved = None
    return EntryText(
        key=saved or "unsaved",
        question=plain_line(typed.get("question", "")),
        answer=plain_text(typed.get("answer", "")),
        category=plain_line(typed.get("category", "")),
        alternatives=tuple(line for line in asked if line),
    )


# The whole corpus


def look_alikes_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Published entries that are like each other, two by two."""
    from knowledge.curation.likeness import LikenessUnknown, all_pairs

    if not request.user.has_perm(MAY_VIEW):
        raise PermissionDenied
    context: dict[str, Any] = {"title": "Look-alikes"}
    try:
        pairs = all_pairs()
    except LikenessUnknown as unknown:
        return TemplateResponse(
            request,
            "admin/knowledge/entry/look_alikes.html",
            {**site.each_context(request), **context, "unknown": str(unknown)},
        )
    shown = _linked(pairs)
    context["groups"] = [
        ("These seem to contradict each other", [row for row in shown if row["pair"].disagreements]),
        ("Very like each other", [row for row in shown if row["pair"].is_very_like and not row["pair"].disagreements]),
        ("Like each other", [row for row in shown if not (row["pair"].is_very_like or row["pair"].disagreements)]),
    ]
    return TemplateResponse(
        request, "admin/knowledge/entry/look_alikes.html", {**site.each_context(request), **context}
    )


def _linked(pairs: list[Pair]) -> list[dict[str, Any]]:
    """The pairs with the addresses of their entries; one that an entry has left since is left out."""
    keys = {key for pair in pairs for key in (pair.key, pair.other_key)}
    places = dict(Entry.objects.filter(key__in=keys).values_list("key", "pk"))
    links = {key: form_of(pk) for key, pk in places.items()}
    return [
        {
            "pair": pair,
            "link": links[pair.key],
            "other_link": links[pair.other_key],
            "percent": round(100 * pair.likeness),
        }
        for pair in pairs
        if pair.key in links and pair.other_key in links
    ]


def export_file(entries: QuerySet[Entry], kind: str) -> StreamingHttpResponse:
    """Entries as a file, `csv` or `json`."""
    from knowledge.curation.export import entries_lines

    if kind not in FILE_TYPES:
        raise Http404
    return file_response(entries_lines(entries, kind), name=f"entries.{kind}", content_type=FILE_TYPES[kind])
