"""What every reader gives: a row that can be an entry, or the reason why it cannot."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.rules import EntryText


@dataclass(frozen=True, slots=True)
class Row:
    """One entry read, with its place in the file: a line number, or its position among the entries."""

    number: int
    entry: EntryText


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that cannot be an entry, and why in a sentence for the operator."""

    number: int
    reason: str


ImportRow = Row | RefusedRow
