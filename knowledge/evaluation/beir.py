"""Test collections from outside: a corpus, queries and judgements, in the layout of BEIR (Thakur et al., 2021)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge.index.entries import IndexEntry

GZIP = b"\x1f\x8b"
#: A document's key in the index, and a query's name in the rankings, are texts of any form; only this long.
LONGEST_NAME = 200
#: Columns of a judgement: query, document, grade (BEIR); query, iteration, document, grade (TREC).
BEIR, TREC = 3, 4


class SetBroken(ValueError):
    """A file of a test collection cannot be read as what it should be; names the file and the line."""


def read_corpus(path: Path) -> Iterator[IndexEntry]:
    """The documents as entries: the title is what an entry asks, the text what it answers.

    Either may be missing; a document without any words is left out.

    Raises:
        SetBroken: a line is no document, or an id is used twice.
    """
    seen: set[str] = set()
    for place, row in _rows(path):
        key = _name(place, row, "_id")
        if key in seen:
            raise SetBroken(f"{place}: the id {key!r} is used twice.")
        seen.add(key)
        title, text = _text(place, row, "title"), _text(place, row, "text")
        if not (title or text):
            continue
        yield IndexEntry(
            key=key,
            question=title,
            alternatives=(),
            answer=text,
            category="corpus",
            tags=(),
            audience="everyone",
            sources=(),
            reviewed_on=None,
        )


def read_queries(path: Path) -> dict[str, str]:
    """The queries by their ids.

    Raises:
        SetBroken: a line is no query, or an id is used twice.
    """
    found: dict[str, str] = {}
    for place, row in _rows(path):
        name = _name(place, row, "_id")
        if name in found:
            raise SetBroken(f"{place}: the id {name!r} is used twice.")
        found[name] = _text(place, row, "text")
    return found


def read_judgements(path: Path) -> dict[str, dict[str, int]]:
    """Query, document, grade: BEIR's three columns with or without a header, or TREC's four.

    Raises:
        SetBroken: a line is no judgement.
    """
    found: dict[str, dict[str, int]] = {}
    for number, (place, line) in enumerate(_lines(path)):
        columns = line.split("\t") if "\t" in line else line.split()
        if len(columns) not in (BEIR, TREC):
            raise SetBroken(f"{place}: expected query, document and grade, or TREC's four columns.")
        query, document, grade = columns[0].strip(), columns[-2].strip(), columns[-1].strip()
        try:
            found.setdefault(query, {})[document] = round(float(grade))
        except ValueError as error:
            if number == 0:  # the header
                found.pop(query, None)
                continue
            raise SetBroken(f"{place}: the grade {grade!r} is not a number.") from error
    return found


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, line in _lines(path):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise SetBroken(f"{place}: is not JSON ({error}).") from error
        if not isinstance(row, dict):
            raise SetBroken(f"{place}: expected an object with _id and text.")
        yield place, row


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """The lines that hold something, each with its place; plain or gzipped, with or without a byte order mark."""
    try:
        with path.open("rb") as file:
            zipped = file.read(len(GZIP)) == GZIP
        with gzip.open(path, "rt", encoding="utf-8-sig") if zipped else path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield f"{path.name} line {number}", line.strip("\r\n")
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise SetBroken(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}).") from error


def _name(place: str, row: dict[str, Any], field: str) -> str:
    name = row.get(field, row.get("id"))
    if isinstance(name, bool) or not isinstance(name, str | int) or not str(name).strip():
        raise SetBroken(f"{place}: {field} has to be a text or a number.")
    if len(str(name)) > LONGEST_NAME:
        raise SetBroken(f"{place}: {field} is longer than {LONGEST_NAME} characters.")
    return str(name).strip()


def _text(place: str, row: dict[str, Any], field: str) -> str:
    text = row.get(field)
    if text is None:
        return ""
    if not isinstance(text, str):
        raise SetBroken(f"{place}: {field} has to be a text.")
    return text.strip()
