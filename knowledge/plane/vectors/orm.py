"""Vectors in tables of the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
from django.db import DatabaseError
from django.db.models import Exists, OuterRef
from django.utils import timezone

from knowledge.index.rows import chunks
from knowledge.plane.models import Embedding, KnowledgeVector
from knowledge.plane.vectors.port import Maker, Part, StoredVector, VectorsUnavailable

#: Rows a statement: each is a short transaction, so that SQLite's one writer is never held for long.
BATCH = 500


class OrmVectors:
    """See `VectorStore`."""

    def vectors(self, text_hashes: Sequence[str], by: Maker) -> Mapping[str, StoredVector]:
        """See `VectorStore`."""
        found: dict[str, StoredVector] = {}
        with _failing_plainly():
            for some in chunks(text_hashes, BATCH):
                rows = Embedding.objects.filter(text_hash__in=some, model=by.model, dimension=by.dimension)
                for text_hash, vector in rows.values_list("text_hash", "vector"):
                    found[text_hash] = np.frombuffer(vector, "<f2", by.dimension)
        return found

    def keep(self, vectors: Mapping[str, StoredVector], by: Maker) -> None:
        """See `VectorStore`."""
        rows = (
            Embedding(
                text_hash=text_hash, model=by.model, dimension=by.dimension, vector=vector.astype("<f2").tobytes()
            )
            for text_hash, vector in vectors.items()
        )
        with _failing_plainly():
            for some in chunks(rows, BATCH):
                Embedding.objects.bulk_create(some, ignore_conflicts=True)

    def entries(self) -> set[str]:
        """See `VectorStore`."""
        with _failing_plainly():
            return set(KnowledgeVector.objects.values_list("entry_key", flat=True).order_by().distinct().iterator())

    def parts_of(self, entry_keys: Sequence[str]) -> set[Part]:
        """See `VectorStore`."""
        with _failing_plainly():
            return {
                Part(*row)
                for some in chunks(entry_keys, BATCH)
                for row in KnowledgeVector.objects.filter(entry_key__in=some).values_list(*Part._fields)
            }

    def put(self, parts: Iterable[Part], *, artefact: str) -> None:
        """See `VectorStore`."""
        now = timezone.now()
        rows = (KnowledgeVector(**part._asdict(), artefact=artefact, updated_at=now) for part in parts)
        with _failing_plainly():
            for some in chunks(rows, BATCH):
                KnowledgeVector.objects.bulk_create(
                    some,
                    update_conflicts=True,
                    unique_fields=["entry_key", "chunk_index"],
                    update_fields=["kind", "text_hash", "model", "dimension", "artefact", "updated_at"],
                )

    def drop(self, entry_keys: Iterable[str]) -> None:
        """See `VectorStore`."""
        with _failing_plainly():
            for some in chunks(entry_keys, BATCH):
                KnowledgeVector.objects.filter(entry_key__in=some).delete()

    def sweep(self) -> int:
        """See `VectorStore`. By the first two digits of the hash: many short statements, none long.

        As a range: a prefix by LIKE reads the whole table each time, in SQLite and in most of PostgreSQL's collations.
        """
        used = KnowledgeVector.objects.filter(text_hash=OuterRef("text_hash"))
        swept = 0
        with _failing_plainly():
            for first in range(256):
                begins, ends = f"{first:02x}", f"{first + 1:02x}" if first < 255 else "g"
                unused = Embedding.objects.filter(~Exists(used), text_hash__gte=begins, text_hash__lt=ends)
                swept += unused.delete()[0]
        return swept


@contextmanager
def _failing_plainly() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise VectorsUnavailable("The database does not keep the vectors just now.") from error
