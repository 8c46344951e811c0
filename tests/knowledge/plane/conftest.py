"""A world of its own for each test of builds: a database file, a folder of indexes, and a model that others run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from knowledge.embedding.embedder import configured_embedder
from knowledge.index.serving import serving

ROOT = Path(__file__).resolve().parents[3]
PREPARED = "import django; django.setup()\n"


class FakeModel:
    """An embedding service, as an OpenAI-compatible endpoint: it counts what it is asked, and waits when told to."""

    dimension = 48

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.hold_after: int | None = None
        """Answer so many texts, then keep everybody waiting."""
        self.is_holding = threading.Event()
        self._let_go = threading.Event()
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
                try:
                    model.answer(self, asked)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def answer(self, request: BaseHTTPRequestHandler, texts: list[str]) -> None:
        """Vectors by the words of each text."""
        if self.hold_after is not None and len(self.asked) + len(texts) > self.hold_after:
            self.is_holding.set()
            self._let_go.wait(60)
        self.asked.extend(texts)
        rows = [{"index": at, "embedding": self.vector(text)} for at, text in enumerate(texts)]
        body = json.dumps({"data": rows}).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def vector(self, text: str) -> list[float]:
        """Similar words, similar vectors."""
        row = [0.01] * self.dimension
        for word in text.lower().split():
            row[zlib.crc32(word.encode()) % self.dimension] += 1
        return row

    def let_go(self) -> None:
        """Answer everybody again."""
        self.hold_after = None
        self.is_holding.clear()
        self._let_go.set()

    def close(self) -> None:
        """Stop."""
        self._let_go.set()
        self._server.shutdown()


@pytest.fixture
def far_model() -> Iterator[FakeModel]:
    """A model that somebody else runs."""
    model = FakeModel()
    yield model
    model.close()


class World:
    """Processes that share a data folder, as an installation's do."""

    def __init__(self, folder: Path, model: FakeModel) -> None:
        self.folder = folder
        self.model = model
        self.processes: list[subprocess.Popen[str]] = []
        self.environment = os.environ | {
            "LILO_DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "lilo_site.settings",
            "EMBEDDING_BACKEND": "remote",
            "EMBEDDING_URL": model.url,
            "EMBEDDING_MODEL": "far",
        }

    def start(self, program: str, **environment: str) -> subprocess.Popen[str]:
        """Run a program of a few lines, Django ready."""
        process = subprocess.Popen(
            [sys.executable, "-c", PREPARED + textwrap.dedent(program)],
            cwd=ROOT,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def run(self, program: str, *, killed: bool = False, **environment: str) -> str:
        """Run it to its end; what it printed."""
        process = self.start(program, **environment)
        out, errors = process.communicate(timeout=120)
        assert process.returncode == (-signal.SIGKILL if killed else 0), errors
        return out

    def wait_until_it_embeds(self, process: subprocess.Popen[str]) -> None:
        """Until the model keeps this process waiting; says why where it died instead."""
        while not self.model.is_holding.wait(0.2):
            assert process.poll() is None, process.communicate()[1]

    def facts(self, expression: str) -> Any:
        """What an expression over the models is worth, in a process of its own."""
        program = f"""
            import json
            from knowledge.models import *
            from knowledge.plane.models import *
            from knowledge.index.shelf import Shelf
            from django.conf import settings
            shelf = Shelf(settings.ARTEFACT_DIR)
            print(json.dumps({" ".join(expression.split())}))
        """
        return json.loads(self.run(program))

    def close(self) -> None:
        """End what is left."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()


PUBLISH = """
    from knowledge.importers.rows import Row
    from knowledge.importers.store import import_entries
    from knowledge.rules import EntryText
    import_entries(
        (Row(n, EntryText(
            key=f"entry-{n}", question=f"What of subject{n} matters?", category="other",
            answer=f"About subject{n} there is one thing{n} to say. Rest{n} well.",
        )) for n in range(%d)),
        publish=True,
    )
"""


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a database in which nothing is."""
    folder = tmp_path_factory.mktemp("migrated") / "data"
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT, env=os.environ | {"LILO_DATA_DIR": str(folder)}, check=True,
    )  # fmt: skip
    return folder


@pytest.fixture
def world(tmp_path: Path, far_model: FakeModel, empty_database: Path) -> Iterator[World]:
    """An installation in which nothing is known yet."""
    made = World(Path(shutil.copytree(empty_database, tmp_path / "data")), far_model)
    yield made
    made.close()


@pytest.fixture
def publish(world: World) -> Callable[[int], None]:
    """Publish so many entries in the world."""

    def run(count: int) -> None:
        world.run(PUBLISH % count)

    return run


@pytest.fixture
def here(far_model: FakeModel, settings: Any, artefact_folder: Path) -> Iterator[Path]:
    """The same in this process: the far model, and a folder of indexes."""
    settings.EMBEDDING_BACKEND, settings.EMBEDDING_URL, settings.EMBEDDING_MODEL = "remote", far_model.url, "far"
    configured_embedder.cache_clear()
    serving.cache_clear()
    yield artefact_folder
    configured_embedder.cache_clear()
    serving.cache_clear()


@pytest.fixture
def told() -> Callable[[int], None]:
    """Publish so many entries in the database of this test."""

    def run(count: int) -> None:
        exec(textwrap.dedent(PUBLISH % count), {})  # noqa: S102  (the same lines as in the other processes)

    return run
