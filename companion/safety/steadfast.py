"""The database as an alert needs it: on the disk when it says so, and never waited for long."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

#: Seconds that a person waits for the database before the alert goes to the spool.
PATIENCE = 2.5


@contextmanager
def steadfast() -> Iterator[None]:
    """Within, a commit survives a power cut, and a database that is locked or frozen fails after `PATIENCE` and never
    hangs.
    """
    if connection.vendor == "postgresql":
        with hung_up_after(PATIENCE):
            yield
    elif connection.in_atomic_block:  # SQLite changes neither setting inside a transaction
        yield
    else:
        with _sqlite_settings():
            yield


@contextmanager
def _sqlite_settings() -> Iterator[None]:
    usual_wait = settings.DATABASES["default"]["OPTIONS"]["timeout"]
    _set_sqlite("FULL", PATIENCE)
    try:
        yield
    finally:
        _set_sqlite("NORMAL", usual_wait)


def _set_sqlite(synchronous: str, wait_s: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute(f"PRAGMA busy_timeout={round(1000 * wait_s)}")


@contextmanager
def hung_up_after(seconds: float) -> Iterator[None]:
    """A frozen server keeps its end of the line open and says nothing.

    Only cutting the line ends such a wait: what waits on it then gets an error. Does nothing with SQLite.
    """
    wrapper = connections["default"]
    if wrapper.vendor != "postgresql":
        yield
        return
    timer = threading.Timer(seconds, _hang_up, [wrapper])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(wrapper: BaseDatabaseWrapper) -> None:
    raw = wrapper.connection
    if raw is not None and not raw.closed:
        with socket.socket(fileno=os.dup(raw.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
