"""MongoDB: vectors and the answer cache of record."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from pymongo import MongoClient

TIMEOUT_MS = 3_000
CONNECT_TIMEOUT_MS = 2_000


def kind() -> str:
    """Which vector store is in use."""
    return "mongodb" if settings.MONGODB_URL else "embedded"


def client() -> MongoClient[dict[str, Any]]:
    """The client of this process; a forked child gets its own, for the driver does not survive a fork."""
    return _client(os.getpid())


@lru_cache(maxsize=1)
def _client(_process: int) -> MongoClient[dict[str, Any]]:
    from pymongo import MongoClient  # only where it is used: it takes half a second to import

    return MongoClient(
        settings.MONGODB_URL,
        serverSelectionTimeoutMS=CONNECT_TIMEOUT_MS,
        connectTimeoutMS=CONNECT_TIMEOUT_MS,
        timeoutMS=TIMEOUT_MS,
        maxPoolSize=20,
        waitQueueTimeoutMS=1_000,
        w="majority",
        readConcernLevel="majority",
        retryWrites=False,
        tz_aware=True,
    )


def probe() -> None:
    """Ping MongoDB, where it is configured."""
    if settings.MONGODB_URL:
        client().admin.command("ping")
