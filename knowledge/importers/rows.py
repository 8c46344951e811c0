"""What every reader gives: a row that can be an entry, the reason why it cannot, or a word about the file."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.rules import EntryText


class UnreadableFile(ValueError):
    """The file as a whole cannot be imported, or not from here on, and why in a sentence for the curator."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry read, with its place in the file: a line number, or its position among the entries."""

    number: int
    entry: EntryText
    place: str = ""
    """The place as a person finds it again: `sleep.pdf, page 3`. Empty: the line of that number."""
    origin: str = ""
    """Kept with the entry: the file, its kind, the day and its SHA-256."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that cannot be an entry, and why in a sentence for the operator."""

    number: int
    reason: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader says of a file: what it left out, what it had to guess."""

    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """A document was read to its end: an entry whose key begins like this and that did not come is in it no longer."""

    prefix: str
    place: str = ""


ImportRow = Row | RefusedRow | Note | Whole
