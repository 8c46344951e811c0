"""Redis: cache, limits, presence. Celery and Channels open their own connections from the same address."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from redis import Redis

CONNECT_TIMEOUT = 1
READ_TIMEOUT = 2


def kind() -> str:
    """Which cache is in use."""
    return "redis" if settings.REDIS_URL else "embedded"


@lru_cache(maxsize=1)
def client() -> Redis:
    """The one client of this process; safe in every thread. Only where `REDIS_URL` is set."""
    from redis import Redis  # half a second of imports: only where it is used

    limits = {"socket_timeout": READ_TIMEOUT, "socket_connect_timeout": CONNECT_TIMEOUT, "max_connections": 50}
    return Redis.from_url(settings.REDIS_URL, health_check_interval=15, decode_responses=True, **limits)


def probe() -> None:
    """Ping Redis, where it is configured."""
    if settings.REDIS_URL:
        client().ping()
