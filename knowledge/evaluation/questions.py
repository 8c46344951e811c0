"""The golden set: questions as real people ask them, with the entries and sentences that answer them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

FOLDER = Path(__file__).parent / "golden"

Expect = Literal["answer", "abstain", "small_talk", "alert", "ask"]
Split = Literal["tune", "hold"]
FIELDS = frozenset({"id", "question", "context", "relevant", "reference", "expect", "voice", "split"})


class GoldenSetBroken(ValueError):
    """A line of the golden set is not as it must be; names the file and the line."""


@dataclass(frozen=True, slots=True)
class Golden:
    """One question and what must come of it."""

    id: str
    category: str
    """The file it stands in: `factual`, `conversational`, `elder_care`, `emergency`."""
    question: str
    context: tuple[str, ...]
    """What the same person said before, oldest first."""
    relevant: Mapping[str, int]
    """Keys of the entries that help, 2 for those that answer it."""
    reference: tuple[str, ...]
    """The sentences of those entries that answer it, word for word."""
    expect: Expect
    """`alert`: an emergency; `ask`: Lilo must ask whether it is one."""
    voice: str
    """How it is said: plain, terse, misspelt, spoken ..."""
    split: Split
    """Settings are chosen on `tune` only; `hold` is what is reported."""


def read_golden(folder: Path = FOLDER) -> list[Golden]:
    """The whole set, in the order of its files.

    Raises:
        GoldenSetBroken: there is none, a line is not as it must be, or an id is used twice.
    """
    found: dict[str, Golden] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for place, golden in _lines(path):
            if golden.id in found:
                raise GoldenSetBroken(f"{place}: the id {golden.id} is used twice.")
            found[golden.id] = golden
    if not found:
        raise GoldenSetBroken(f"{folder.name}/ holds no question.")
    return list(found.values())


def digest(golden: Sequence[Golden]) -> str:
    """What tells two golden sets apart."""
    return hashlib.sha256(repr(list(golden)).encode()).hexdigest()[:16]


def _lines(path: Path) -> Iterator[tuple[str, Golden]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        place = f"{path.name} line {number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise GoldenSetBroken(f"{place}: is not JSON ({error}).") from error
        if problem := _problem(row):
            raise GoldenSetBroken(f"{place}: {problem}")
        yield place, _golden(row, path.stem)


def _problem(row: Any) -> str:
    """What is wrong with a row; empty for nothing."""
    if not isinstance(row, dict) or set(row) != FIELDS:
        odd = set(row) ^ FIELDS if isinstance(row, dict) else FIELDS
        return f"has to be an object with exactly these fields; check {', '.join(sorted(odd))}."
    for name in ("id", "question", "voice"):
        if not isinstance(row[name], str) or not row[name].strip():
            return f"{name} has to be a text."
    for name in ("context", "reference"):
        if not isinstance(row[name], list) or not all(isinstance(text, str) and text.strip() for text in row[name]):
            return f"{name} has to be a list of texts."
    if row["expect"] not in get_args(Expect) or row["split"] not in get_args(Split):
        return f"expect is one of {', '.join(get_args(Expect))}; split is tune or hold."
    return _contradiction(row)


def _contradiction(row: dict[str, Any]) -> str:
    """What a row says of the entries that cannot be."""
    relevant = row["relevant"]
    if not isinstance(relevant, dict) or not all(grade in (1, 2) for grade in relevant.values()):
        return "relevant gives the keys of entries with 2 or 1."
    if row["expect"] == "answer" and not (row["reference"] and 2 in relevant.values()):
        return "to be answered it needs an entry with 2 and reference sentences."
    if row["expect"] == "abstain" and (relevant or row["reference"]):
        return "what cannot be answered has no entries and no reference."
    return ""


def _golden(row: dict[str, Any], category: str) -> Golden:
    lists = {"context": tuple(row["context"]), "reference": tuple(row["reference"])}
    return Golden(category=category, **{**row, **lists})
