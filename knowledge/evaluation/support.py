"""Faithfulness: whether what an answer states is said by the entry that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.embedding.embedder import configured_embedder
from knowledge.index.artefact import Artefact
from knowledge.index.rows import sentences
from knowledge.wording import terms

#: Least share of a sentence's terms that one sentence of the entry must hold.
WORDS_FROM = 0.75
#: Or least cosine similarity to one. That of two different sentences of one entry is seldom above 0.7.
VECTORS_FROM = 0.85
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
DENIAL = re.compile(r"\b(?:not?|never|without|none|nor|neither|cannot|avoid|unless)\b|n['’]t\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer and the sentences of the entry that it names."""

    text: str
    passages: tuple[str, ...]


def statement(text: str, entry: str, artefact: Artefact) -> Statement:
    """A sentence with what the artefact says under that key; nothing, when it has no such entry."""
    place = artefact.place_of(entry)
    return Statement(text, () if place is None else tuple(sentences(artefact.record(place))))


def supported(statements: Sequence[Statement]) -> list[bool]:
    """For each, whether one sentence of its entry says the same: in its words, or near them in meaning.

    Numbers and denials must agree, however alike the rest is.
    """
    verdicts = [_by_words(item) for item in statements]
    unsure = [at for at, verdict in enumerate(verdicts) if not verdict and _agreeing(statements[at])]
    for at, verdict in zip(unsure, _by_vectors([statements[at] for at in unsure]), strict=True):
        verdicts[at] = verdict
    return verdicts


def _by_words(item: Statement) -> bool:
    if item.text in item.passages:
        return True
    said = set(terms(item.text))
    return any(len(said & set(terms(passage))) >= WORDS_FROM * len(said) for passage in _agreeing(item) if said)


def _by_vectors(items: Sequence[Statement]) -> Iterable[bool]:
    for item in items:
        vectors = configured_embedder().embed_texts([item.text, *_agreeing(item)])
        yield bool(np.einsum("ij,j->i", vectors[1:], vectors[0]).max() >= VECTORS_FROM)


def _agreeing(item: Statement) -> list[str]:
    """The passages that hold every number of the sentence, and deny where it denies."""
    numbers, denies = set(NUMBER.findall(item.text)), bool(DENIAL.search(item.text))
    return [
        passage
        for passage in item.passages
        if numbers <= set(NUMBER.findall(passage)) and denies == bool(DENIAL.search(passage))
    ]
