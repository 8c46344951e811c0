"""The neighbour graph of the searched vectors: built, grown from an earlier one, and searched.

A vector keeps its place in the graph from one artefact to the next, while its row in the artefact moves: a table says
which row each place stands for. Places of texts that are gone stand for none, and are passed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from knowledge.index import manifest as names

if TYPE_CHECKING:
    from usearch.index import Index

#: How wide the graph is searched; 0.98 agreement with exact search needs it, see `benchmarks/retrieval.py`.
BREADTH = 320
#: A graph of which more than this share would be new or gone is built anew: dead places cost each search.
MOST_CHANGED = 0.1
#: Vectors added at a time.
STEP = 10_000
#: What a place of a text that is gone stands for.
GONE = np.uint32(0xFFFFFFFF)

Rows = NDArray[np.uint32]


class Neighbours:
    """A graph, and the row of each of its places."""

    def __init__(self, index: Index, rows: Rows) -> None:
        self._index = index
        self._rows = rows
        """What each place stands for."""

    @classmethod
    def empty(cls, dimension: int) -> Neighbours:
        """A graph without places."""
        return cls(_index(dimension), np.empty(0, np.uint32))

    @classmethod
    def grown_from(cls, earlier: Path | None, hashes: NDArray[np.uint64], dimension: int) -> Neighbours | None:
        """The graph of an earlier artefact, its places put in step with these texts. None where too much changed.

        Args:
            earlier: the folder of an artefact whose vectors are of the same model.
            hashes: of the texts of the new one, in the order of its rows, shape (n, 2).
            dimension: how long the vectors are.
        """
        if earlier is None or not (earlier / names.NEIGHBOURS).exists():
            return None
        before = np.load(earlier / names.HASHES)
        stood_for = _rows_of(earlier, int(np.load(earlier / names.ROW_ENTRIES, mmap_mode="r").shape[0]))
        places: defaultdict[bytes, list[int]] = defaultdict(list)
        for place, row in enumerate(stood_for.tolist()):
            if row != GONE:
                places[before[row].tobytes()].append(place)
        rows = np.full(len(stood_for), GONE)
        for row, text in enumerate(hashes):
            if found := places.get(text.tobytes()):
                rows[found.pop()] = row
        gone = int((rows == GONE).sum())
        fresh = len(hashes) - (len(rows) - gone)
        if fresh + gone > MOST_CHANGED * len(hashes):
            return None
        index = _index(dimension)
        index.load(earlier / names.NEIGHBOURS)
        return cls(index, rows)

    @classmethod
    def view(cls, folder: Path, dimension: int, count: int) -> Neighbours:
        """The graph of an artefact of so many rows, read from its file where it is searched."""
        index = _index(dimension)
        index.view(folder / names.NEIGHBOURS)
        return cls(index, _rows_of(folder, count))

    def add(self, vectors: NDArray[Any], count: int, told: Callable[[int], None]) -> None:
        """Give every one of the rows that has none a place."""
        fresh = np.setdiff1d(np.arange(count), self._rows)
        for start in range(0, len(fresh), STEP):
            rows = fresh[start : start + STEP]
            places = np.arange(len(self._rows), len(self._rows) + len(rows), dtype=np.uint64)
            self._index.add(places, vectors[rows], threads=0)
            self._rows = np.concatenate([self._rows, rows.astype(np.uint32)])
            told(count - len(fresh) + start + len(rows))

    def save(self, folder: Path) -> None:
        """Write graph and table."""
        self._index.save(folder / names.NEIGHBOURS)
        np.save(folder / names.NEIGHBOUR_ROWS, self._rows)

    @cached_property
    def _standing(self) -> int:
        """How many places stand for a row: counted once, not at each search."""
        return int((self._rows != GONE).sum())

    def search(self, query: NDArray[np.float32], count: int) -> NDArray[np.int64]:
        """About so many of the rows nearest to a vector."""
        more = -(-count * len(self._rows) // max(1, self._standing))
        found = self._index.search(query, min(more, len(self._rows)), threads=1)
        rows = self._rows[found.keys.astype(np.int64)]
        return np.asarray(rows[rows != GONE], np.int64)


def _index(dimension: int) -> Index:
    from usearch.index import Index

    return Index(
        ndim=dimension,
        metric="ip",
        dtype="f16",
        connectivity=24,
        expansion_add=160,
        expansion_search=BREADTH,
        enable_key_lookups=False,
    )


def _rows_of(folder: Path, count: int) -> Rows:
    """Artefacts of before graphs were gone on with have a place for each row, in order."""
    if not (folder / names.NEIGHBOUR_ROWS).exists():
        return np.arange(count, dtype=np.uint32)
    table: Rows = np.load(folder / names.NEIGHBOUR_ROWS)
    return table
