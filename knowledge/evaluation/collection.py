"""Our retrieval on a test collection, in one table beside its parts alone."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.embedding.embedder import configured_embedder
from knowledge.evaluation.beir import SetBroken, read_corpus, read_judgements, read_queries
from knowledge.evaluation.figures import mean, percentile
from knowledge.evaluation.ranking import score_rankings
from knowledge.evaluation.rivals import RIVALS, ranked
from knowledge.index.artefact import Artefact
from knowledge.index.build import build_and_publish
from knowledge.index.serving import Snapshot, answering_from
from knowledge.retrieval.find import find_many
from knowledge.wording import clean

log = logging.getLogger(__name__)

#: How many documents of each ranking are judged; recall is given at 100.
DEPTH = 100
BATCH = 64

Progress = Callable[[str, int, int], None]
Rankings = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Collection:
    """A test collection, ready to search."""

    artefact: Artefact
    queries: dict[str, str]
    """Those with judgements."""
    judgements: dict[str, dict[str, int]]
    unjudged: int
    """Queries without any judgement, which are left out."""
    build_s: float


def load(corpus: Path, queries: Path, qrels: Path, *, work: Path, progress: Progress | None) -> Collection:
    """Read the files and build an artefact of the corpus in the folder `work`. Needs no database.

    In a folder used before, only texts that are new are embedded.

    Raises:
        SetBroken: a file cannot be read, or nothing can be measured with what is in them.
        EmbeddingUnavailable: the model failed.
    """
    asked, judgements = read_queries(queries), read_judgements(qrels)
    judged = {name: grades for name, grades in judgements.items() if any(grade > 0 for grade in grades.values())}
    used = {name: text for name, text in asked.items() if name in judged}
    if not used:
        raise SetBroken(f"No query of {queries.name} has a relevant document in {qrels.name}; do the ids agree?")
    began = time.perf_counter()
    manifest = build_and_publish(entries=read_corpus(corpus), folder=work, progress=progress)
    artefact = Artefact(work / manifest.version)
    wanted = {name: judged[name] for name in used}
    if not any(artefact.place_of(key) is not None for grades in wanted.values() for key in grades):
        raise SetBroken(f"No document that {qrels.name} names is in {corpus.name}; do the ids agree?")
    return Collection(artefact, used, wanted, len(asked) - len(used), time.perf_counter() - began)


def measure(collection: Collection, *, at: int = 10, progress: Progress | None = None) -> dict[str, Any]:
    """The figures of ours and of each rival, with 95 % intervals over the queries, as plain JSON."""
    names, texts = list(collection.queries), list(collection.queries.values())
    ours, times = _ours(collection, names, texts, progress)
    vectors = configured_embedder().embed_queries([clean(text) or "?" for text in texts])
    systems = {"ours": ours}
    for rival, rank in RIVALS.items():
        keys = ranked(rank, collection.artefact, texts, vectors, DEPTH)
        systems[rival] = dict(zip(names, keys, strict=True))
    table = {system: _figures(collection.judgements, rankings, at) for system, rankings in systems.items()}
    return {
        **table.pop("ours"),
        "k": at,
        "queries": len(names),
        "queries_without_judgements": collection.unjudged,
        "documents": len(collection.artefact),
        "model": collection.artefact.manifest.model,
        "timings": {
            "build_s": round(collection.build_s, 2),
            "search_ms_p50": round(percentile(times, 0.5), 2),
            "search_ms_p95": round(percentile(times, 0.95), 2),
        },
        "beside": table,
    }


def _ours(
    collection: Collection, names: Sequence[str], texts: Sequence[str], progress: Progress | None
) -> tuple[Rankings, list[float]]:
    """What a turn would find, deeper; and the milliseconds of each search, embedding included."""
    rankings: Rankings = {}
    times: list[float] = []
    with answering_from(Snapshot(collection.artefact, None)):
        for start in range(0, len(texts), BATCH):
            began = time.perf_counter()
            for found in find_many(texts[start : start + BATCH], limit=DEPTH):
                evidence = found.evidence if found.strategy != "default" else ()
                rankings[names[len(rankings)]] = [item.key for item in evidence]
                times.append(1000 * (time.perf_counter() - began))
                began = time.perf_counter()
            if progress:
                progress("search", len(rankings), len(texts))
    return rankings, times


def _figures(judgements: dict[str, dict[str, int]], rankings: Rankings, at: int) -> dict[str, Any]:
    scores = score_rankings(judgements, rankings, at=at)
    figures = {name: mean(list(of.values())) for name, of in scores.items()}
    return {name: figure.as_json() for name, figure in figures.items() if figure is not None}
