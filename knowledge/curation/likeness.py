"""Entries that are very like each other: two answers to one question drift apart, and Lilo would give either.

Two signs, measured on the starter corpus (448 entries, MiniLM). How near question and answer together are: 81 pairs at
`LIKE` or more; at `VERY_LIKE` 11 pairs, 21 entries, each of which a person would call the same advice. And how near the
question comes to any wording of another entry.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from knowledge.curation.disagreement import Disagreement, disagreements
from knowledge.embedding.embedder import configured_embedder
from knowledge.embedding.port import EmbeddingUnavailable, Vectors
from knowledge.index.artefact import Artefact, Places, Scores, top
from knowledge.index.serving import Snapshot, snapshot
from knowledge.models import Entry
from knowledge.public import KnowledgeUnavailable

#: Cosine of question and answer together: shown as like, and to be looked at before an entry goes on.
LIKE, VERY_LIKE = 0.7, 0.8
#: Cosine of a question to the nearest wording of another entry: the same two.
ASKED_LIKE, ASKED_VERY_LIKE = 0.85, 0.95
#: Entries that are shown, and unpublished entries that are compared: the newest.
MOST_SHOWN, MOST_DRAFTS = 5, 100
#: Every entry is compared with every other up to this many; it takes about three seconds.
MOST_COMPARED = 20_000
MOST_PAIRS = 500
ROWS_AT_ONCE = 256
PATIENCE_S = 5.0


class LikenessUnknown(RuntimeError):
    """Entries cannot be compared now: no index, no model, or an index of another model."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is compared of an entry."""

    key: str
    question: str
    answer: str

    @property
    def whole(self) -> str:
        """As the index embeds it."""
        return f"{self.question} {self.answer}"


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Another entry like the one in hand."""

    key: str
    question: str
    likeness: float
    """Of question and answer together, -1 to 1."""
    asked: float
    """How near the question comes to a wording of the other's."""
    disagreements: tuple[Disagreement, ...] = field(default=())

    @property
    def is_very_like(self) -> bool:
        """Near enough that one entry may do."""
        return self.likeness >= VERY_LIKE or self.asked >= ASKED_VERY_LIKE

    @property
    def order(self) -> float:
        """The higher, the more it matters."""
        return max(self.likeness / LIKE, self.asked / ASKED_LIKE) + bool(self.disagreements)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two published entries that are like each other."""

    key: str
    question: str
    other_key: str
    other_question: str
    likeness: float
    disagreements: tuple[Disagreement, ...]

    @property
    def is_very_like(self) -> bool:
        """Near enough that one entry may do."""
        return self.likeness >= VERY_LIKE


def look_alikes(words: Words) -> list[LookAlike]:
    """The published and unpublished entries most like these words, those that seem to contradict them first. Blocks.

    Raises:
        LikenessUnknown: see there.
    """
    question, whole = _embedded([words.question, words.whole])
    found = {**_among_published(words, question, whole), **_among_unpublished(words, question, whole)}
    return sorted(found.values(), key=lambda other: -other.order)[:MOST_SHOWN]


def all_pairs() -> list[Pair]:
    """Every two published entries that are like each other, those that seem to contradict first, then the nearest.

    Raises:
        LikenessUnknown: nothing is published, or more than can be compared.
    """
    shown = _snapshot()
    if len(shown.artefact) > MOST_COMPARED:
        raise LikenessUnknown(f"More than {MOST_COMPARED:,} entries: too many to compare each with each.")
    pairs = [pair for pair in _pairs(shown.artefact) if _may_show(shown, pair)]
    return sorted(pairs, key=lambda pair: (not pair.disagreements, -pair.likeness))


def _among_published(words: Words, question: Vectors, whole: Vectors) -> dict[str, LookAlike]:
    shown = _snapshot()
    artefact = shown.artefact
    likeness = _whole_vectors(artefact) @ whole
    asked = _asked(artefact, question)
    found = {}
    for place in np.flatnonzero((likeness >= LIKE) | (asked >= ASKED_LIKE)).tolist():
        if shown.visible is None or shown.visible[place]:
            stored = artefact.record(place)
            if stored["key"] != words.key:
                other = Words(stored["key"], stored["question"], stored["answer"])
                found[other.key] = _compared(words, other, float(likeness[place]), float(asked[place]))
    return found


def _asked(artefact: Artefact, question: Vectors) -> Scores:
    """How near the question comes to a wording of each entry; of few where there are very many."""
    near: Places = artefact.nearest(question, 4 * MOST_SHOWN)
    asked = np.full(len(artefact), -1, np.float32)
    asked[near] = artefact.similarities(question, near)[0]
    return asked


def _among_unpublished(words: Words, question: Vectors, whole: Vectors) -> dict[str, LookAlike]:
    waiting = Entry.objects.filter(status__in=[Entry.Status.DRAFT, Entry.Status.IN_REVIEW]).exclude(key=words.key)
    newest = waiting.order_by("-updated_at").values_list("key", "question", "answer")[:MOST_DRAFTS]
    others = [Words(*row) for row in newest]
    if not others:
        return {}
    vectors = _embedded([text for other in others for text in (other.question, other.whole)])
    asked, likeness = vectors[0::2] @ question, vectors[1::2] @ whole
    return {
        other.key: _compared(words, other, float(likeness[at]), float(asked[at]))
        for at, other in enumerate(others)
        if likeness[at] >= LIKE or asked[at] >= ASKED_LIKE
    }


def _compared(words: Words, other: Words, likeness: float, asked: float) -> LookAlike:
    return LookAlike(other.key, other.question, likeness, asked, tuple(disagreements(words.answer, other.answer)))


@lru_cache(maxsize=1)
def _pairs(artefact: Artefact) -> tuple[Pair, ...]:
    """The pairs of an artefact, which never change."""
    return tuple(_compare_each(artefact))


def _compare_each(artefact: Artefact) -> Iterator[Pair]:
    vectors = _whole_vectors(artefact)
    found: list[tuple[float, int, int]] = []
    for start in range(0, len(vectors), ROWS_AT_ONCE):
        # Each pair once; and never more kept than are shown: entries of one form are all like each other.
        scores = np.triu(vectors[start : start + ROWS_AT_ONCE] @ vectors.T, start + 1)
        near = np.flatnonzero(scores >= LIKE)
        nearest = near[top(scores.ravel()[near], MOST_PAIRS)]
        rows, places = np.unravel_index(nearest, scores.shape)
        found += zip(scores.ravel()[nearest].tolist(), (rows + start).tolist(), places.tolist(), strict=True)
        found = sorted(found, reverse=True)[:MOST_PAIRS]
    for likeness, one, two in found:
        first, second = artefact.record(one), artefact.record(two)
        yield Pair(
            first["key"], first["question"], second["key"], second["question"], likeness,
            tuple(disagreements(first["answer"], second["answer"])),
        )  # fmt: skip


def _may_show(shown: Snapshot, pair: Pair) -> bool:
    """Whether neither was withdrawn."""
    places = (shown.artefact.place_of(pair.key), shown.artefact.place_of(pair.other_key))
    return shown.visible is None or all(place is not None and shown.visible[place] for place in places)


def _snapshot() -> Snapshot:
    try:
        shown = snapshot()
    except KnowledgeUnavailable as error:
        raise LikenessUnknown("Nothing is published yet.") from error
    if shown.artefact.manifest.model != configured_embedder().name:
        raise LikenessUnknown("The index was built with another model.")
    return shown


@lru_cache(maxsize=1)
def _whole_vectors(artefact: Artefact) -> Vectors:
    return artefact.whole_vectors()


_known: dict[str, Vectors] = {}
_one_at_a_time = threading.Lock()
#: Vectors kept, those used last: the drafts' texts are the same from one check to the next.
MOST_KNOWN = 4 * MOST_DRAFTS


def _embedded(texts: Sequence[str]) -> Vectors:
    """The vectors of texts as the index has them, one call of the model for those not met lately.

    One at a time, and none waits long: curators who type must not take the model from the people who talk.
    """
    if not _one_at_a_time.acquire(timeout=PATIENCE_S):
        raise LikenessUnknown("Other entries are being compared; try again in a moment.")
    try:
        unknown = [text for text in dict.fromkeys(texts) if text not in _known]
        try:
            _known.update(zip(unknown, configured_embedder().embed_texts(unknown), strict=True))
        except EmbeddingUnavailable as error:
            raise LikenessUnknown("The model that compares texts does not answer.") from error
        for text in texts:
            _known[text] = _known.pop(text)  # used last, forgotten last
        vectors = np.stack([_known[text] for text in texts])
        for text in list(_known)[:-MOST_KNOWN]:
            del _known[text]
        return vectors
    finally:
        _one_at_a_time.release()
