"""The one embedder of a process: a backend, a cache of recent questions, and micro-batching."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache

import numpy as np
from django.conf import settings

from knowledge.embedding.batching import MicroBatcher
from knowledge.embedding.local import LocalBackend
from knowledge.embedding.port import Backend, Vectors
from knowledge.embedding.remote import RemoteBackend
from knowledge.wording import clean


class Embedder:
    """Questions one by one, without blocking the event loop; passages in bulk, from a thread or a task.

    Vectors are float32, of length one, and belong to the model `name`: those of two models must never meet.
    """

    def __init__(self, backend: Backend, *, cache_size: int = 10_000) -> None:
        self._backend = backend
        self._batcher = MicroBatcher(lambda texts: backend.encode(texts, query=True))
        self._recent = _Recent(cache_size)

    @property
    def name(self) -> str:
        """The model's name; known without loading it."""
        return self._backend.name

    @property
    def dimension(self) -> int:
        """Length of its vectors. May load the model."""
        return self._backend.dimension

    async def embed_query(self, text: str) -> Vectors:
        """The vector of a question, shape (d,).

        Raises:
            EmbeddingUnavailable: the model or endpoint failed.
        """
        text = clean(text)
        if (known := self._recent.get(text)) is not None:
            return known
        vector = await asyncio.wrap_future(self._batcher.submit(text))
        self._recent.put(text, vector)
        return vector

    def remember(self, text: str, vector: Vectors) -> None:
        """Keep the vector of a question that is about to be asked."""
        self._recent.put(clean(text), vector)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors of many questions, shape (n, d). Blocks; leaves the cache alone."""
        return self._encode(texts, query=True)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """The vectors of passages, shape (n, d). Blocks: call it from a thread, a task or a command."""
        return self._encode(texts, query=False)

    def _encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return self._backend.encode([clean(text) for text in texts], query=query)


class _Recent:
    """The vectors of the questions asked last, for callers on any thread."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, text: str) -> Vectors | None:
        with self._lock:
            if text not in self._vectors:
                return None
            self._vectors.move_to_end(text)
            return self._vectors[text]

    def put(self, text: str, vector: Vectors) -> None:
        with self._lock:
            self._vectors[text] = vector
            self._vectors.move_to_end(text)
            while len(self._vectors) > self._size:
                self._vectors.popitem(last=False)


@cache
def configured_embedder() -> Embedder:
    """The embedder that the settings name; one a process, its model not loaded yet."""
    backend: Backend
    if settings.EMBEDDING_BACKEND == "remote":
        backend = RemoteBackend(
            settings.EMBEDDING_URL, model=settings.EMBEDDING_MODEL, api_key=settings.EMBEDDING_API_KEY
        )
    else:
        backend = LocalBackend(
            settings.EMBEDDING_MODEL, device=settings.EMBEDDING_DEVICE, threads=settings.EMBEDDING_THREADS
        )
    return Embedder(backend, cache_size=settings.EMBEDDING_CACHE_SIZE)
