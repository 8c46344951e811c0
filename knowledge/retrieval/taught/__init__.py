"""Questions by writers who kept away from the entries' own wordings: the search and the screen are taught with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Taught:
    """One question and what answers it."""

    id: str
    question: str
    entries: tuple[str, ...]
    """Keys of the entries that answer it, the best first; none where the corpus cannot."""
    sentences: tuple[str, ...]
    """The sentences of the first entry that answer it, word for word, in its order."""
    level: str
    """Who is in danger, and now? `N`, `C`, `A` or `E`, as the screen has them."""
    voice: str
    """How it is said: plain, oblique, detail, terse, misspelt ..."""


def read_taught(folder: Path = FOLDER) -> list[Taught]:
    """Every question of the folder's files.

    Raises:
        ValueError: a line is not as it must be; names file and line.
    """
    return [_taught(row, where) for row, where in _rows(folder)]


def _rows(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.strip():
                yield line, f"{path.name}:{number}"


def _taught(line: str, where: str) -> Taught:
    try:
        row: dict[str, Any] = json.loads(line)
        return Taught(
            id=row["id"],
            question=row["question"],
            entries=tuple(row["entries"]),
            sentences=tuple(row["sentences"]),
            level=row["level"],
            voice=row["voice"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{where}: not a question: {error}") from error
