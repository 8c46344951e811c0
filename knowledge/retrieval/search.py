"""One question against one artefact, on the calling thread."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from knowledge.embedding.port import Vectors
from knowledge.index.artefact import Artefact, Mask, Places, Scores, top
from knowledge.index.rows import Record, sentences, sources
from knowledge.index.serving import Snapshot
from knowledge.public import Audience, Evidence, Retrieval, Route, Sentence
from knowledge.retrieval.confidence import confidence, coverage
from knowledge.retrieval.fusion import fuse
from knowledge.wording import terms

#: Candidates of each ranking for each piece of evidence wanted, and the least of them: scaling needs a field.
CANDIDATES, LEAST_CANDIDATES = 8, 80
#: Below this an entry is about something else.
LEAST_SIMILARITY = 0.3
#: Share of an entry's best single sentence in how near it is, where the entry has several wordings of its question.
SENTENCE = 0.2
#: How far the question is moved to the first thing found, before everything found is compared with it again.
FEEDBACK = 0.3
#: What Lilo shows when nothing fits: what it can help with.
DEFAULTS = ("tag:default", "category:lilo")


@dataclass(frozen=True, slots=True)
class Query:
    """A question, ready to search for."""

    terms: tuple[str, ...]
    route: Route
    vector: Vectors | None
    """None when it could not be embedded: then only words count."""
    limit: int
    audience: Audience = "everyone"
    categories: Collection[str] = ()
    tags: Collection[str] = ()
    weights: tuple[float, ...] = ()
    """How much each term counts; none for all alike."""
    asks: bool = True
    """Whether it is a question, not a claim or a name."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Both rankings of one attempt and what became of them: what the playground shows."""

    route: Route
    by_words: tuple[tuple[str, float], ...]
    by_meaning: tuple[tuple[str, float], ...]
    fused: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """Candidates, best first, with what is known of each."""

    places: Places
    scores: Scores
    similarities: Scores
    closeness: Scores


