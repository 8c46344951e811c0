"""Entries as a file: with everything that says where they come from and who stands behind them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from import_export.fields import Field
from import_export.resources import ModelResource

from knowledge.models import Entry
from knowledge.tables import table_lines

#: Entries read at a time.
READ = 500


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


def entries_lines(entries: QuerySet[Entry], kind: str) -> Iterator[str]:
    """The entries as lines of text, `json` or else CSV. A few hundred of them are read at a time."""
    chosen = entries.select_related("author", "reviewed_by").prefetch_related("sources").order_by("key")
    resource = EntryResource()
    rows = (resource.export_resource(entry) for entry in chosen.iterator(chunk_size=READ))
    columns = resource.get_export_headers()
    if kind == "json":
        return _json_lines(columns, rows)
    return table_lines(columns, ([_cell(value) for value in row] for row in rows))


def _json_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    before = "["
    for row in rows:
        yield f"{before}\n{json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)}"
        before = ","
    yield "\n]\n" if before == "," else "[]\n"


def _cell(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "|".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value or "")
