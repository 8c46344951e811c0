"""The report of an import as a table. A spreadsheet that opens it must not take a cell for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from knowledge.importers.outcomes import Outcome

COLUMNS = ("result", "place", "id", "question", "detail", "warnings")
FORMULA_BEGINS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n")


class _Echo:
    """A file that gives back what is written to it: one line of the table."""

    def write(self, line: str) -> str:
        return line


def report_lines(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """The lines of the table, its head first."""
    table = csv.writer(_Echo())
    yield table.writerow(COLUMNS)
    for row in outcomes:
        cells = (row.result, row.place, row.key, row.question, row.detail, " ".join(row.warnings))
        yield table.writerow([neutral(cell) for cell in cells])


def neutral(cell: str) -> str:
    """A cell that every spreadsheet shows as the text it is."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA_BEGINS) else cell
