"""The embedded worker runs the same tasks as production."""

from __future__ import annotations

import threading

from lilo_site import embedded
from lilo_site.celery import app

done = threading.Event()


@app.task(name="tests.mark_done")
def mark_done() -> None:
    """Say that it ran, and where."""
    mark_done.thread = threading.current_thread().name  # type: ignore[attr-defined]
    done.set()


def test_task_runs_in_a_thread_of_the_process() -> None:
    with embedded.worker():
        mark_done.delay()
        assert done.wait(10)
    assert mark_done.thread != threading.main_thread().name  # type: ignore[attr-defined]
