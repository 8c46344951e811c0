"""What the index is built from: a published entry as plain data, so that a build knows no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knowledge.public import Audience, Source


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A published entry, as the builder reads it.

    `knowledge.selectors.published_entries` gives these in the order of their keys, so that two builds of the same
    entries have the same checksum.
    """

    key: str
    question: str
    alternatives: tuple[str, ...]
    answer: str
    category: str
    tags: tuple[str, ...]
    audience: Audience
    sources: tuple[Source, ...]
    reviewed_on: date | None
