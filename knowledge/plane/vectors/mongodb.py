"""Vectors in MongoDB: the collections `embeddings` and `knowledge_vectors`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from django.conf import settings
from django.utils import timezone

from knowledge.index.rows import chunks
from knowledge.plane.vectors.port import Maker, Part, StoredVector, VectorsUnavailable
from lilo_site.stores import mongodb

if TYPE_CHECKING:
    from pymongo.collection import Collection

Document: TypeAlias = dict[str, Any]

#: Documents an operation: each must be done within the driver's time.
BATCH = 500
DATABASE = "lilo"


class MongoVectors:
    """See `VectorStore`. A document's `_id` is what it is found by, so that writing it again changes nothing."""

    def __init__(self) -> None:
        database = mongodb.client().get_default_database(DATABASE)
        self._embeddings: Collection[Document] = database["embeddings"]
        self._parts: Collection[Document] = database["knowledge_vectors"]
        with _failing_plainly():
            _make_indexes(settings.MONGODB_URL)

    def vectors(self, text_hashes: Sequence[str], by: Maker) -> Mapping[str, StoredVector]:
        """See `VectorStore`."""
        found: dict[str, StoredVector] = {}
        with _failing_plainly():
            for some in chunks(text_hashes, BATCH):
                for document in self._embeddings.find({"_id": {"$in": [_address(text, by) for text in some]}}):
                    found[document["text_hash"]] = np.frombuffer(document["vector"], "<f2", by.dimension)
        return found

    def keep(self, vectors: Mapping[str, StoredVector], by: Maker) -> None:
        """See `VectorStore`."""
        from pymongo import UpdateOne

        now = timezone.now()
        with _failing_plainly():
            for some in chunks(vectors, BATCH):
                self._embeddings.bulk_write(
                    [
                        UpdateOne(
                            {"_id": _address(text_hash, by)},
                            {
                                "$setOnInsert": {
                                    "text_hash": text_hash,
                                    "model": by.model,
                                    "dimension": by.dimension,
                                    "vector": vectors[text_hash].astype("<f2").tobytes(),
                                    "created_at": now,
                                }
                            },
                            upsert=True,
                        )
                        for text_hash in some
                    ],
                    ordered=False,
                )

    def entries(self) -> set[str]:
        """See `VectorStore`."""
        with _failing_plainly():
            grouped = self._parts.aggregate([{"$group": {"_id": "$entry_key"}}], batchSize=5_000)
            return {document["_id"] for document in grouped}

    def parts_of(self, entry_keys: Sequence[str]) -> set[Part]:
        """See `VectorStore`."""
        with _failing_plainly():
            return {
                Part(*(document[name] for name in Part._fields))
                for some in chunks(entry_keys, BATCH)
                for document in self._parts.find({"entry_key": {"$in": some}}).batch_size(5_000)
            }

    def put(self, parts: Iterable[Part], *, artefact: str) -> None:
        """See `VectorStore`."""
        from pymongo import UpdateOne

        now = timezone.now()
        with _failing_plainly():
            for some in chunks(parts, BATCH):
                self._parts.bulk_write(
                    [
                        UpdateOne(
                            {"_id": _place(part)},
                            {"$set": {**part._asdict(), "artefact": artefact, "updated_at": now}},
                            upsert=True,
                        )
                        for part in some
                    ],
                    ordered=False,
                )

    def drop(self, entry_keys: Iterable[str]) -> None:
        """See `VectorStore`."""
        with _failing_plainly():
            for some in chunks(entry_keys, BATCH):
                self._parts.delete_many({"entry_key": {"$in": some}})

    def sweep(self) -> int:
        """See `VectorStore`."""
        swept = 0
        with _failing_plainly():
            used = {document["text_hash"] for document in self._parts.find({}, {"text_hash": 1}).batch_size(5_000)}
            kept = self._embeddings.find({}, {"text_hash": 1}).batch_size(5_000)
            unused = [document["_id"] for document in kept if document["text_hash"] not in used]
            for some in chunks(unused, BATCH):
                swept += self._embeddings.delete_many({"_id": {"$in": some}}).deleted_count
        return swept


def _address(text_hash: str, by: Maker) -> str:
    return f"{text_hash} {by.dimension} {by.model}"


def _place(part: Part) -> str:
    return f"{part.entry_key} {part.chunk_index}"


@lru_cache(maxsize=1)
def _make_indexes(address: str) -> None:
    """Once for each server that this process writes to."""
    database = mongodb.client().get_default_database(DATABASE)
    database["embeddings"].create_index("text_hash")
    database["knowledge_vectors"].create_index([("entry_key", 1), ("chunk_index", 1)], unique=True)
    database["knowledge_vectors"].create_index("text_hash")


@contextmanager
def _failing_plainly() -> Iterator[None]:
    from pymongo.errors import PyMongoError

    try:
        yield
    except PyMongoError as error:
        raise VectorsUnavailable("MongoDB does not keep the vectors just now.") from error
