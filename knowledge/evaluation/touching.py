"""Which questions a change can touch: those for which two indexes do not find the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence

from knowledge.embedding.embedder import configured_embedder
from knowledge.embedding.port import Vectors
from knowledge.evaluation.questions import Golden
from knowledge.index.artefact import Artefact
from knowledge.index.serving import Snapshot
from knowledge.retrieval.find import comparable, query_of
from knowledge.retrieval.reading import Reading, read
from knowledge.retrieval.search import Search

#: An answer rests on the first entry that may be shown to who asks; the next one, where the first is for others.
NEAR = 2
#: Steps of the confidence, by which it is decided whether to answer at all: from 0.45, which is one of them.
STEPS = 20
#: Vectors of questions kept for the next build of this process: a golden set or two.
KEPT = 2_000

#: Indexes whose findings are kept: the candidate and what serves.
INDEXES = 2
#: What an answer is made of: the keys found, best first, and the step of the confidence.
Evidence = tuple[tuple[str, ...], int]


def evidence_changed(
    asked: Sequence[Golden], candidate: Snapshot, serving: Snapshot, changed: Collection[str]
) -> set[str]:
    """Ids of the questions for which the indexes find other entries, or one of those that changed.

    The screen, the choice of sentences and the guard see nothing else of an index: where this is the same, so is the
    answer.
    """
    texts = [_texts(question) for question in asked]
    flat = tuple(dict.fromkeys(text for some in texts for text in some))
    now, was = (dict(zip(flat, _evidence(flat, snapshot), strict=True)) for snapshot in (candidate, serving))
    return {
        question.id
        for question, some in zip(asked, texts, strict=True)
        if any(now[text] != was[text] or not set(changed).isdisjoint(now[text][0]) for text in some)
    }


def changed_keys(candidate: Artefact, serving: Artefact) -> set[str]:
    """Keys of the entries that are new, gone or other than they were."""
    now, was = (
        {record["key"]: record for record in map(artefact.record, range(len(artefact)))}
        for artefact in (candidate, serving)
    )
    return {key for key in now.keys() | was.keys() if now.get(key) != was.get(key)}


def _texts(question: Golden) -> list[str]:
    """What may be searched for: the words alone, and with what was said before them."""
    return list(dict.fromkeys([question.question, " ".join([*question.context, question.question])]))


def _evidence(texts: tuple[str, ...], snapshot: Snapshot) -> list[Evidence]:
    """What an index finds for each text; kept, as the candidate of today is what the next one is compared with."""
    hidden = b"" if snapshot.visible is None else snapshot.visible.tobytes()
    key = (snapshot.artefact.manifest.version, hidden, texts)
    if key not in _found_before:
        readings = [read(text, snapshot.artefact) for text in texts]
        vectors = _vectors([reading.text or "?" for reading in readings])
        _found_before[key] = [_found(*of, snapshot) for of in zip(readings, vectors, strict=True)]
        while len(_found_before) > INDEXES:
            _found_before.popitem(last=False)
    return _found_before[key]


_found_before: OrderedDict[tuple[str, bytes, tuple[str, ...]], list[Evidence]] = OrderedDict()


def _found(reading: Reading, vector: Vectors, snapshot: Snapshot) -> Evidence:
    query = query_of(reading, vector if reading.text else None, NEAR)
    found = Search(snapshot, comparable(snapshot, query)).run()
    return tuple(item.key for item in found.evidence), int(found.confidence * STEPS)


def _vectors(texts: Sequence[str]) -> list[Vectors]:
    """The vectors of questions; they are the same at every build, so those of this model are kept."""
    embedder = configured_embedder()
    wanted = [text for text in dict.fromkeys(texts) if (embedder.name, text) not in _embedded]
    for text, vector in zip(wanted, embedder.embed_queries(wanted), strict=True):
        _embedded[embedder.name, text] = vector
        embedder.remember(text, vector)  # it is asked in a moment
    vectors = [_embedded[embedder.name, text] for text in texts]
    while len(_embedded) > KEPT:
        _embedded.popitem(last=False)
    return vectors


_embedded: OrderedDict[tuple[str, str], Vectors] = OrderedDict()
