"""A service that takes messages, as a real little HTTP server: it records, and it fails the ways services fail."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

MORE_HEADERS = {307: {"Location": "/elsewhere"}, 429: {"Retry-After": "7"}}


@dataclass(frozen=True, slots=True)
class Received:
    """One request that was taken."""

    key: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def json(self) -> dict[str, Any]:
        """The body, read."""
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed


@dataclass
class FarSide:
    """`mode` is `ok`, a status as `500`, `hang`, `error_body`, or `cut` (takes the message, then hangs up without an
    answer).
    """

    mode: str = "ok"
    delay: float = 0.0
    received: list[Received] = field(default_factory=list)
    begun: int = 0
    refused: int = 0
    tried: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        self._let_go = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.request_queue_size = 256
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._let_go.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        """Its Apprise address."""
        return f"json://127.0.0.1:{self.port}/"

    @property
    def keys(self) -> Counter[str]:
        """How often each key arrived and was taken."""
        return Counter(message.key for message in self.received)

    def wait_for(self, count: int, *, within: float = 15.0) -> list[Received]:
        """Wait until that many messages with different keys are there."""
        return self.wait_until(lambda: len(self.keys) >= count, within=within)

    def wait_until(self, condition: Any, *, within: float = 15.0) -> list[Received]:
        """Wait until a condition holds; then what was received."""
        ends = time.monotonic() + within
        while not condition():
            if time.monotonic() > ends:
                raise AssertionError(f"after {within} s only {len(self.keys)} messages have arrived")
            time.sleep(0.02)
        return self.received


def _handler(far_side: FarSide) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            far_side.begun += 1
            far_side.tried.add(self.headers.get("Idempotency-Key", ""))
            time.sleep(far_side.delay)
            if far_side.mode in ("hang", "error_body") or far_side.mode.isdigit():
                far_side.refused += 1
                self._refuse()
                return
            key = self.headers.get("Idempotency-Key", "")
            far_side.received.append(Received(key, dict(self.headers), body, time.monotonic()))
            if far_side.mode == "cut":
                self.close_connection = True
                return
            self._answer(200, b'{"accepted": true}')

        def _refuse(self) -> None:
            if far_side.mode == "hang":
                far_side._let_go.wait(30)
            elif far_side.mode == "error_body":
                self._answer(200, b'{"accepted": false, "error": "no credit"}')
            else:
                self._answer(int(far_side.mode), b"{}")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            for name, value in MORE_HEADERS.get(status, {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
