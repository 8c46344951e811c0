"""A language model's endpoint as a real little HTTP server that speaks the protocol and answers what a test wants."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass
class ModelServer:
    """`content` is what the model writes; `mode` is `ok`, `hang`, `raw` (the content alone, no JSON), or a status."""

    content: str = '{"level": "N", "category": "none"}'
    mode: str = "ok"
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.let_go = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Its address, as it is configured."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append({"path": self.path, **body})
            server.headers.append(dict(self.headers.items()))
            if server.mode == "hang":
                server.let_go.wait(20)
                return
            status = int(server.mode) if server.mode.isdigit() else 200
            message = {"role": "assistant", "content": server.content}
            answer = json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
            payload = (server.content if server.mode == "raw" else answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    return Handler
