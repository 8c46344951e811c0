"""A worker that is killed, at whatever step, loses nothing and doubles nothing, and the old index answers meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.knowledge.plane.conftest import ROOT, FakeModel, World

BUILD = "from knowledge.plane.pipeline import build_if_due; build_if_due()"
#: What must hold after everything: one index serves, each text has one vector, each part one row, and nothing is left.
STATE = """{
    "builds": list(Build.objects.order_by("pk").values_list("state", "attempts")),
    "serves": shelf.current() == Artefact.objects.get(state="published").version,
    "indexes": len(shelf.versions()) - Artefact.objects.count(),
    "entries": Artefact.objects.get(state="published").entry_count,
    "vectors": Embedding.objects.count(),
    "texts": KnowledgeVector.objects.values("text_hash").distinct().count(),
    "parts": KnowledgeVector.objects.count(),
    "left over": [path.name for path in shelf.folder.glob(".building-*")],
}"""


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.05)


def test_killed_while_it_embeds(world: World, far_model: FakeModel, publish: Callable[[int], None]) -> None:
    publish(300)
    far_model.hold_after = 600
    doomed = world.start(BUILD)
    world.wait_until_it_embeds(doomed)
    doomed.send_signal(signal.SIGKILL)
    doomed.wait()
    embedded = set(far_model.asked[:512])
    assert world.facts("[list(Build.objects.values_list('state', 'step')), Embedding.objects.count()]") == [
        [["running", "embed"]], 512,
    ]  # fmt: skip
    far_model.let_go()
    world.run(BUILD)
    state = world.facts(STATE)
    assert state == {
        "builds": [["published", 2]], "serves": True, "indexes": 0, "entries": 300,
        "vectors": 1_200, "texts": 1_200, "parts": 1_200, "left over": [],
    }  # fmt: skip
    # The gate asks the questions once more.
    asked = Counter(text for text in far_model.asked if text.startswith(("About", "Rest")))
    twice = [text for text in embedded if asked[text] > 1]
    assert twice == [], "what was kept was embedded again"
    assert len(embedded & asked.keys()) > 200


#: Moments of a build at which a worker is killed: what it was about to do, or had just done.
MOMENTS = [
    ("knowledge.index.writer.ArtefactWriter.write_entries", "after"),
    ("knowledge.plane.pipeline.construct", "after"),
    ("knowledge.plane.gate.judge", "after"),
    ("knowledge.index.shelf.Shelf.publish", "before"),
    ("knowledge.index.shelf.Shelf.publish", "after"),
    ("knowledge.plane.actions.record", "after"),
    ("knowledge.plane.pipeline.settle", "before"),
    ("knowledge.plane.pipeline.settle", "after"),
]
KILL = """
    import json, os, signal
    from django.db import connections
    from django.utils.module_loading import import_string
    from knowledge.models import *
    from knowledge.index.shelf import Shelf
    from knowledge.plane.pipeline import build_if_due
    from knowledge.public import entry_page
    from django.conf import settings

    def die_at(name, when):
        module, _, attribute = name.rpartition(".")
        owner = import_string(module) if module.endswith(("Shelf", "Writer")) else __import__(module, fromlist=["x"])
        real = getattr(owner, attribute)
        def dying(*positional, **named):
            if when == "after":
                real(*positional, **named)
            os.kill(os.getpid(), signal.SIGKILL)
        setattr(owner, attribute, dying)

    shelf = Shelf(settings.ARTEFACT_DIR)
    build_if_due()
    for number, (name, when) in enumerate(%s):
        Entry.objects.filter(key=f"entry-{number}").update(answer=f"Something new{number}.", index_changed_at=now())
        connections.close_all()
        child = os.fork()
        if not child:
            die_at(name, when)
            build_if_due()
            os._exit(1)
        killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        running = list(Build.objects.filter(state="running").values_list("attempts", flat=True))
        answers = entry_page(f"entry-{number}") is not None
        build_if_due()
        state = %s
        print(json.dumps([f"{when} {name}", killed, running, answers, state]))
