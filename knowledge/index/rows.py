"""What of an entry goes where: the stored record, the texts searched by meaning, the terms searched by word."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import NotRequired, TypedDict, TypeVar

import numpy as np
from numpy.typing import NDArray

from knowledge.chunking import chunks as split
from knowledge.index.entries import IndexEntry
from knowledge.public import EntryPage, Source
from knowledge.wording import clean, sentence_spans, terms

Thing = TypeVar("Thing")

#: Answers with more sentences keep no vector for each: they come from imports, and would multiply the index.
MOST_SENTENCES = 12
#: How much more a word counts in the question than in the answer.
QUESTION_BOOST = 2
#: An answer of more words is searched in passages: the model reads no further.
MOST_WORDS = 170
#: Words that a misspelt one may be meant for.
SPELT = re.compile(r"[^\W\d_]{4,}")


class Record(TypedDict):
    """An entry as the artefact stores it, one JSON line each."""

    key: str
    question: str
    alternatives: list[str]
    answer: str
    spans: list[tuple[int, int]]
    """Where each sentence of the answer begins and ends."""
    category: str
    tags: list[str]
    sources: list[tuple[str, str, str, str]]
    reviewed_on: NotRequired[str]


def record(entry: IndexEntry) -> Record:
    """The stored form of an entry."""
    stored = Record(
        key=entry.key,
        question=entry.question,
        alternatives=list(entry.alternatives),
        answer=entry.answer,
        spans=sentence_spans(entry.answer),
        category=entry.category,
        tags=list(entry.tags),
        sources=[(source.title, source.publisher, source.url, source.date.isoformat()) for source in entry.sources],
    )
    if entry.reviewed_on:
        stored["reviewed_on"] = entry.reviewed_on.isoformat()
    return stored


def sources(stored: Record) -> tuple[Source, ...]:
    """The sources of a stored entry."""
    return tuple(
        Source(title, publisher, url, date.fromisoformat(day)) for title, publisher, url, day in stored["sources"]
    )


def page(stored: Record) -> EntryPage:
    """A stored entry as its page shows it."""
    reviewed = stored.get("reviewed_on")
    return EntryPage(
        key=stored["key"],
        question=stored["question"],
        answer=stored["answer"],
        category=stored["category"],
        sources=sources(stored),
        reviewed_on=date.fromisoformat(reviewed) if reviewed else None,
    )


def labels(entry: IndexEntry) -> set[str]:
    """What an entry can be filtered by."""
    return {f"audience:{entry.audience}", f"category:{entry.category}", *(f"tag:{tag}" for tag in entry.tags)}


def wordings(stored: Record) -> list[str]:
    """The ways in which the question of an entry is put; none where an import brought only a text."""
    return [text for text in (stored["question"], *stored["alternatives"]) if text.strip()]


def passages(stored: Record) -> list[str]:
    """The answer in the light of its question, in pieces that the model reads whole."""
    answer = stored["answer"]
    pieces = [answer] if len(answer.split()) <= MOST_WORDS else split(answer)
    return [f"{stored['question']} {piece}".strip() for piece in pieces]


def searched_texts(stored: Record) -> list[str]:
    """The texts found by meaning: the wordings, then the passages."""
    return [*wordings(stored), *passages(stored)]


def sentences(stored: Record) -> list[str]:
    """The answer's sentences, in order."""
    return [stored["answer"][start:end] for start, end in stored["spans"]]


def embedded_sentences(stored: Record) -> list[str]:
    """The sentences that get a vector of their own."""
    return sentences(stored) if len(stored["spans"]) <= MOST_SENTENCES else []


def keyword_terms(entry: IndexEntry) -> list[str]:
    """The terms found by word, the question's more than once."""
    asked = terms(entry.question) * QUESTION_BOOST
    return [*asked, *terms(" \n".join([*entry.alternatives, entry.answer, *entry.tags]))]


def spelt_words(entry: IndexEntry) -> set[str]:
    """The words of an entry as they are written, in lower case."""
    texts = [entry.question, *entry.alternatives, entry.answer, *entry.tags]
    return set(SPELT.findall(" ".join(texts).casefold()))


def key_hash(key: str) -> int:
    """64 bits that stand for a key in the sorted table of keys."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little")


def text_hashes(texts: Sequence[str]) -> NDArray[np.uint64]:
    """128 bits that stand for each text as the model reads it, shape (n, 2)."""
    digests = b"".join(hashlib.blake2b(clean(text).encode(), digest_size=16).digest() for text in texts)
    return np.frombuffer(digests, np.uint64).reshape(-1, 2)


def chunks(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    """The things in lists of at most `size`."""
    remaining = iter(things)
    while chunk := list(islice(remaining, size)):
        yield chunk
