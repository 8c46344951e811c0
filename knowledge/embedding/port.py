"""What an embedding backend must offer, and its one error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]


class EmbeddingUnavailable(RuntimeError):
    """The model or the endpoint gave no usable vectors. The message is for operators and holds no text of a person."""


class Backend(Protocol):
    """One model. Its methods block, and may be called from several threads."""

    @property
    def name(self) -> str:
        """The model's name; known without loading it."""

    @property
    def dimension(self) -> int:
        """Length of its vectors; may load the model or ask the endpoint."""

    def encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        """Unit vectors, shape (len(texts), dimension). `query` tells questions from passages, for models that care.

        Raises:
            EmbeddingUnavailable: no usable answer.
        """


def unit(vectors: Vectors) -> Vectors:
    """The same vectors, each of length one.

    Raises:
        EmbeddingUnavailable: one is zero or not a number, so that it has no direction.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths == 0).any():
        raise EmbeddingUnavailable("The embedding model gave a vector that is zero or not a number.")
    return np.ascontiguousarray(vectors / lengths, dtype=np.float32)
