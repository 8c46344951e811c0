"""A message and its earlier turns as the numbers the encoder reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from companion.safety.screen.floor import WINDOW, floor
from companion.safety.screen.levels import Level
from companion.safety.screen.words import LONGEST, normalise, visible

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FEATURES = 3
_PIECE, _STEP, _PIECES = 128, 96, 6
_EARLIER, _EARLIER_EACH = 100, 60
_CLS, _SEP, _STOP = 101, 102, 1012


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids, the part each belongs to (0 the message, 1 earlier turns), what the floor found, and which view it is:
    the words as written, or in one spelling."""

    tokens: tuple[int, ...]
    kinds: tuple[int, ...]
    features: tuple[float, ...]
    view: int = 0


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer

    from companion.safety.screen.encoder import bundled_model

    tokenizer = Tokenizer.from_file(str(bundled_model() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@lru_cache(maxsize=4096)
def _ids(text: str) -> tuple[int, ...]:
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} {text[-LONGEST // 2 :]}"
    return tuple(_tokenizer().encode(visible(text).replace("’", "'"), add_special_tokens=False).ids)


def encode(text: str, recent: Sequence[str] = ()) -> list[Encoded]:
    """The message as written and, where that differs, in one spelling: two views, whose judgements are averaged.

    A long message is in overlapping pieces, of which the gravest decides; of a very long one the beginning and the end
    are read.
    """
    level = floor(text, recent).level
    features = tuple(float(level is one) for one in (Level.EMERGENCY, Level.CONCERN, Level.ASK))
    written = _pieces(text, recent, features, 0)
    spelled = _pieces(normalise(text), [normalise(turn) for turn in recent[-WINDOW:]], features, 1)
    return written if [one.tokens for one in written] == [one.tokens for one in spelled] else written + spelled


def _pieces(text: str, recent: Sequence[str], features: tuple[float, ...], view: int) -> list[Encoded]:
    ids = _ids(text)
    pieces = [ids[:_PIECE]]
    pieces += [ids[start : start + _PIECE] for start in range(_STEP, max(len(ids) - _PIECE + _STEP, _STEP), _STEP)]
    if len(pieces) > _PIECES:
        pieces = [*pieces[: _PIECES // 2], *pieces[-_PIECES // 2 :]]
    earlier = _earlier(recent)
    return [_encoded(piece, earlier, features, view) for piece in pieces]


def _earlier(recent: Sequence[str]) -> tuple[int, ...]:
    """The latest earlier turns that have room, in the order they were said."""
    found: tuple[int, ...] = ()
    for turn in reversed(recent[-WINDOW:]):
        turn_ids = _ids(turn)[-_EARLIER_EACH:]
        if len(found) + len(turn_ids) > _EARLIER:
            break
        found = (*turn_ids, _STOP, *found)
    return found


def _encoded(piece: tuple[int, ...], earlier: tuple[int, ...], features: tuple[float, ...], view: int) -> Encoded:
    first = (_CLS, *piece, _SEP)
    second = (*earlier, _SEP) if earlier else ()
    return Encoded((*first, *second), (0,) * len(first) + (1,) * len(second), features, view)
