"""One loaded artefact: memory-mapped files and the searches over them. Immutable, for any number of threads."""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding.port import Vectors
from knowledge.index import manifest as names
from knowledge.index.manifest import ArtefactBroken, read_manifest, verify
from knowledge.index.neighbours import Neighbours
from knowledge.index.rows import Record, key_hash

Places = NDArray[np.int64]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]

#: Up to this many vectors every one is compared; above, the neighbour graph finds candidates.
MOST_COMPARED = 20_000
#: Terms of one question that are looked up, the rarest first: bounds the work that a long message can cause.
MOST_TERMS = 32


class Artefact:
    """Answers by place: the number of an entry in this artefact, from 0."""

    def __init__(self, folder: Path) -> None:
        """Check and map the files.

        Raises:
            ArtefactBroken: a file is missing, altered or unreadable.
        """
        self._folder = folder
        self.manifest = read_manifest(folder)
        verify(folder, self.manifest)
        try:
            self._open(folder)
        except (OSError, ValueError, KeyError) as error:
            raise ArtefactBroken(f"{folder.name} cannot be opened.") from error

    def _open(self, folder: Path) -> None:
        import bm25s

        def mapped(name: str) -> NDArray[np.generic]:
            return cast("NDArray[np.generic]", np.load(folder / name, mmap_mode="r"))

        with (folder / names.ENTRIES).open("rb") as file:
            self._entries = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._offsets = mapped(names.OFFSETS)
        self._keys = mapped(names.KEYS)
        labels = json.loads((folder / names.LABELS).read_text(encoding="utf-8"))
        self._labels: dict[str, int] = {label: at for at, label in enumerate(labels)}
        self._label_starts = mapped(names.LABEL_STARTS)
        self._label_entries = mapped(names.LABEL_ENTRIES)
        self._row_entries = cast("NDArray[np.uint32]", np.load(folder / names.ROW_ENTRIES))
        self._row_starts = np.searchsorted(self._row_entries, np.arange(len(self) + 1)).astype(np.int64)
        self._sentence_starts = mapped(names.SENTENCE_STARTS)
        self._wordings = self._read_wordings(folder)
        within = np.arange(self.manifest.rows) - self._row_starts[self._row_entries]
        self._of_answer = within >= self._wordings[self._row_entries]
        self._vectors = cast("NDArray[np.float16]", mapped(names.VECTORS))
        self._keywords = bm25s.BM25.load(folder / names.KEYWORDS, mmap=True, show_progress=False)
        self._neighbours: Neighbours | None = None
        self._matrix: Vectors | None = None
        if (folder / names.NEIGHBOURS).exists():
            self._neighbours = Neighbours.view(folder, self.manifest.dimension, self.manifest.rows)
        else:
            self._matrix = np.asarray(self._vectors[: self.manifest.rows], np.float32)

    def _read_wordings(self, folder: Path) -> NDArray[np.int64]:
        """Artefacts of before long answers were searched in passages have one vector of each answer."""
        if (folder / names.WORDINGS).exists():
            return np.asarray(np.load(folder / names.WORDINGS), np.int64)
        return np.diff(self._row_starts) - 1

    def __len__(self) -> int:
        return self.manifest.entries

    def record(self, place: int) -> Record:
        """The stored entry at a place."""
        start, end = int(self._offsets[place]), int(self._offsets[place + 1])
        return cast("Record", json.loads(self._entries[start:end]))

    def place_of(self, key: str) -> int | None:
        """Where the entry of that key is, or None."""
        wanted = np.uint64(key_hash(key))
        first = int(np.searchsorted(self._keys[0], wanted))
        while first < len(self) and self._keys[0][first] == wanted:
            place = int(self._keys[1][first])
            if self.record(place)["key"] == key:
                return place
            first += 1
        return None

    def labelled(self, labels: Iterable[str]) -> Mask:
        """Which entries carry at least one of the labels (`category:...`, `tag:...`, `audience:...`)."""
        mask = np.zeros(len(self), bool)
        for label in labels:
            if (at := self._labels.get(label)) is not None:
                mask[self._label_entries[self._label_starts[at] : self._label_starts[at + 1]]] = True
        return mask

    def nearest(self, query: Vectors, count: int, allowed: Mask | None = None) -> Places:
        """The entries whose best vector is nearest to the question's, best first."""
        places = self._candidates(query, count, allowed)
        return places[top(self.similarities(query, places)[0], count)]

    def nearest_exactly(self, query: Vectors, count: int) -> Places:
        """The same by comparing every vector; what `nearest` is measured against."""
        return top(self.similarities(query, np.arange(len(self), dtype=np.int64))[0], count)

    def similarities(self, query: Vectors, places: Places) -> tuple[Scores, Scores]:
        """How near these entries are to the question: by the best vector of each, and by the mean of its best two.

        The first says whether an entry is about the question at all. The second ranks better where a question is kept
        in several wordings: that two of them are near is a surer sign than one. The passages of an answer count as
        one, the nearest. Without other wordings the second is the first.
        """
        if not len(places):
            return np.empty(0, np.float32), np.empty(0, np.float32)
        found, firsts, of_answer = self._compared(query, places)
        far = np.float32(-1)
        asked = np.where(of_answer, far, found)
        best_asked, answer = (
            np.maximum.reduceat(asked, firsts),
            np.maximum.reduceat(np.where(of_answer, found, far), firsts),
        )
        counts = np.diff(np.append(firsts, len(found)))
        others = np.where(asked == np.repeat(best_asked, counts), far, asked)
        second_asked = np.maximum.reduceat(others, firsts)
        best = np.maximum(best_asked, answer)
        second = np.where(answer > best_asked, best_asked, np.maximum(answer, second_asked))
        several = (self._wordings[places] > 1) & (second > far)
        return best, np.where(several, (best + second) / 2, best).astype(np.float32)

    def _compared(self, query: Vectors, places: Places) -> tuple[Scores, Places, Mask]:
        """The products with each vector of these entries, where each entry's begin, and which are of its answer."""
        counts = self._row_starts[places + 1] - self._row_starts[places]
        firsts = np.cumsum(counts) - counts
        if len(places) == len(self) and self._matrix is not None:
            return _products(self._matrix, query), firsts, self._of_answer
        rows = np.repeat(self._row_starts[places] - firsts, counts) + np.arange(int(counts.sum()))
        return self._row_products(query, rows), firsts, self._of_answer[rows]

    def _row_products(self, query: Vectors, rows: Places) -> Scores:
        matrix = self._vectors if self._matrix is None else self._matrix
        return np.concatenate([_products(matrix[part].astype(np.float32), query) for part in _parts(rows)])

    def vectors_of(self, place: int) -> Vectors:
        """All searched vectors of an entry: of its wordings, then of its passages."""
        start, end = int(self._row_starts[place]), int(self._row_starts[place + 1])
        return np.asarray(self._vectors[start:end], np.float32)

    def best_sentences(self, query: Vectors, places: Places) -> Scores:
        """How near the nearest single sentence of each entry's answer is; -1 where none has a vector of its own."""
        starts = np.asarray(self._sentence_starts)[places].astype(np.int64)
        counts = np.asarray(self._sentence_starts)[places + 1].astype(np.int64) - starts
        best = np.full(len(places), -1, np.float32)
        if not counts.sum():
            return best
        firsts = np.cumsum(counts) - counts
        rows = np.repeat(starts - firsts, counts) + np.arange(int(counts.sum())) + self.manifest.rows
        found = np.concatenate([_products(self._vectors[part].astype(np.float32), query) for part in _parts(rows)])
        best[counts > 0] = np.maximum.reduceat(found, firsts[counts > 0])
        return best

    def wordings(self, places: Places) -> NDArray[np.int64]:
        """In how many ways each entry's question is put."""
        return self._wordings[places]

    @cached_property
    def words(self) -> dict[str, int]:
        """Every word of the entries as it is written, with the number of entries that have it."""
        path = self._folder / names.WORDS
        if not path.exists():
            return {}
        pairs = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
        return {word: int(count) for word, count in pairs}

    def _candidates(self, query: Vectors, count: int, allowed: Mask | None) -> Places:
        everything = len(self) if allowed is None else int(allowed.sum())
        if self._neighbours is None or everything * self.manifest.rows <= MOST_COMPARED * len(self):
            return np.arange(len(self), dtype=np.int64) if allowed is None else np.flatnonzero(allowed)
        # Each entry has several vectors, and a filter hides some entries: look further by as much.
        rows = count * self.manifest.rows / everything
        found = self._neighbours.search(query, min(int(rows) + 1, self.manifest.rows))
        places = np.unique(self._row_entries[found]).astype(np.int64)
        return places if allowed is None else places[allowed[places]]

    def keyword_scores(self, terms: Sequence[str], weights: Sequence[float] = ()) -> Scores:
        """BM25 of every entry for the rarest of these terms, each counting as much as its weight says, else one."""
        known = self._keywords.vocab_dict
        weight = {
            known[term]: at for term, at in zip(terms, weights or [1.0] * len(terms), strict=True) if term in known
        }
        ids = np.asarray(sorted(weight), np.int64)
        if len(ids) > MOST_TERMS:
            ids = ids[np.argsort(self._frequency(ids), kind="stable")[:MOST_TERMS]]
        scores = np.zeros(len(self), np.float32)
        index = self._keywords.scores
        for term in ids.tolist():
            span = slice(int(index["indptr"][term]), int(index["indptr"][term + 1]))
            scores[index["indices"][span]] += np.float32(weight[term]) * index["data"][span]
        return scores

    def rarity(self, terms: Sequence[str]) -> Scores:
        """How telling each term is (its idf); highest for one that no entry has."""
        known = self._keywords.vocab_dict
        ids = np.asarray([known.get(term, -1) for term in terms], np.int64)
        frequency = np.where(ids >= 0, self._frequency(np.maximum(ids, 0)), 0)
        return np.log1p((len(self) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)

    def frequency(self, term: str) -> int:
        """How many entries have the term."""
        at = self._keywords.vocab_dict.get(term)
        return 0 if at is None else int(self._frequency(np.asarray([at]))[0])

    def _frequency(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        starts = self._keywords.scores["indptr"]
        return cast("NDArray[np.int64]", np.asarray(starts[ids + 1], np.int64) - starts[ids])

    def whole_vectors(self) -> Vectors:
        """The vector of each entry's question with its answer, or with the first passage of a long one, by place."""
        return np.asarray(self._vectors[self._row_starts[:-1] + self._wordings], np.float32)

    def sentence_vectors(self, place: int) -> Vectors:
        """The vectors of the sentences of an entry's answer, in order; none for a long answer."""
        start, end = int(self._sentence_starts[place]), int(self._sentence_starts[place + 1])
        return np.asarray(self._vectors[self.manifest.rows + start : self.manifest.rows + end], np.float32)


def top(scores: Scores, count: int) -> Places:
    """The places of the highest scores, best first; equal ones in the order of the entries."""
    if count < len(scores):
        cut = np.partition(scores, len(scores) - count)[len(scores) - count]
        places = np.flatnonzero(scores >= cut)
    else:
        places = np.arange(len(scores))
    return places[np.argsort(-scores[places], kind="stable")][:count]


def _products(matrix: Vectors, query: Vectors) -> Scores:
    """The product with each row, on this thread alone.

    `matrix @ query` wakes a thread on every core for a million multiplications: where the model kept the cores busy,
    0.3 ms became 30 ms.
    """
    return cast("Scores", np.einsum("ij,j->i", matrix, query))


def _parts(rows: NDArray[np.int64], size: int = 16_384) -> Iterable[NDArray[np.int64]]:
    """Rows in parts, so that converting them never takes more than a few megabytes."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
