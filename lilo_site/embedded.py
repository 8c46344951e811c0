"""Embedded mode: the Celery worker, its clock and the alert relay as threads of the serving process.

The same tasks run as in production, over a broker in memory. Nothing that must not be lost is handed to it: what has to
survive a restart is a row in the database.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import beat
from celery.worker import WorkController
from django.conf import settings

from lilo_site.celery import app
from lilo_site.settings.base import DATA_DIR

log = logging.getLogger(__name__)
WORKER_THREADS = 2
STOP_WAIT = 5.0


@contextmanager
def worker() -> Iterator[None]:
    """Run a worker and beat while the block runs; with Redis configured they are processes of their own: do nothing."""
    if not settings.CELERY_BROKER_URL.startswith("memory://"):
        yield
        return
    controller: Any = WorkController(
        app=app,
        pool_cls="threads",
        concurrency=WORKER_THREADS,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        loglevel="WARNING",
    )
    clock: Any = beat.EmbeddedService(app, thread=True, schedule_filename=str(DATA_DIR / "beat"))
    runner = threading.Thread(target=controller.start, name="celery-worker", daemon=True)
    runner.start()
    clock.start()
    log.info("the embedded worker runs")
    try:
        yield
    finally:
        clock.stop()
        controller.stop()
        runner.join(STOP_WAIT)


@contextmanager
def relay() -> Iterator[None]:
    """Send alerts from a thread while the block runs. Several relays may run at once: this one is never in the way."""
    from companion.safety.relay import run

    stop = threading.Event()
    runner = threading.Thread(target=run, args=(stop,), name="alert-relay", daemon=True)
    runner.start()
    try:
        yield
    finally:
        stop.set()
        runner.join(STOP_WAIT)