"""


def test_killed_at_any_other_step(world: World, publish: Callable[[int], None]) -> None:
    publish(20)
    now = "\n    from django.utils.timezone import now"
    out = world.run(now + KILL % (MOMENTS, " ".join(STATE.split())))
    lines = [json.loads(line) for line in out.splitlines()]
    assert len(lines) == len(MOMENTS)
    for number, (moment, killed, running, answers, state) in enumerate(lines, start=1):
        assert (killed, running, answers) == (True, [1], True), moment
        assert state["builds"][1:] == [["published", 2]] * number, moment
        # An entry whose answer is one sentence has a text less.
        assert (state["parts"], state["vectors"], state["texts"]) == (80 - number,) * 3, moment
        assert (state["serves"], state["entries"], state["left over"]) == (True, 20, []), moment
    kept = lines[-1][-1]["indexes"]
    assert kept <= 0, "an index lies on the shelf that nobody knows of"


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A broker of this test's own."""
    program = shutil.which("redis-server")
    assert program, "install redis-server: deploy/test-tools.sh names what the tests need"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, "--port", str(port), "--save", "", "--dir", str(tmp_path), "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
    )
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(10)


@pytest.mark.servers
def test_killed_celery_worker_is_replaced(
    world: World, far_model: FakeModel, publish: Callable[[int], None], redis_url: str
) -> None:
    world.environment["REDIS_URL"] = redis_url
    publish(150)

    def start_worker() -> subprocess.Popen[Any]:
        return subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "lilo_site", "worker", "--concurrency", "1", "--loglevel", "ERROR"],
            cwd=ROOT, env=world.environment, start_new_session=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    ask = "from lilo_site.celery import app; app.send_task('knowledge.tasks.rebuild_index')"
    far_model.hold_after = 512
    worker = start_worker()
    try:
        world.run(ask)
        assert far_model.is_holding.wait(60)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        far_model.let_go()
        worker = start_worker()
        world.run(ask)  # as the clock does
        wait_for(lambda: world.facts("list(Build.objects.values_list('state', 'attempts'))") == [["published", 2]])
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert world.facts("[Embedding.objects.count(), Artefact.objects.count()]") == [600, 1]


def test_two_workers_never_build_at_once(world: World, far_model: FakeModel, publish: Callable[[int], None]) -> None:
    publish(20)
    far_model.hold_after = 0
    first = world.start(BUILD)
    world.wait_until_it_embeds(first)
    world.run(BUILD)  # finds it busy, and leaves at once
    far_model.let_go()
    assert first.wait(60) == 0
    assert world.facts("list(Build.objects.values_list('state', 'attempts'))") == [["published", 1]]


def test_burst_of_publishes_makes_one_or_two_builds(world: World) -> None:
    out = world.run(
        """
        import time
        from lilo_site import embedded
        from knowledge import actions
        from knowledge.importers.rows import Row
        from knowledge.importers.store import import_entries
        from knowledge.models import Build, Entry
        from knowledge.rules import EntryText
        from knowledge.selectors import index_is_stale
        from django.utils import timezone

        actions.REBUILD_DELAY_S = 0.3
        rows = (Row(n, EntryText(f"entry-{n}", f"What of subject{n}?", f"Rest{n}.", "other")) for n in range(50))
        import_entries(rows, publish=False)
        with embedded.worker():
            time.sleep(0.5)
            for entry in Entry.objects.all():
                entry.status, entry.index_changed_at = "published", timezone.now()
                entry.save()
                actions.request_rebuild()
            until = time.monotonic() + 60
            while time.monotonic() < until and (index_is_stale() or Build.objects.filter(state="running")):
                time.sleep(0.1)
            time.sleep(1)
        print(Build.objects.count(), Build.objects.first().entry_count)
        """
    )
    builds, entries = map(int, out.split())
    assert builds in {1, 2}
    assert entries == 50
