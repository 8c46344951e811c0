"""Words of a text: cleaned, cut into sentences, and reduced to the terms that keyword search compares."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from Stemmer import Stemmer

#: No question or wording is read beyond this; the model itself stops at about 1,000 characters.
MOST_CHARACTERS = 4_000
MOST_TERMS = 20_000

WORD = re.compile(r"\w+(?:['’]\w+)*")
#: A full stop, question or exclamation mark, closing quotes, then a space before something that begins a sentence.
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9])|\s*\n+\s*")
#: What ends in a full stop without ending a sentence.
ABBREVIATION = re.compile(r"(?:\b(?:Dr|Mr|Mrs|Ms|St|vs|No|e\.g|i\.e|etc|approx|a\.m|p\.m)|\b[A-Z](?:\.[A-Z])*)\.$")

STOPWORDS = frozenset(
    word
    for line in (
        "a about after all also am an and any are as at be been being but by can could did do does doing for from had",
        "has have having he her here hers him his how i if in into is it it's its i'm i've just like me mine my of off",
        "on one or our ours out over own please shall she should so some such than that that's the their theirs them",
        "then there these they this those to too up us very was we were what what's when where which while who whom",
        "why will with would you your yours",
    )
    for word in line.split()
)


class _InLine(dict[int, int | str]):
    """What `str.translate` makes of each character: a space of those that are blank or not seen, itself of others."""

    def __missing__(self, code: int) -> int | str:
        character = chr(code)
        is_seen = not character.isspace() and unicodedata.category(character)[0] != "C"
        self[code] = code if is_seen else " "
        return self[code]


_IN_LINE = _InLine()


def clean(text: str, *, most: int = MOST_CHARACTERS) -> str:
    """The text in one line: compatibility forms unified, control and invisible characters gone, cut to `most`."""
    return " ".join(unicodedata.normalize("NFKC", text[: 2 * most]).translate(_IN_LINE).split())[:most]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where each sentence of the text begins and ends."""
    spans: list[tuple[int, int]] = []
    start = 0
    for gap in SENTENCE_END.finditer(text):
        if "\n" not in gap.group() and ABBREVIATION.search(text[start : gap.start()]):
            continue
        end = gap.start() + len(gap.group().rstrip())
        if text[start:end].strip():
            spans.append((start, end))
        start = gap.end()
    if text[start:].strip():
        spans.append((start, len(text.rstrip())))
    return spans


def terms(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order, with repeats."""
    words = (word.replace("’", "'") for word in WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
    kept = [word.removesuffix("'s") for word in words if word not in STOPWORDS][:MOST_TERMS]
    return list(_stemmer().stemWords(kept))


@cache
def _stemmer() -> Stemmer:
    from Stemmer import Stemmer

    return Stemmer("english", 0)
