"""What a store of vectors must offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

StoredVector: TypeAlias = NDArray[np.float16]


class VectorsUnavailable(RuntimeError):
    """The store does not answer, or answered with what cannot be used."""


@dataclass(frozen=True, slots=True)
class Maker:
    """The model that made a vector, and how long its vectors are. Vectors of two makers never meet."""

    model: str
    dimension: int


class Part(NamedTuple):
    """One searched text or sentence of a published entry."""

    entry_key: str
    chunk_index: int
    kind: str
    text_hash: str
    model: str
    dimension: int


class VectorStore(Protocol):
    """`embeddings` holds the vector of each text, found by its hash; `knowledge_vectors` says which entry uses which.

    Every write may be repeated without harm. All methods block, and raise `VectorsUnavailable` where the store fails.
    """

    def vectors(self, text_hashes: Sequence[str], by: Maker) -> Mapping[str, StoredVector]:
        """Those of these texts that this maker's vectors are stored of."""

    def keep(self, vectors: Mapping[str, StoredVector], by: Maker) -> None:
        """Store vectors by the hash of their text; what is there already stays."""

    def entries(self) -> set[str]:
        """Keys of all entries that have parts."""

    def parts_of(self, entry_keys: Sequence[str]) -> set[Part]:
        """Every part of these entries."""

    def put(self, parts: Iterable[Part], *, artefact: str) -> None:
        """Store parts, each in the place of an earlier one of the same entry and number."""

    def drop(self, entry_keys: Iterable[str]) -> None:
        """Forget all parts of these entries."""

    def sweep(self) -> int:
        """Delete the vectors of texts that no part uses; how many."""
