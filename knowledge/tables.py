"""Tables for spreadsheets, sent line by line. No cell is taken for a formula: entries come from anywhere."""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import islice

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

#: What a spreadsheet calculates when a cell begins with it.
FORMULA = re.compile(r"\s*[=+\-@|%\t\r\n]")
#: Lines sent together.
TOGETHER = 200


class _Echo:
    """A file that gives back what is written to it: one line of the table."""

    def write(self, line: str) -> str:
        return line


def table_lines(columns: Sequence[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines of a table, its head first."""
    table = csv.writer(_Echo())
    yield table.writerow(columns)
    for row in rows:
        yield table.writerow([neutral(cell) for cell in row])


def neutral(cell: str) -> str:
    """A cell that every spreadsheet shows as the text it is."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def file_response(lines: Iterator[str], *, name: str, content_type: str) -> StreamingHttpResponse:
    """A file that is sent while it is made; at no time is the whole of it in memory."""
    response = StreamingHttpResponse(_sent(lines), content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


async def _sent(lines: Iterator[str]) -> AsyncIterator[str]:
    """Some lines at a time, made on the thread of the request: Django would gather a plain iterator first."""
    make = sync_to_async(lambda: "".join(islice(lines, TOGETHER)))
    while piece := await make():
        yield piece
