"""The report of an import as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knowledge.importers.outcomes import Outcome
from knowledge.tables import table_lines

COLUMNS = ("result", "place", "id", "question", "detail", "warnings")


def report_lines(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """The lines of the table, its head first."""
    return table_lines(
        COLUMNS,
        ((row.result, row.place, row.key, row.question, row.detail, " ".join(row.warnings)) for row in outcomes),
    )
