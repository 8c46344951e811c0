"""Writes the files of one artefact: entries and keywords in one pass over the entries, vectors in a second."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import compress
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from knowledge.index import derived
from knowledge.index import manifest as names
from knowledge.index import rows as parts
from knowledge.index.derived import HASH, Derived, Earlier
from knowledge.index.entries import IndexEntry
from knowledge.index.neighbours import Neighbours
from knowledge.index.sources import VectorSource

Progress: TypeAlias = Callable[[str, int, int], None]

#: Texts held at a time, to be sorted by length.
WINDOW = 4_096
#: Texts embedded, and their vectors kept, at a time: what a killed build may lose.
BATCH = 512
#: Below this many vectors every one is compared; above, a neighbour graph finds the candidates.
EXACT_ROWS = 20_000


class ArtefactWriter:
    """Fills a folder. Memory grows with the number of entries only by their keyword ids and a few numbers each."""

    def __init__(self, folder: Path, *, earlier: Path | None = None) -> None:
        """Begin to fill a folder, with what did not change from an earlier artefact of the same model, if given."""
        self._folder = folder
        self._earlier = earlier
        self._kept = Earlier(earlier)
        self._keys: list[int] = []
        self._stamps = bytearray()
        self._labels: dict[str, list[int]] = {}
        self._vocabulary = dict(self._kept.vocabulary)
        self._terms: list[NDArray[np.uint32]] = []
        self._row_entries: list[int] = []
        self._sentence_starts = [0]
        self._searched, self._single = bytearray(), bytearray()
        """The hashes of the texts that are searched, and of single sentences."""
        self._wordings: list[int] = []
        self._words: Counter[str] = Counter()

    @property
    def entries(self) -> int:
        """How many entries were written."""
        return len(self._keys)

    @property
    def rows(self) -> int:
        """How many texts are searched by meaning."""
        return len(self._row_entries)

    @property
    def sentences(self) -> int:
        """How many single sentences have a vector."""
        return self._sentence_starts[-1]

    def write_entries(self, entries: Iterable[IndexEntry], progress: Progress | None) -> None:
        """First pass: entries, their places, labels and keywords."""
        offsets = [0]
        with (self._folder / names.ENTRIES).open("wb") as file:
            for entry in entries:
                stamp = derived.stamp(entry)
                made = self._kept.of(stamp) or derived.derive(entry, self._number)
                file.write(made.line)
                offsets.append(offsets[-1] + len(made.line))
                self._stamps += stamp
                self._note(entry, made)
                if progress and self.entries % 100 == 0:
                    progress("read", self.entries, 0)
        if progress:
            progress("read", self.entries, self.entries)
        np.save(self._folder / names.OFFSETS, np.asarray(offsets, np.int64))
        self._write_keys()
        self._write_labels()
        np.save(self._folder / names.ROW_ENTRIES, np.asarray(self._row_entries, np.uint32))
        np.save(self._folder / names.SENTENCE_STARTS, np.asarray(self._sentence_starts, np.int64))
        np.save(self._folder / names.WORDINGS, np.asarray(self._wordings, np.uint16))
        np.save(self._folder / names.STAMPS, np.frombuffer(bytes(self._stamps), np.uint64).reshape(-1, 2))
        words = "".join(f"{word}\t{count}\n" for word, count in sorted(self._words.items()))
        (self._folder / names.WORDS).write_text(words, encoding="utf-8")

    def _number(self, term: str) -> int:
        return self._vocabulary.setdefault(term, len(self._vocabulary))

    def _note(self, entry: IndexEntry, made: Derived) -> None:
        place = self.entries
        self._keys.append(parts.key_hash(entry.key))
        for label in parts.labels(entry):
            self._labels.setdefault(label, []).append(place)
        self._terms.append(made.terms)
        self._searched += made.searched
        self._single += made.single
        self._row_entries.extend([place] * (len(made.searched) // HASH))
        self._wordings.append(made.wordings)
        self._words.update(parts.spelt_words(entry))
        self._sentence_starts.append(self.sentences + len(made.single) // HASH)

    def _write_keys(self) -> None:
        keys = np.asarray(self._keys, np.uint64)
        order = np.argsort(keys, kind="stable").astype(np.uint64)
        np.save(self._folder / names.KEYS, np.stack([keys[order.astype(np.int64)], order]))

    def _write_labels(self) -> None:
        labels = sorted(self._labels)
        starts = np.cumsum([0, *(len(self._labels[label]) for label in labels)])
        places = [place for label in labels for place in self._labels[label]]
        (self._folder / names.LABELS).write_text(json.dumps(labels, ensure_ascii=False), encoding="utf-8")
        np.save(self._folder / names.LABEL_STARTS, starts.astype(np.int64))
        np.save(self._folder / names.LABEL_ENTRIES, np.asarray(places, np.uint32))

    def write_keywords(self) -> None:
        """The BM25 index (Robertson's, with Lucene's idf), k1 1.5 and b 0.75."""
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to tell every step
        # Words that only entries of an earlier artefact had get no number.
        used, terms = np.unique(np.concatenate([*self._terms, np.empty(0, np.uint32)]), return_inverse=True)
        every = list(self._vocabulary)
        starts = np.cumsum([0, *map(len, self._terms)])
        np.save(self._folder / names.TERMS, terms.astype(np.uint32))
        np.save(self._folder / names.TERM_STARTS, starts.astype(np.int64))
        tokens = [part.tolist() for part in np.split(terms, starts[1:-1])] if len(used) else [[0] for _ in self._terms]
        vocabulary = {every[term]: number for number, term in enumerate(used.tolist())} or {"": 0}
        index = bm25s.BM25(method="lucene", backend="numpy")
        index.index((tokens, vocabulary), show_progress=False)
        index.save(self._folder / names.KEYWORDS, show_progress=False)
        self._terms.clear()

    def write_vectors(self, source: VectorSource, *, progress: Progress | None) -> int:
        """Second pass: a vector for each searched text and each sentence; equal texts are embedded once.

        Returns how many the source had kept.
        """
        hashes = np.frombuffer(bytes(self._searched + self._single), np.uint64).reshape(-1, 2)
        np.save(self._folder / names.HASHES, hashes)
        vectors = np.lib.format.open_memmap(
            self._folder / names.VECTORS, mode="w+", dtype=np.float16, shape=(len(hashes), source.dimension)
        )
        found = source.copy(hashes, into=vectors)
        firsts = _first_equals(hashes)
        fresh = ~found & (firsts == np.arange(len(hashes)))
        places = np.flatnonzero(fresh)
        done = 0
        if progress and len(places):
            progress("embed", 0, len(places))
        for texts in parts.chunks(self._texts(fresh), WINDOW):
            # Texts of like length together: short ones do not wait for long ones.
            order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
            for batch in parts.chunks(order, BATCH):
                span = places[done + np.asarray(batch)]
                vectors[span] = source.embed([texts[at] for at in batch], hashes[span])
                if progress:
                    progress("embed", done + len(batch), len(places))
            done += len(texts)
        for span in np.array_split(np.flatnonzero(~found & ~fresh), 1 + len(hashes) // WINDOW):
            vectors[span] = vectors[firsts[span]]
        vectors.flush()
        return int(found.sum())

    def _texts(self, chosen: NDArray[np.bool_]) -> Iterator[str]:
        """The chosen texts, in order; an entry of which none is chosen is not read."""
        of_entry = np.bincount(np.asarray(self._row_entries, np.int64), minlength=self.entries)
        at = 0
        for choose, counts in (
            (parts.searched_texts, of_entry),
            (parts.embedded_sentences, np.diff(self._sentence_starts)),
        ):
            with (self._folder / names.ENTRIES).open("rb") as file:
                for line, count in zip(file, counts.tolist(), strict=True):
                    if chosen[at : at + count].any():
                        yield from compress(choose(json.loads(line)), chosen[at : at + count])
                    at += count

    def write_neighbours(self, *, dimension: int, progress: Progress | None) -> None:
        """The neighbour graph (HNSW, Malkov and Yashunin 2016) of the searched vectors, if there are many.

        Where little changed, that of the earlier artefact is gone on with.
        """
        if self.rows > EXACT_ROWS:
            hashes = np.frombuffer(bytes(self._searched), np.uint64).reshape(-1, 2)
            graph = Neighbours.grown_from(self._earlier, hashes, dimension) or Neighbours.empty(dimension)
            vectors = np.load(self._folder / names.VECTORS, mmap_mode="r")
            graph.add(vectors, self.rows, lambda done: progress("write", done, self.rows) if progress else None)
            graph.save(self._folder)


def _first_equals(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """For each text, where the first one equal to it stands."""
    _, first, which = np.unique(hashes, axis=0, return_index=True, return_inverse=True)
    return first[which.reshape(-1)]
