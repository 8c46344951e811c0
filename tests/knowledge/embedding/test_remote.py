"""The remote backend against a small server that speaks the protocol, and misbehaves on demand."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from knowledge.embedding import embedder as embedders
from knowledge.embedding.embedder import Embedder
from knowledge.embedding.port import EmbeddingUnavailable
from knowledge.embedding.remote import RemoteBackend


class Endpoint(ThreadingHTTPServer):
    """Answers as the list `moods` says, one a request, then well."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.moods: list[str] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Answer(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:  # the library's name
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(asked)
        self.server.keys.append(self.headers["Authorization"])
        mood = self.server.moods.pop(0) if self.server.moods else "well"
        if mood == "hang":
            time.sleep(1)
        if mood.isdigit():
            self._send(int(mood), b"{}")
        elif mood == "garbage":
            self._send(200, b"<html>")
        else:
            self._send(200, json.dumps({"data": self._vectors(asked["input"], mood)}).encode())

    def _vectors(self, texts: list[str], mood: str) -> list[dict[str, Any]]:
        size = 5 if mood == "other dimension" else 4
        rows = [
            {"index": n, "embedding": [0.0] * size if mood == "zero" else [len(text), 3.0, *[0.0] * (size - 2)]}
            for n, text in enumerate(texts)
        ]
        return rows[1:] if mood == "too few" else rows[::-1]

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Keep quiet."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A running endpoint."""
    with Endpoint() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def backend(endpoint: Endpoint) -> RemoteBackend:
    """A backend that talks to it."""
    return RemoteBackend(endpoint.url, model="bge-m3", api_key="secret", patience=0.3)


def test_vectors_in_order_in_batches_with_the_key(backend: RemoteBackend, endpoint: Endpoint) -> None:
    texts = ["x" * (1 + number) for number in range(130)]
    vectors = backend.encode(texts, query=False)
    assert vectors.shape == (130, 4)
    assert np.allclose(vectors[:, 0] / vectors[:, 1] * 3, [len(text) for text in texts], rtol=1e-4)
    assert [len(request["input"]) for request in endpoint.requests] == [64, 64, 2]
    assert {request["model"] for request in endpoint.requests} == {"bge-m3"}
    assert set(endpoint.keys) == {"Bearer secret"}


def test_dimension_is_asked_for_once(backend: RemoteBackend, endpoint: Endpoint) -> None:
    assert (backend.dimension, backend.dimension, len(endpoint.requests)) == (4, 4, 1)


@pytest.mark.parametrize("moods", [["500", "503"], ["429"]])
def test_trouble_that_passes_is_not_noticed(backend: RemoteBackend, endpoint: Endpoint, moods: list[str]) -> None:
    endpoint.moods = list(moods)
    assert backend.encode(["hello"], query=False).shape == (1, 4)
    assert len(endpoint.requests) == len(moods) + 1


@pytest.mark.parametrize(
    ("moods", "requests", "reason"),
    [
        (["500"] * 9, 4, "status 500"),
        (["401"], 1, "status 401"),
        (["garbage"], 1, "cannot be read"),
        (["too few"], 1, "0 vectors for 1"),
        (["zero"], 1, "zero or not a number"),
    ],
)
def test_trouble_that_stays_is_our_error(
    backend: RemoteBackend, endpoint: Endpoint, moods: list[str], requests: int, reason: str
) -> None:
    endpoint.moods = moods
    with pytest.raises(EmbeddingUnavailable, match=reason) as caught:
        backend.encode(["my secret worry"], query=False)
    assert len(endpoint.requests) == requests
    assert "worry" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_changed_dimension_is_refused(backend: RemoteBackend, endpoint: Endpoint) -> None:
    backend.encode(["one"], query=False)
    endpoint.moods = ["other dimension"]
    with pytest.raises(EmbeddingUnavailable, match="from 4 to 5"):
        backend.encode(["two"], query=False)


async def test_question_does_not_wait_for_an_endpoint_that_hangs(backend: RemoteBackend, endpoint: Endpoint) -> None:
    endpoint.moods = ["hang", "hang"]
    began = time.perf_counter()
    with pytest.raises(EmbeddingUnavailable, match="ReadTimeout"):
        await Embedder(backend).embed_query("anybody there?")
    assert time.perf_counter() - began < 1.5


def test_nobody_at_home() -> None:
    with pytest.raises(EmbeddingUnavailable, match="ConnectError"):
        RemoteBackend("http://127.0.0.1:9/v1", model="m").encode(["x"], query=True)


def test_settings_choose_it(endpoint: Endpoint, settings: Any) -> None:
    settings.EMBEDDING_BACKEND, settings.EMBEDDING_URL, settings.EMBEDDING_MODEL = "remote", endpoint.url, "bge-m3"
    embedders.configured_embedder.cache_clear()
    try:
        chosen = embedders.configured_embedder()
        assert (chosen.name, chosen.embed_texts(["x"]).shape) == ("bge-m3", (1, 4))
    finally:
        embedders.configured_embedder.cache_clear()
