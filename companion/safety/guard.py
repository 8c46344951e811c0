"""The guard: each sentence of an answer is checked before anybody sees it, whoever worded it.

Two questions. Does it say what Lilo must never say? And, where it states a fact, do the curated sentences it rests on
say so too? Pure, and well under a millisecond a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from companion.safety.screen.words import visible

SUPPORTED_FROM = 0.75
"""Least share of a sentence's words that one passage must hold for the sentence to rest on it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may be shown, and if not, which rule it breaks: a word of ours, safe to log."""

    ok: bool
    reason: str = ""


def _read(path: Path) -> dict[str, re.Pattern[str]]:
    parts: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        name, mark, pattern = line.partition(" || ")
        if not mark or line.startswith("#"):
            continue
        if name.startswith("part "):
            parts[f"<{name.removeprefix('part ')}>"] = pattern
            continue
        for part, words in parts.items():
            pattern = pattern.replace(part, words)
        found.setdefault(name, []).append(pattern)
    return {name: re.compile("|".join(patterns)) for name, patterns in found.items()}


_RULES = _read(Path(__file__).parent / "guard.cfg")
_NEVER = tuple((name.removeprefix("never "), rule) for name, rule in _RULES.items() if name.startswith("never "))
_LONGEST_TALK = 25
_STOP_WORDS = frozenset(
    """a an the and or but so if then than that this these those it its is are was were be been being am do does
    did has have had i you your yours he she they them their we our us me my of to in on at by for with from
    as into about over under out up down off can could may might will would should shall must also too very
    just only more most some any each when while where what which who how why there here because such like
    please often usually""".split()  # noqa: SIM905
)
_NEGATIVES = frozenset({"not", "no", "never", "without", "none", "nor", "don't", "doesn't", "cannot", "can't", "isn't",
                        "aren't", "won't", "shouldn't", "neither", "avoid", "didn't", "unless"})  # fmt: skip
_NUMBER_WORDS = frozenset(
    """one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred half
    double twice""".split()  # noqa: SIM905
)
_WORDS = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*")
_MARKS = re.compile(r"\[\d{1,2}\]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def _plain(text: str) -> str:
    lowered = visible(_MARKS.sub("", text)).lower().replace("’", "'").replace("‘", "'")
    return " ".join(lowered.split())


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return word[: -len(ending)]
    return word


@dataclass(frozen=True, slots=True)
class _Statement:
    bare: str
    stems: frozenset[str]
    numbers: frozenset[str]
    negative: bool


def _statement(text: str) -> _Statement:
    words = _WORDS.findall(text)
    return _Statement(
        bare=" ".join(words),
        stems=frozenset(_stem(word) for word in words if word not in _STOP_WORDS and word not in _NEGATIVES),
        numbers=frozenset(word for word in words if word[0].isdigit() or word in _NUMBER_WORDS),
        negative=any(word in _NEGATIVES for word in words),
    )


@lru_cache(maxsize=512)
def _statements(passage: str) -> tuple[_Statement, ...]:
    return tuple(_statement(part) for part in _SENTENCE_END.split(_plain(passage)) if part)


def support(sentence: str, evidence: Sequence[str]) -> float:
    """How far the evidence says what the sentence says, 0 to 1; exactly 1 for a sentence taken from it word for word.

    The share of the sentence's content words held by the best sentence of the evidence, or 0 where a number is not
    there or one denies and the other does not.
    """
    said = _statement(_plain(sentence))
    best = 0.0
    for passage in evidence:
        for known in _statements(passage):
            if said.bare and said.bare == known.bare:
                return 1.0
            if not said.stems or said.numbers - known.numbers or said.negative != known.negative:
                continue
            best = max(best, min(len(said.stems & known.stems) / len(said.stems), 0.99))
    return best


def check_sentence(sentence: str, evidence: Sequence[str]) -> Verdict:
    """Whether one sentence of an answer may be shown.

    Args:
        sentence: as it would be shown; marks such as [1] do not count.
        evidence: the passages the answer rests on, each one or more sentences; empty for small talk.

    A dose, a diagnosis, or a change of medicine passes only where a curated sentence says exactly that; what Lilo must
    never say does not pass whatever the evidence says.
    """
    plain = _plain(sentence)
    if not _WORDS.search(plain):
        return Verdict(True)
    for reason, pattern in _NEVER:
        if pattern.search(plain):
            return Verdict(False, reason)
    supported = support(sentence, evidence)
    if supported == 1.0:
        return Verdict(True)
    return _check_own_words(plain, supported)


def _check_own_words(plain: str, supported: float) -> Verdict:
    """A sentence that no curated one says word for word."""
    if _RULES["dose"].search(plain):
        return Verdict(False, "dose")
    if _RULES["change of medicine"].search(plain) and not _RULES["asking first"].search(plain):
        return Verdict(False, "change of medicine")
    if _RULES["diagnosis"].search(plain):
        return Verdict(False, "diagnosis")
    if supported >= SUPPORTED_FROM or _is_talk(plain):
        return Verdict(True)
    return Verdict(False, "unsupported")


def _is_talk(plain: str) -> bool:
    """Talk states nothing that could be wrong about health: a greeting, a question, a word of sympathy."""
    if len(plain.split()) > _LONGEST_TALK or _RULES["claim"].search(_RULES["help line"].sub("", plain)):
        return False
    if all(word in _STOP_WORDS for word in _WORDS.findall(plain)):
        return True
    return plain.endswith("?") or bool(_RULES["talk"].match(plain))
