"""Any endpoint that speaks OpenAI's embeddings protocol."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from typing import Any

import httpx
import numpy as np

from knowledge.embedding.port import EmbeddingUnavailable, Vectors, unit

BATCH = 64
RETRYABLE = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0


class RemoteBackend:
    """Posts texts to `{url}/embeddings`.

    Passages are worth waiting for (four attempts of 30 s, pauses doubling with full jitter); a question is not:
    somebody waits for its answer, so it gets one attempt and one quick retry, within `patience` seconds each.
    """

    def __init__(self, url: str, *, model: str, api_key: str = "", patience: float = 1.0) -> None:
        if not url:
            raise EmbeddingUnavailable("EMBEDDING_URL names no endpoint.")
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._address = url.rstrip("/") + "/embeddings"
        self._client = httpx.Client(headers=headers, limits=httpx.Limits(max_connections=8))
        self._model = model
        self._patience = patience
        self._dimension = 0
        self._learning = threading.Lock()

    @property
    def name(self) -> str:
        """The model's name at the endpoint."""
        return self._model

    @property
    def dimension(self) -> int:
        """Length of its vectors; asks the endpoint once."""
        if not self._dimension:
            self.encode(["dimension"], query=False)
        return self._dimension

    def encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        """Unit vectors, in the order of the texts, asked for in batches of 64."""
        if not texts:
            return np.empty((0, self._dimension), np.float32)
        parts = [self._batch(list(texts[at : at + BATCH]), query=query) for at in range(0, len(texts), BATCH)]
        return np.concatenate(parts)

    def _batch(self, texts: list[str], *, query: bool) -> Vectors:
        attempts, timeout = (2, self._patience) if query else (4, 30.0)
        problem = "no attempt"
        for attempt in range(attempts):
            if attempt:
                self._pause(attempt)
            try:
                answer = self._client.post(
                    self._address,
                    json={"model": self._model, "input": texts, "encoding_format": "float"},
                    timeout=httpx.Timeout(timeout, connect=min(timeout, 2.0)),
                )
            except httpx.TransportError as error:
                problem = type(error).__name__
                continue
            if answer.status_code == httpx.codes.OK:
                return self._read(answer, len(texts))
            problem = f"status {answer.status_code}"
            if answer.status_code not in RETRYABLE:
                break
        raise EmbeddingUnavailable(f"The embedding endpoint did not answer: {problem}.")

    @staticmethod
    def _pause(attempt: int) -> None:
        time.sleep(random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1))))  # noqa: S311  # jitter, no secret

    def _read(self, answer: httpx.Response, count: int) -> Vectors:
        try:
            rows: list[dict[str, Any]] = sorted(answer.json()["data"], key=lambda row: row["index"])
            vectors = np.asarray([row["embedding"] for row in rows], dtype=np.float32)
        except (ValueError, KeyError, TypeError) as error:
            raise EmbeddingUnavailable("The embedding endpoint's answer cannot be read.") from error
        if vectors.ndim != 2 or len(vectors) != count:
            raise EmbeddingUnavailable(f"The embedding endpoint gave {len(vectors)} vectors for {count} texts.")
        with self._learning:
            self._dimension = self._dimension or vectors.shape[1]
        if vectors.shape[1] != self._dimension:
            raise EmbeddingUnavailable(
                f"The embedding endpoint changed its vectors from {self._dimension} to {vectors.shape[1]} numbers."
            )
        return unit(vectors)
