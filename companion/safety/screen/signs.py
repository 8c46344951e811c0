"""The signs of danger: what people say when something is badly wrong, in the one spelling of `words`.

They are data (`signs/*.txt`). Each has the words that must be there for it to be looked for at all, so an ordinary
message costs nothing; a pattern; and the level it means when it is real, here and now: `context` decides whether it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from companion.safety.screen.levels import CATEGORIES, Level

_FOLDER = Path(__file__).parent / "signs"
_SHORTEST_START = 2

_KIN = (
    r"(?:my|our|the) (?:dear |old |poor )?(?:husband|wife|partner|other half|old man|mum|mother|dad|father|sister|"
    r"brother|son|daughter|friend|neighbour|carer|care worker|nurse|flatmate|roommate|lodger|grandson|granddaughter|"
    r"grandchild|nan|gran|grandad|grandma|grandpa|baby|man|woman|lady|fella|lad|chap|cleaner|postman|guest|aunt|auntie|"
    r"uncle|cousin|visitor|boyfriend|girlfriend|gardener|helper|(?:sister|brother|son|daughter) in law)(?: [a-z]+)?|"
    r"old [a-z]+ next door|someone next door|"
    r"(?:mum|mam|mom|mummy|dad|gran|granny|nan|nana|nanny|grandma|grandad|grandpa)"
)
PARTS = {
    "kin": _KIN,
    "they": rf"{_KIN}|he|she|they|someone",
    "is": "is|has|are|was|have|had|keeps|went and|(?:is|has) (?:just|still|gone and)",
    "cannot": r"cannot(?: (?:seem to|even|manage to|really))?|could not|(?:can )?(?:hardly|barely)|"
    r"(?:am )?(?:unable|not able) to|struggling to|no way to|do not think i can|do not seem able to|not managing to",
    "very": "very|really|so|too|terribly|awfully|dreadfully|ever so|proper|right|quite|a bit|a little|rather|all|"
    "pretty|real",
    "bad_feel": r"tight|tightness|tightening|pressure|heavy|heaviness|crushing|crushed|squeezing|squeezed|squashing|"
    r"gripping|gripped|stabbing|band|vice|vise|elephant|weight|pains?|painful|paining|aches?|aching|hurts?|hurting|sore|burning|"
    r"discomfort|twinges?|brick|stone|concrete|clamp|clamped|belt|sitting on",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign. `needs`: a word of the message must start with one of these. `sure`: it stands alone.

    The others, written with a question mark, are often told in harmless stories: they count where the learned layer
    leans to an alarm too, or is not there.
    """

    category: str
    level: Level
    needs: tuple[str, ...]
    pattern: re.Pattern[str]
    sure: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A sign found in a clause, from character `start` to `end`."""

    sign: Sign
    start: int
    end: int
    words: str


def _read(path: Path) -> Iterator[Sign]:
    for line in path.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        head, _, pattern = line.partition(" || ")
        category, level, needs = (part.strip() for part in head.split("|"))
        if category not in CATEGORIES or not pattern:
            raise ValueError(f"{path.name}: not a sign: {line[:60]}")
        for name, part in PARTS.items():
            pattern = pattern.replace(f"<{name}>", f"(?:{part})")
        compiled = re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")
        yield Sign(category, Level(level.rstrip("?")), tuple(needs.split()), compiled, sure=not level.endswith("?"))


@lru_cache(maxsize=1)
def _by_start() -> dict[str, tuple[int, ...]]:
    index: dict[str, list[int]] = {}
    for number, sign in enumerate(all_signs()):
        for start in sign.needs:
            index.setdefault(start, []).append(number)
    return {start: tuple(numbers) for start, numbers in index.items()}


@lru_cache(maxsize=1)
def all_signs() -> tuple[Sign, ...]:
    """Every sign, the gravest first."""
    signs = [sign for path in sorted(_FOLDER.glob("*.txt")) for sign in _read(path)]
    return tuple(sorted(signs, key=lambda sign: -sign.level.rank))


@lru_cache(maxsize=8192)
def _signs_of_word(word: str) -> tuple[int, ...]:
    index = _by_start()
    found: set[int] = set()
    for length in range(_SHORTEST_START, len(word) + 1):
        found.update(index.get(word[:length], ()))
    return tuple(sorted(found))


def find(clause: str, words: Iterable[str] | None = None) -> list[Hit]:
    """The signs in one clause, the gravest first."""
    numbers: set[int] = set()
    for word in clause.split() if words is None else words:
        numbers.update(_signs_of_word(word))
    signs = all_signs()
    hits = []
    for number in sorted(numbers):
        match = signs[number].pattern.search(clause)
        if match:
            hits.append(Hit(signs[number], match.start(), match.end(), match.group()))
    return hits
