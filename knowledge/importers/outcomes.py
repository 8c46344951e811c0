"""What became of each row of an import, or would."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.importers.rows import Note, RefusedRow, Row


class Result(StrEnum):
    """What an import did with a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    NOTE = "note"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row of the report."""

    result: Result
    place: str
    number: int = 0
    key: str = ""
    question: str = ""
    detail: str = ""
    """What changed, or why it was refused."""
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class ImportReport:
    """What an import did, row by row where it refused one."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[RefusedRow] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    gone: list[Outcome] = field(default_factory=list)
    """Entries that a document brought before and holds no longer. They are left as they are."""
    warned: list[Outcome] = field(default_factory=list)
    """Rows that came in with a warning for their reviewer."""

    @property
    def accepted(self) -> int:
        """Rows that are entries now."""
        return self.created + self.updated + self.unchanged

    @property
    def read(self) -> int:
        """Rows looked at."""
        return self.accepted + len(self.refused)

    def count(self, outcome: Outcome) -> None:
        """Add one row to it."""
        if outcome.result is Result.REFUSED:
            self.refused.append(RefusedRow(outcome.number, outcome.detail, outcome.place))
        elif outcome.result is Result.NOTE:
            self.notes.append(Note(outcome.detail, outcome.place))
        elif outcome.result is Result.GONE:
            self.gone.append(outcome)
        else:
            self.created += outcome.result is Result.NEW
            self.updated += outcome.result is Result.CHANGED
            self.unchanged += outcome.result is Result.UNCHANGED
            if outcome.warnings and outcome.result is not Result.UNCHANGED:
                self.warned.append(outcome)


def as_read(row: Row | RefusedRow | Note, result: Result, detail: str = "", *more_warnings: str) -> Outcome:
    """The outcome of a row as its reader gave it."""
    if isinstance(row, Row):
        words = {"key": row.entry.key, "question": row.entry.question}
        return Outcome(result, row.place, row.number, detail=detail, warnings=(*row.warnings, *more_warnings), **words)
    if isinstance(row, Note):
        return Outcome(result, row.place, detail=row.text)
    return Outcome(result, row.place, row.number, detail=row.reason)
