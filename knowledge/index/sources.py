"""Where the vectors of a new artefact come from: what is kept already, and the model for the rest."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding.embedder import Embedder
from knowledge.embedding.port import Vectors
from knowledge.index import manifest as names
from knowledge.index.manifest import ArtefactBroken, read_manifest, verify
from knowledge.index.shelf import Shelf

log = logging.getLogger(__name__)

#: Vectors moved at a time.
PART = 2_048


class VectorSource(Protocol):
    """Gives the vectors of one model."""

    @property
    def model(self) -> str:
        """Its name."""

    @property
    def dimension(self) -> int:
        """How long its vectors are."""

    @property
    def earlier(self) -> Path | None:
        """The folder of a whole artefact of that model, from which what did not change may be taken over."""

    def copy(self, hashes: NDArray[np.uint64], *, into: NDArray[np.float16]) -> NDArray[np.bool_]:
        """Put the vectors of the texts that are kept to their places; says which those are."""

    def embed(self, texts: list[str], hashes: NDArray[np.uint64]) -> Vectors:
        """The vectors of texts that are not kept."""


class EarlierVectors:
    """Takes over what the newest whole artefact of the same model holds. For builds without a store of vectors."""

    def __init__(self, shelf: Shelf, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: NDArray[np.float16] | None = None
        self.earlier = _newest(shelf, embedder)
        if self.earlier is not None:
            self._vectors = np.load(self.earlier / names.VECTORS, mmap_mode="r")
            hashes = np.load(self.earlier / names.HASHES)
            self._order = np.argsort(hashes[:, 0], kind="stable")
            self._hashes = hashes[self._order]

    @property
    def model(self) -> str:
        """See `VectorSource`."""
        return self._embedder.name

    @property
    def dimension(self) -> int:
        """See `VectorSource`."""
        return self._embedder.dimension

    def copy(self, hashes: NDArray[np.uint64], *, into: NDArray[np.float16]) -> NDArray[np.bool_]:
        """See `VectorSource`."""
        if self._vectors is None:
            return np.zeros(len(hashes), bool)
        places = np.minimum(np.searchsorted(self._hashes[:, 0], hashes[:, 0]), len(self._hashes) - 1)
        found = (self._hashes[places] == hashes).all(axis=1)
        for span in np.array_split(np.flatnonzero(found), 1 + len(hashes) // PART):
            into[span] = self._vectors[self._order[places[span]]]
        return cast("NDArray[np.bool_]", found)

    def embed(self, texts: list[str], hashes: NDArray[np.uint64]) -> Vectors:
        """See `VectorSource`."""
        return self._embedder.embed_texts(texts)


def _newest(shelf: Shelf, embedder: Embedder) -> Path | None:
    for version in reversed(shelf.versions()):
        folder = shelf.folder / version
        try:
            manifest = read_manifest(folder)
            if (manifest.model, manifest.dimension) == (embedder.name, embedder.dimension):
                verify(folder, manifest)
                return folder
        except ArtefactBroken:
            log.warning("artefact skipped as a source for the next", extra={"version": version}, exc_info=True)
    return None
