"""The four stores. One address each; unset means embedded in the one process."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote

from . import env

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",  # a writer waits for its turn instead of failing half-way
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
}
POSTGRES_POOL = {"min_size": 1, "max_size": 10, "timeout": 2}
POSTGRES_KEEPALIVE = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
POSTGRES_LIMITS = "-c statement_timeout=5000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000"


def database(address: SplitResult | None, data_dir: Path) -> dict[str, Any]:
    """Django's DATABASES entry: PostgreSQL where an address is given, else a SQLite file in the data folder."""
    if address is None:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": data_dir / "lilo.sqlite3", "OPTIONS": SQLITE_OPTIONS}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(address.path.lstrip("/")) or "lilo",
        "USER": unquote(address.username or ""),
        "PASSWORD": unquote(address.password or ""),
        "HOST": address.hostname,
        "PORT": address.port or 5432,
        "CONN_MAX_AGE": 0,  # the pool keeps connections; persistent ones leak under ASGI
        "OPTIONS": {"pool": POSTGRES_POOL, "connect_timeout": 2, "options": POSTGRES_LIMITS, **POSTGRES_KEEPALIVE},
    }


def cache(redis: SplitResult | None) -> dict[str, Any]:
    """Django's CACHES entry: Redis where an address is given, else memory of this process."""
    if redis is None:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}}
    options = {"socket_timeout": 2, "socket_connect_timeout": 1, "health_check_interval": 15}
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis.geturl(), "OPTIONS": options}


def channel_layer(redis: SplitResult | None, key: str) -> dict[str, Any]:
    """Channels' layer: Redis pub/sub for hints between processes, else queues of this process."""
    if redis is None:
        return {"BACKEND": "lilo_site.channel_layer.LocalChannelLayer"}
    # redis-py 8 gives every connection a 5 s read timeout, which drops idle sockets: a subscriber must wait for ever.
    hosts = [{"address": redis.geturl(), "socket_timeout": None, "socket_connect_timeout": 1}]
    config = {"hosts": hosts, "symmetric_encryption_keys": [key], "prefix": "lilo"}
    return {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": config}


DATABASE_ADDRESS = env.address("DATABASE_URL", {"postgresql", "postgres"})
MONGODB_ADDRESS = env.address("MONGODB_URL", {"mongodb", "mongodb+srv"})
REDIS_ADDRESS = env.address("REDIS_URL", {"redis", "rediss", "unix"})
CASSANDRA_HOSTS = env.names("CASSANDRA_HOSTS")
CASSANDRA_PORT = env.number("CASSANDRA_PORT", 9042, least=1, most=65535)
CASSANDRA_KEYSPACE = env.text("CASSANDRA_KEYSPACE", "lilo")
