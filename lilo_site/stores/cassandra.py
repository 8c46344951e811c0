"""Cassandra or ScyllaDB: conversation history."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cassandra.cluster import Session

CONNECT_TIMEOUT = 3
REQUEST_TIMEOUT = 3


def kind() -> str:
    """Which history store is in use."""
    return "cassandra" if settings.CASSANDRA_HOSTS else "embedded"


def session() -> Session:
    """The session of this process; one made before a fork would hang in the child, so each process has its own."""
    return _session(os.getpid())


@lru_cache(maxsize=1)
def _session(_process: int) -> Session:
    # The driver takes a tenth of a second to import: only where it is used.
    from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
    from cassandra.policies import ExponentialReconnectionPolicy

    cluster = Cluster(
        settings.CASSANDRA_HOSTS,
        port=settings.CASSANDRA_PORT,
        execution_profiles={EXEC_PROFILE_DEFAULT: ExecutionProfile(request_timeout=REQUEST_TIMEOUT)},
        connect_timeout=CONNECT_TIMEOUT,
        idle_heartbeat_interval=10,
        idle_heartbeat_timeout=5,
        reconnection_policy=ExponentialReconnectionPolicy(0.5, 10),
    )
    return cluster.connect()


def probe() -> None:
    """Read the server's own version, where Cassandra is configured."""
    if settings.CASSANDRA_HOSTS:
        session().execute("SELECT release_version FROM system.local")
