"""Wakes the relay the moment there is something to do. Only a help: a relay that hears nothing looks by itself."""

from __future__ import annotations

import threading

from django.db import connection, transaction

CHANNEL = "lilo_alerts"
#: Rung by every commit of this process; an embedded relay waits on it.
rung = threading.Event()


def ring_on_commit() -> None:
    """Wake the relay when the transaction commits: in this process, and through PostgreSQL in every other."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    transaction.on_commit(rung.set)
