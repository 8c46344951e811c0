"""Rows of other people's files, JSON Lines or CSV, to entries.

Fields: `id`, `question`, `answer`, `category`, `source`, `url`; optional `alternatives`, `tags`, `audience`, `date`.
Text is data: it is made plain (`knowledge.plain_text`), markup in it stays text, nothing in it is followed or fetched.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import BinaryIO, Literal
from urllib.parse import urlsplit

from knowledge.importers.lines import BadLine, Lines
from knowledge.importers.rows import ImportRow, RefusedRow, Row, UnreadableFile
from knowledge.importers.suspicious import HIDDEN, is_disguised
from knowledge.plain_text import plain_line, plain_text
from knowledge.rules import AUDIENCES, EntryText, SourceText

Format = Literal["jsonl", "csv"]

#: Most characters of a field. An answer fits the CSV reader's own limit on a field (131,072).
MAX_LENGTH = {"id": 200, "question": 2_000, "answer": 100_000, "category": 80, "source": 200, "url": 1_000}
MAX_LIST = 50
MAX_LIST_ITEM = 2_000
DEFAULT_CATEGORY = "general"
NEEDED_COLUMNS = ("id", "question", "answer")
LIST_SEPARATORS = {"alternatives": re.compile(r"[|\n]"), "tags": re.compile(r"[|,;\n]")}


class BadField(ValueError):
    """A field that makes its row unusable, and why."""


def read_records(stream: BinaryIO, file_format: Format) -> Iterator[ImportRow]:
    """Every row of a file, one at a time, the bad ones as `RefusedRow` with their line number.

    Raises:
        UnreadableFile: a CSV file lacks a header or one of its needed columns.
    """
    return _csv_rows(stream) if file_format == "csv" else _json_rows(stream)


def _json_rows(stream: BinaryIO) -> Iterator[ImportRow]:
    lines = Lines(stream)
    while True:
        try:
            line = next(lines)
            if line.strip():
                yield _row(lines.number, _json_object(line))
        except StopIteration:
            return
        except BadLine as error:
            yield RefusedRow(lines.number, str(error))


def _json_object(line: str) -> Mapping[str, object]:
    try:
        content = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadLine(f"Not JSON: {error.msg.removesuffix(' at')} at character {error.pos + 1}.") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets in brackets
        raise BadLine("Not JSON that can be read: a number is too long or it is nested too deeply.") from error
    if not isinstance(content, dict):
        raise BadLine(f"Expected an object of fields, found {_kind(content)}.")
    return content


def _csv_rows(stream: BinaryIO) -> Iterator[ImportRow]:
    lines = Lines(stream)
    try:
        header = next(lines)
        delimiter = max(",;\t", key=header.count)
        columns = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter))]
    except (BadLine, StopIteration, csv.Error) as error:
        raise UnreadableFile("The file has no header line that can be read.") from error
    if missing := [name for name in NEEDED_COLUMNS if name not in columns]:
        raise UnreadableFile(f"The header lacks {', '.join(missing)}.")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        number = lines.number + 1
        try:
            values = next(reader)
            if any(values):
                yield _row(number, _csv_object(columns, values))
        except StopIteration:
            return
        except (BadLine, csv.Error) as error:
            yield RefusedRow(number, str(error) if isinstance(error, BadLine) else f"Not CSV: {error}.")


def _csv_object(columns: list[str], values: list[str]) -> Mapping[str, object]:
    if len(values) != len(columns):
        raise BadLine(f"Has {len(values)} fields where the header has {len(columns)}.")
    return dict(zip(columns, values, strict=True))


def _row(number: int, record: Mapping[str, object]) -> ImportRow:
    try:
        disguised = any(isinstance(value, str) and is_disguised(value) for value in record.values())
        return Row(number, entry_of(record), warnings=(HIDDEN,) if disguised else ())
    except BadField as error:
        return RefusedRow(number, str(error))


def entry_of(record: Mapping[str, object]) -> EntryText:
    """The entry that fields make.

    Raises:
        BadField: one of them cannot be used.
    """
    for name in NEEDED_COLUMNS:
        if not _text(record, name):
            raise BadField(f"Has no {name}.")
    audience = _text(record, "audience").lower() or "everyone"
    if audience not in AUDIENCES:
        raise BadField(f"The audience {audience[:40]!r} is none of {', '.join(AUDIENCES)}.")
    return EntryText(
        key=_text(record, "id"),
        question=_text(record, "question"),
        answer=_text(record, "answer", lines=True),
        category=_text(record, "category").lower() or DEFAULT_CATEGORY,
        alternatives=_texts(record, "alternatives"),
        tags=tuple(tag.lower() for tag in _texts(record, "tags")),
        audience=audience,
        sources=_sources(record),
    )


def _text(record: Mapping[str, object], name: str, *, lines: bool = False) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadField(f"The {name} must be text, not {_kind(value)}.")
    text = plain_text(str(value)) if lines else plain_line(str(value))
    if len(text) > MAX_LENGTH.get(name, MAX_LIST_ITEM):
        raise BadField(
            f"The {name} has {len(text):,} characters; at most {MAX_LENGTH.get(name, MAX_LIST_ITEM):,} are read."
        )
    return text


def _texts(record: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = record.get(name) or []
    items = LIST_SEPARATORS[name].split(value) if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise BadField(f"The {name} must be a list of texts.")
    found = tuple(dict.fromkeys(text for item in items if (text := plain_line(item))))
    if len(found) > MAX_LIST or any(len(text) > MAX_LIST_ITEM for text in found):
        raise BadField(f"The {name} hold more than {MAX_LIST} texts, or one of more than {MAX_LIST_ITEM:,} characters.")
    return found


def _sources(record: Mapping[str, object]) -> tuple[SourceText, ...]:
    name, url = _text(record, "source"), _text(record, "url")
    if not name and not url:
        return ()
    host = _web_host(url) if url else ""
    return (SourceText(title=name or host, publisher=name or host, url=url, date=_date(record)),)


def _web_host(url: str) -> str:
    """The host of a web address; a link ends on a senior's page, so nothing else may be one."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if not host or " " in url or not url.startswith(("https://", "http://")):
        raise BadField("The url is not a web address that begins with https:// or http://.")
    return host


def _date(record: Mapping[str, object]) -> date | None:
    text = _text(record, "date")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadField("The date must look like 2026-01-31.") from error


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", float: "a number", int: "a number", str: "text"}
    return names.get(type(value), "nothing")
