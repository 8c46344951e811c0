"""Vectors of a build: from the store, and what must be embedded goes into the store at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding.embedder import Embedder
from knowledge.embedding.port import Vectors
from knowledge.index.sources import PART, EarlierVectors
from knowledge.plane.vectors.port import Maker, StoredVector, VectorStore


class StoredVectors:
    """A `VectorSource` that embeds a text once, whatever becomes of the build that asked for it.

    What an earlier artefact holds is copied from there: that is a hundred times quicker than asking the store.
    """

    def __init__(self, store: VectorStore, embedder: Embedder, earlier: EarlierVectors) -> None:
        self._store = store
        self._embedder = embedder
        self._earlier = earlier
        self._by = Maker(embedder.name, embedder.dimension)

    @property
    def model(self) -> str:
        """See `VectorSource`."""
        return self._by.model

    @property
    def dimension(self) -> int:
        """See `VectorSource`."""
        return self._by.dimension

    @property
    def earlier(self) -> Path | None:
        """See `VectorSource`."""
        return self._earlier.earlier

    def copy(self, hashes: NDArray[np.uint64], *, into: NDArray[np.float16]) -> NDArray[np.bool_]:
        """See `VectorSource`."""
        found = self._earlier.copy(hashes, into=into)
        unknown = np.flatnonzero(~found)
        for some in np.array_split(unknown, 1 + len(unknown) // PART):
            names = written(hashes[some])
            stored = self._store.vectors(list(dict.fromkeys(names)), self._by)
            known = [at for at, name in enumerate(names) if name in stored]
            if known:
                into[some[known]] = np.stack([stored[names[at]] for at in known])
                found[some[known]] = True
        return found

    def embed(self, texts: list[str], hashes: NDArray[np.uint64]) -> Vectors:
        """See `VectorSource`."""
        vectors = self._embedder.embed_texts(texts)
        kept: list[StoredVector] = list(vectors.astype(np.float16))
        self._store.keep(dict(zip(written(hashes), kept, strict=True)), self._by)
        return vectors


def written(hashes: NDArray[np.uint64]) -> list[str]:
    """Hashes as the store writes them: 32 hexadecimal digits each."""
    digits = np.ascontiguousarray(hashes).tobytes().hex()
    return [digits[start : start + 32] for start in range(0, len(digits), 32)]
