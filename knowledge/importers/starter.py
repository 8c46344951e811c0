"""The starter corpus: YAML files, one a category, to `EntryText`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from knowledge.rules import EntryText, SourceText

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


class CorpusError(ValueError):
    """A corpus file that cannot be read, with its name and what is wrong in it."""


def read_corpus(folder: Path = CORPUS) -> Iterator[EntryText]:
    """Every entry of every file in a corpus folder, in file order.

    Raises:
        CorpusError: a file is not YAML, lacks a field or has one of the wrong kind.
    """
    for path in sorted(folder.glob("*.yaml")):
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            for row in content["entries"]:
                yield _entry(content["category"], row)
        except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise CorpusError(f"{path.name}: {error}") from error


def _entry(category: str, row: dict[str, Any]) -> EntryText:
    return EntryText(
        key=row["key"],
        question=row["question"].strip(),
        answer=" ".join(row["answer"].split()),
        category=category,
        alternatives=tuple(text.strip() for text in row["alternatives"]),
        tags=tuple(row.get("tags", ())),
        audience=row.get("audience", "everyone"),
        sources=tuple(_source(source) for source in row.get("sources", ())),
        review_due=_day(row.get("review_due")),
    )


def _source(row: dict[str, Any]) -> SourceText:
    return SourceText(title=row["title"], publisher=row["publisher"], url=row["url"], date=_day(row["date"]))


def _day(value: object) -> date | None:
    """YAML reads an unquoted day as a date; anything else would fail later, far from its file."""
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        raise ValueError(f"{value!r} is not a day such as 2026-01-31, without quotes")
    return value
