"""What the list of entries can be narrowed by."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from knowledge.models import Entry
from knowledge.selectors import overdue_entries


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
            return queryset.filter(status=Entry.Status.PUBLISHED, curated=False)
        return queryset
