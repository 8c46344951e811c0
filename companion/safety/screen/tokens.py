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
    """Token ids, the part each belongs to (0 the message, 1 earlier turns), and what the floor found."""

    tokens: tuple[int, ...]
    kinds: tuple[int, ...]
    features: tuple[float, ...]


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
    """The message in one spelling; a long one in overlapping pieces, of which the gravest decides.

    Of a very long message the beginning and the end are read.
    """
    return _pieces(normalise(text), [normalise(turn) for turn in recent[-WINDOW:]], _features(text, recent))


def encode_as_written(text: str, recent: Sequence[str] = ()) -> list[Encoded]:
    """The same, but as it was written: another view to learn from."""
    return _pieces(text, recent, _features(text, recent))


def _features(text: str, recent: Sequence[str]) -> tuple[float, ...]:
    level = floor(text, recent).level
    return tuple(float(level is one) for one in (Level.EMERGENCY, Level.CONCERN, Level.ASK))


def _pieces(text: str, recent: Sequence[str], features: tuple[float, ...]) -> list[Encoded]:
    ids = _ids(text)
    pieces = [ids[:_PIECE]]
    pieces += [ids[start : start + _PIECE] for start in range(_STEP, max(len(ids) - _PIECE + _STEP, _STEP), _STEP)]
    if len(pieces) > _PIECES:
        pieces = [*pieces[: _PIECES // 2], *pieces[-_PIECES // 2 :]]
    earlier = _earlier(recent)
    return [_encoded(piece, earlier, features) for piece in pieces]


def _earlier(recent: Sequence[str]) -> tuple[int, ...]:
    """The latest earlier turns that have room, in the order they were said."""
    found: tuple[int, ...] = ()
    for turn in reversed(recent[-WINDOW:]):
        turn_ids = _ids(turn)[-_EARLIER_EACH:]
        if len(found) + len(turn_ids) > _EARLIER:
            break
        found = (*turn_ids, _STOP, *found)
    return found


def _encoded(piece: tuple[int, ...], earlier: tuple[int, ...], features: tuple[float, ...]) -> Encoded:
    first = (_CLS, *piece, _SEP)
    second = (*earlier, _SEP) if earlier else ()
    return Encoded((*first, *second), (0,) * len(first) + (1,) * len(second), features)
