"""What is made of an entry for the index, and what an earlier artefact holds of it: an entry is worked through once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from unicodedata import unidata_version

import numpy as np
from numpy.typing import NDArray

from knowledge import chunking, wording
from knowledge.index import entries, rows
from knowledge.index import manifest as names
from knowledge.index.entries import IndexEntry

#: Bytes of one text's hash.
HASH = 16


@dataclass(frozen=True, slots=True)
class Derived:
    """One entry as the artefact holds it."""

    line: bytes
    """The stored record, a line of JSON."""
    terms: NDArray[np.uint32]
    """Numbers of its keywords, in order, with repeats."""
    searched: bytes
    """The hashes of the texts found by meaning."""
    single: bytes
    """The hashes of the sentences with a vector of their own."""
    wordings: int
    """How many of the searched texts are wordings of its question."""


def derive(entry: IndexEntry, number: Callable[[str], int]) -> Derived:
    """Work an entry through; `number` gives each keyword its number."""
    stored = rows.record(entry)
    return Derived(
        line=json.dumps(stored, ensure_ascii=False, separators=(",", ":")).encode() + b"\n",
        terms=np.asarray([number(term) for term in rows.keyword_terms(entry)], np.uint32),
        searched=rows.text_hashes(rows.searched_texts(stored)).tobytes(),
        single=rows.text_hashes(rows.embedded_sentences(stored)).tobytes(),
        wordings=len(rows.wordings(stored)),
    )


def stamp(entry: IndexEntry) -> bytes:
    """Stands for an entry and for the way in which it is worked through: another program's work is not taken over."""
    return hashlib.blake2b(repr(entry).encode(), digest_size=HASH, key=_recipe()).digest()


@cache
def _recipe() -> bytes:
    written = (Path(module.__file__ or "").read_bytes() for module in (chunking, wording, entries, rows))
    rules_of_others = f"{version('PyStemmer')} {unidata_version}".encode()
    return hashlib.blake2b(b"".join([*written, rules_of_others]), digest_size=HASH).digest()


class Earlier:
    """What an artefact holds of its entries, by their stamps. Nothing where it is from before they were kept."""

    def __init__(self, folder: Path | None) -> None:
        self.vocabulary: dict[str, int] = {}
        self._places: dict[bytes, int] = {}
        if folder is not None and (folder / names.STAMPS).exists():
            self._open(folder)

    def _open(self, folder: Path) -> None:
        stamps = np.load(folder / names.STAMPS).tobytes()
        self._places = {stamps[at : at + HASH]: at // HASH for at in range(0, len(stamps), HASH)}
        self.vocabulary = json.loads((folder / names.KEYWORDS / names.VOCABULARY).read_text(encoding="utf-8"))
        self._lines = np.memmap(folder / names.ENTRIES, np.uint8, mode="r")
        self._offsets = np.load(folder / names.OFFSETS)
        self._terms, self._term_starts = np.load(folder / names.TERMS), np.load(folder / names.TERM_STARTS)
        self._wordings = np.load(folder / names.WORDINGS)
        hashes, row_entries = np.load(folder / names.HASHES), np.load(folder / names.ROW_ENTRIES)
        self._searched, self._single = hashes[: len(row_entries)], hashes[len(row_entries) :]
        self._row_starts = np.searchsorted(row_entries, np.arange(len(self._wordings) + 1))
        self._sentence_starts = np.load(folder / names.SENTENCE_STARTS)

    def of(self, stamp: bytes) -> Derived | None:
        """What it holds of the entry with that stamp; None if it holds none."""
        if (place := self._places.get(stamp)) is None:
            return None

        def part(things: NDArray[np.generic], starts: NDArray[np.int64]) -> NDArray[np.generic]:
            return things[starts[place] : starts[place + 1]]

        return Derived(
            line=part(self._lines, self._offsets).tobytes(),
            terms=part(self._terms, self._term_starts).astype(np.uint32),
            searched=part(self._searched, self._row_starts).tobytes(),
            single=part(self._single, self._sentence_starts).tobytes(),
            wordings=int(self._wordings[place]),
        )
