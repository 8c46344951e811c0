"""What differs between two versions of a text, word by word. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

TOKEN = re.compile(r"\s+|\w+(?:['’]\w+)*|[^\w\s]")
Kind = Literal["same", "gone", "new"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: in both versions, only in the earlier one, or only in the later."""

    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of two versions, beside each other."""

    label: str
    earlier: tuple[Piece, ...]
    later: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether the two differ."""
        return any(piece.kind != "same" for piece in (*self.earlier, *self.later))


def difference(label: str, earlier: str, later: str) -> Difference:
    """Compare two texts by words and punctuation, so that a changed word shows whole."""
    before, after = TOKEN.findall(earlier), TOKEN.findall(later)
    # Words are few and often repeat ("the"): without autojunk, long answers would be compared by their rare words only.
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    left = (Piece("".join(before[a:b]), "same" if kind == "equal" else "gone") for kind, a, b, _, _ in blocks if b > a)
    right = (Piece("".join(after[a:b]), "same" if kind == "equal" else "new") for kind, _, _, a, b in blocks if b > a)
    return Difference(label, tuple(left), tuple(right))
