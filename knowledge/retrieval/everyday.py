"""Everyday words and abbreviations, said as the entries say them: "bunged up", "BP", "40 winks".

The list is `everyday_words.tsv`: what people say, a tab, what they mean. Where `!` follows, just these letters are
meant, capital or small, since the same word otherwise means another thing ("AF!", "frame!").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

#: A word as the list has it: "A&E" and "B12" are one.
WORD = re.compile(r"\w+(?:['’&.]\w+)*")
PATH = Path(__file__).with_name("everyday_words.tsv")


def in_plain_words(
    text: str, is_ours: Callable[[str, str], bool] = lambda said, meant: False
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text with its everyday words in plain ones, and each that was changed with what it became.

    Args:
        text: as a person says it.
        is_ours: whether what was said is how the entries speak, rather than what it means here: in a corpus about
            nerves "motor" is no car.
    """
    found = list(WORD.finditer(text))
    pieces: list[str] = []
    changes: dict[str, str] = {}
    done = at = 0
    while at < len(found):
        for last in range(min(at + _longest(), len(found)) - 1, at - 1, -1):
            said = text[found[at].start() : found[last].end()]
            joined = "-" in (
                text[found[at].start() - 1 : found[at].start()],
                text[found[last].end() : found[last].end() + 1],
            )
            if not joined and (meant := _meaning(said)) is not None and not is_ours(said, meant):
                pieces += [text[done : found[at].start()], meant]
                changes[said] = meant
                done, at = found[last].end(), last
                break
        at += 1
    return "".join([*pieces, text[done:]]), tuple(changes.items())


def _meaning(said: str) -> str | None:
    meanings, exact = _list()
    said = _even(said)
    return exact.get(said) or meanings.get(said.casefold())


@cache
def everyday_words() -> frozenset[str]:
    """The single words of the list: none of them is misspelt."""
    return frozenset(word for said in _list()[0] for word in said.split())


def _even(said: str) -> str:
    return " ".join(said.replace("’", "'").replace("-", " ").split())


@cache
def _longest() -> int:
    """Words of the longest line."""
    return max(len(WORD.findall(said)) for part in _list() for said in part)


@cache
def _list() -> tuple[dict[str, str], dict[str, str]]:
    meanings: dict[str, str] = {}
    exact: dict[str, str] = {}
    for line in PATH.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        said, meant = line.split("\t")
        if said.endswith("!"):
            exact[_even(said[:-1])] = meant
        else:
            meanings[_even(said).casefold()] = meant
    return meanings, exact
