"""The store of vectors: MongoDB where the settings name one, else tables of the database."""

from __future__ import annotations

from django.conf import settings

from knowledge.plane.vectors.port import VectorStore


def vector_store() -> VectorStore:
    """The one that the settings name."""
    if settings.MONGODB_URL:
        from knowledge.plane.vectors.mongodb import MongoVectors

        return MongoVectors()
    from knowledge.plane.vectors.orm import OrmVectors

    return OrmVectors()