class Search:
    """Searches one snapshot for one query."""

    def __init__(self, snapshot: Snapshot, query: Query, *, traced: bool = False) -> None:
        self.snapshot = snapshot
        self.query = query
        self.timings: dict[str, float] = {}
        self.trace: list[Ranked] = []
        """The rankings of each attempt, where they are asked for."""
        self._traced = traced
        self._rarity: Scores | None = None
        self.signs: tuple[tuple[str, float], ...] = ()
        """What the confidence was reckoned from."""

    def run(self) -> Retrieval:
        """The evidence, by the first attempt that finds any."""
        vector = self.query.vector
        if vector is not None and len(vector) != self._artefact.manifest.dimension:
            raise ValueError(
                f"a vector of {len(vector)} numbers cannot be compared with {self._artefact.manifest.dimension}"
            )
        strategy, found = next(
            (name, found) for name, found in self._attempts() if len(found.places) or name == "default"
        )
        with self._timed("fuse"):
            evidence = tuple(self._evidence(found, at) for at in range(min(self.query.limit, len(found.places))))
            sure = self._confidence(found) if len(found.places) and strategy != "default" else 0.0
        return Retrieval(
            evidence=evidence,
            route=self.query.route,
            strategy=strategy,
            confidence=sure,
            artefact=self._artefact.manifest.version,
            timings=self.timings,
        )

    def _attempts(self) -> Iterator[tuple[str, _Found]]:
        route, narrow, wide = self.query.route, self._allowed(narrow=True), self._allowed(narrow=False)
        if self.query.vector is not None:
            yield route, self._by_both(self.query.vector, narrow, route)
            if self.query.categories or self.query.tags or route != "hybrid":
                yield f"{route}+broaden", self._by_both(self.query.vector, wide, "hybrid")
        yield f"{route}+keyword", self._by_words(wide)
        yield "default", self._defaults(wide)

    @property
    def _artefact(self) -> Artefact:
        return self.snapshot.artefact

    def _allowed(self, *, narrow: bool) -> Mask | None:
        """The entries that may answer; never one withdrawn or for another audience, however wide the search."""
        groups = []
        if self.query.audience != "everyone":
            groups.append([f"audience:{self.query.audience}", "audience:everyone"])
        if narrow and self.query.categories:
            groups.append([f"category:{category}" for category in self.query.categories])
        if narrow and self.query.tags:
            groups.append([f"tag:{tag}" for tag in self.query.tags])
        masks = [self._artefact.labelled(labels) for labels in groups]
        if self.snapshot.visible is not None:
            masks.append(self.snapshot.visible)
        return np.logical_and.reduce(masks) if masks else None

    def _by_both(self, vector: Vectors, allowed: Mask | None, route: Route) -> _Found:
        count = max(LEAST_CANDIDATES, CANDIDATES * self.query.limit)
        with self._timed("vectors"):
            places = self._artefact.nearest(vector, count, allowed)
        with self._timed("keywords"):
            keywords = self._keywords(allowed)
            matches = top(keywords, count)
            matches = matches[keywords[matches] > 0]
        with self._timed("fuse"):
            places = matches if route == "exact" else np.union1d(places, matches)
            similarities, closeness = self._similarities(places)
            scores = self._fused(vector, places, closeness, keywords[places], route)
            near = similarities >= LEAST_SIMILARITY
            # Words may keep a candidate that meaning alone would not, but something must be near.
            kept = near | ((keywords[places] > 0) & near.any())
            return _ordered(_Found(places, scores, similarities, closeness), kept)

    def _fused(self, vector: Vectors, places: Places, closeness: Scores, keywords: Scores, route: Route) -> Scores:
        """The scores of both together; then once more with the question moved a little to what was found first."""
        meaning = self._meaning(vector, places, closeness)
        scores = fuse(meaning, keywords, route, asks=self.query.asks)
        if route == "hybrid" and not self.query.asks and len(places):
            moved = self._moved(vector, int(places[scores.argmax()]))
            meaning = self._meaning(moved, places, self._artefact.similarities(moved, places)[1])
            scores = fuse(meaning, keywords, route, asks=self.query.asks)
        if self._traced:
            self.trace.append(self._ranked(route, places, meaning, keywords, scores))
        return scores

    def _meaning(self, vector: Vectors, places: Places, closeness: Scores) -> Scores:
        """How near these entries are; where their question is kept in several wordings, by their best sentence too."""
        several = np.flatnonzero(self._artefact.wordings(places) > 1)
        sentences = self._artefact.best_sentences(vector, places[several])
        meaning = closeness.copy()
        blended = (1 - SENTENCE) * closeness[several] + SENTENCE * sentences
        meaning[several] = np.where(sentences > -1, blended, closeness[several])
        return meaning

    def _moved(self, vector: Vectors, first: int) -> Vectors:
        """Pseudo-relevance feedback (Rocchio): the question and a part of what in the first entry is nearest to it."""
        rows = self._artefact.vectors_of(first)
        moved = vector + FEEDBACK * rows[int(np.einsum("ij,j->i", rows, vector).argmax())]
        return np.asarray(moved / np.linalg.norm(moved), np.float32)

    def _ranked(self, route: Route, places: Places, meaning: Scores, keywords: Scores, fused: Scores) -> Ranked:
        def best(scores: Scores) -> tuple[tuple[str, float], ...]:
            first = top(scores, self.query.limit).tolist()
            return tuple((self._artefact.record(int(places[at]))["key"], float(scores[at])) for at in first)

        return Ranked(route, tuple(item for item in best(keywords) if item[1] > 0), best(meaning), best(fused))

    def _by_words(self, allowed: Mask | None) -> _Found:
        with self._timed("keywords"):
            keywords = self._keywords(allowed)
            places = top(keywords, self.query.limit)
        return _ordered(_Found(places, keywords[places], *self._similarities(places)), keywords[places] > 0)

    def _defaults(self, allowed: Mask | None) -> _Found:
        for label in DEFAULTS:
            mask = self._artefact.labelled([label])
            places = np.flatnonzero(mask if allowed is None else mask & allowed)[: self.query.limit]
            if len(places):
                break
        return _Found(places, np.zeros(len(places), np.float32), *self._similarities(places))

    def _keywords(self, allowed: Mask | None) -> Scores:
        scores = self._artefact.keyword_scores(self.query.terms, self.query.weights)
        return scores if allowed is None else np.where(allowed, scores, np.float32(0))

    def _similarities(self, places: Places) -> tuple[Scores, Scores]:
        if self.query.vector is None:
            return np.zeros(len(places), np.float32), np.zeros(len(places), np.float32)
        return self._artefact.similarities(self.query.vector, places)

    def _evidence(self, found: _Found, at: int) -> Evidence:
        place = int(found.places[at])
        stored = self._artefact.record(place)
        return Evidence(
            key=stored["key"],
            question=stored["question"],
            category=stored["category"],
            tags=tuple(stored["tags"]),
            sentences=self._sentences(place, stored),
            sources=sources(stored),
            score=float(found.scores[at]),
            similarity=float(found.similarities[at]),
        )

    def _sentences(self, place: int, stored: Record) -> tuple[Sentence, ...]:
        texts = sentences(stored)
        vectors = self._artefact.sentence_vectors(place)
        if self.query.vector is not None and len(vectors) == len(texts):
            relevance = np.einsum("ij,j->i", vectors, self.query.vector).tolist()
        else:
            relevance = [self._coverage(text) for text in texts]
        return tuple(Sentence(text, position, relevance[position]) for position, text in enumerate(texts))

    def _coverage(self, text: str) -> float:
        asked = self.query.terms
        if self._rarity is None:
            self._rarity = self._artefact.rarity(asked)
        return coverage(asked, self._rarity, frozenset(terms(text)))

    def _confidence(self, found: _Found) -> float:
        stored = self._artefact.record(int(found.places[0]))
        closeness = None if self.query.vector is None else float(found.closeness[0])
        covered = self._coverage(" ".join([stored["question"], *stored["alternatives"], stored["answer"]]))
        length = len(self.query.terms)
        self.signs = (
            *((("closeness", closeness),) if closeness is not None else ()),
            ("coverage", covered),
            ("terms", float(length)),
        )
        return confidence(closeness=closeness, coverage=covered, terms=length)

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.timings[step] = self.timings.get(step, 0.0) + 1000 * (time.perf_counter() - began)


def _ordered(found: _Found, kept: Mask) -> _Found:
    order = np.flatnonzero(kept)
    order = order[np.argsort(-found.scores[order], kind="stable")]
    return _Found(found.places[order], found.scores[order], found.similarities[order], found.closeness[order])
