"""Which questions mean the same: greedy groups of vectors."""

from __future__ import annotations

import base64

import numpy as np

from knowledge.embedding.port import Vectors

#: Questions whose vectors are at least so near to the middle of a group belong to it: docs/adr/0017-question-inbox.md.
SAME_MEANING = 0.55


class Middles:
    """The middles of the groups that there are, to which questions are added one by one."""

    def __init__(self) -> None:
        self._sums: dict[int, Vectors] = {}

    def add(self, group: int, vector: Vectors) -> None:
        """Note that a question with this vector is in that group."""
        known = self._sums.get(group)
        self._sums[group] = vector if known is None else known + vector

    def all(self) -> list[Vectors]:
        """The middles, of length one."""
        return [middle / np.linalg.norm(middle) for middle in self._sums.values()]

    def nearest_first(self, vector: Vectors, *, least: float, most: int) -> list[int]:
        """The groups whose middles are at least so near, at most so many, the nearest first."""
        if not self._sums:
            return []
        likeness = np.einsum("ij,j->i", np.stack(self.all()), vector)
        groups = list(self._sums)
        return [groups[at] for at in np.argsort(-likeness, kind="stable")[:most] if likeness[at] >= least]

    def nearest(self, vector: Vectors, *, least: float = SAME_MEANING) -> int | None:
        """The group that means the same, or None.

        In the order in which questions come, and none ever moves by itself: a curator finds a group as it was left.
        Compared with the middle and not with the nearest member, so that a chain of likenesses comes to an end.
        """
        return next(iter(self.nearest_first(vector, least=least, most=1)), None)


def packed(vector: Vectors) -> str:
    """A vector as text, for a column that is encrypted."""
    return base64.b64encode(vector.astype("<f2").tobytes()).decode("ascii")


def unpacked(text: str) -> Vectors:
    """What `packed` made, of length one again."""
    vector = np.frombuffer(base64.b64decode(text), "<f2").astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector))
