"""Entries as a file: with everything that says where they come from and who stands behind them."""

from __future__ import annotations

import json
import re
from typing import Any

from django.db.models import QuerySet
from import_export.fields import Field
from import_export.formats.base_formats import CSV, JSON
from import_export.resources import ModelResource

from knowledge.models import Entry

#: What a spreadsheet takes for a formula when a cell begins with it. Entries may come from anywhere.
FORMULA = re.compile(r"\s*[=+\-@|%\t\r]")


class EntryResource(ModelResource):
    """One row an entry. The first columns are those that an import reads."""

    id = Field(attribute="key", column_name="id")
    source = Field(column_name="source")
    url = Field(column_name="url")
    date = Field(column_name="date")
    sources = Field(column_name="sources")
    author = Field(attribute="author__username", column_name="author")
    reviewed_by = Field(attribute="reviewed_by__username", column_name="reviewed_by")

    class Meta:
        model = Entry
        fields = (
            "id", "question", "answer", "category", "alternatives", "tags", "audience", "source", "url", "date",
            "sources", "status", "provenance", "provenance_detail", "author", "reviewed_by", "reviewed_at",
            "review_due", "updated_at",
        )  # fmt: skip
        export_order = fields

    def dehydrate_alternatives(self, entry: Entry) -> list[str]:
        """As a list; one cell of a CSV file, as an import reads it."""
        return list(entry.alternatives)

    def dehydrate_tags(self, entry: Entry) -> list[str]:
        """The same."""
        return list(entry.tags)

    def dehydrate_source(self, entry: Entry) -> str:
        """The first source, for spreadsheets and imports."""
        return next((source.title for source in entry.sources.all()), "")

    def dehydrate_url(self, entry: Entry) -> str:
        """Where the first source is."""
        return next((source.url for source in entry.sources.all()), "")

    def dehydrate_date(self, entry: Entry) -> str:
        """When the first source was consulted."""
        return next((source.date.isoformat() for source in entry.sources.all()), "")

    def dehydrate_sources(self, entry: Entry) -> list[dict[str, str]]:
        """Every source."""
        return [
            {"title": source.title, "publisher": source.publisher, "url": source.url, "date": source.date.isoformat()}
            for source in entry.sources.all()
        ]


def entries_file(entries: QuerySet[Entry], kind: str) -> str:
    """The entries as text, `json` or else CSV. In CSV, no cell can be taken for a formula."""
    chosen = entries.select_related("author", "reviewed_by").prefetch_related("sources").order_by("key")
    dataset: Any = EntryResource().export(chosen)
    if kind == "json":
        return str(JSON().export_data(dataset))
    for at, row in enumerate(dataset):
        dataset[at] = [without_formula(_cell(value)) for value in row]
    return str(CSV().export_data(dataset))


def _cell(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "|".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value or "")


def without_formula(cell: str) -> str:
    """The cell, behind an apostrophe where a spreadsheet would calculate it."""
    return f"'{cell}" if FORMULA.match(cell) else cell
