"""The first page of the admin: how knowledge stands, and what waits for a curator."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from knowledge.evaluation.drift.admin import drift_card
from knowledge.models import Entry
from knowledge.plane.selectors import stuck_build
from knowledge.selectors import KnowledgeNumbers, knowledge_numbers, overdue_entries

MAY_VIEW = "knowledge.view_entry"


def add_numbers(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's DASHBOARD_CALLBACK: put the cards and the state of the index into the page's context."""
    context["title"] = "Home"
    if request.user.has_perm(MAY_VIEW):
        numbers = knowledge_numbers()
        context |= {"knowledge": numbers, "knowledge_cards": _cards(numbers), "stuck_build": stuck_build()}
    if request.user.has_perm("knowledge.view_driftcheck") and (card := drift_card()):
        context["knowledge_cards"] = [*context.get("knowledge_cards", []), card]
    return context


def waiting_badge(request: HttpRequest) -> str:
    """How many entries wait for a review; nothing when none does."""
    return str(Entry.objects.filter(status=Entry.Status.IN_REVIEW).count() or "")


def overdue_badge(request: HttpRequest) -> str:
    """How many published entries are past their review day; nothing when none is."""
    return str(overdue_entries().count() or "")


def _cards(numbers: KnowledgeNumbers) -> list[dict[str, object]]:
    entries = reverse("admin:knowledge_entry_changelist")
    return [
        {
            "title": "Published",
            "number": numbers.published,
            "note": f"in {numbers.categories} categories",
            "link": f"{entries}?status__exact=published",
        },
        {
            "title": "Waiting for review",
            "number": numbers.in_review,
            "note": "by somebody other than the author",
            "link": f"{entries}?status__exact=in_review",
        },
        {
            "title": "Drafts",
            "number": numbers.drafts,
            "note": "being written",
            "link": f"{entries}?status__exact=draft",
        },
        {
            "title": "Review overdue",
            "number": numbers.overdue,
            "note": "facts to be checked again",
            "link": f"{entries}?review=overdue",
        },
    ]
