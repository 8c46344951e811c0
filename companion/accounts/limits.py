"""Rate limits: token buckets, one for each name and key, shared by every room.

Embedded, they live in this process. With Redis configured they live there, so that all processes share them. While it
does not answer, a limit that fails open goes on in this process; one that must stay closed is counted in the database.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from companion.accounts.fields import blind_index
from companion.accounts.models import LimitBucket
from lilo_site.threads import in_thread

if TYPE_CHECKING:
    from redis import Redis

log = logging.getLogger(__name__)
REDIS_TIMEOUT = 0.5
REDIS_REST = 5.0
MOST_LOCAL = 50_000
TAKE = """
local now = redis.call('TIME')
now = now[1] + now[2] / 1000000
local capacity, refill = tonumber(ARGV[1]), tonumber(ARGV[2])
local held = redis.call('HMGET', KEYS[1], 'level', 'at')
local level = tonumber(held[1]) or capacity
level = math.min(capacity, level + math.max(0, now - (tonumber(held[2]) or now)) * refill)
local wait = 0
if level >= 1 then level = level - 1 else wait = (1 - level) / refill end
redis.call('HSET', KEYS[1], 'level', string.format('%.9f', level), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((capacity - level) / refill * 1000) + 1000)
return string.format('%.6f', wait)
"""


def take(name: str, key: str, *, capacity: int, refill_per_s: float, fail_open: bool) -> float | None:
    """Take one token from the bucket of `key`; blocks on Redis for at most a second.

    Args:
        name: the limit, as `sign-in`.
        key: whom it counts, as an address or a user's id; kept as a fingerprint only.
        capacity: tokens of a full bucket, which is how many may come at once.
        refill_per_s: tokens that come back each second.
        fail_open: whether a lost Redis may loosen the limit to one a process.

    Returns:
        None where it is granted, else the seconds until the next token.
    """
    bucket = blind_index(f"limit.{name}", key)
    if not settings.REDIS_URL:
        return _local.take(bucket, capacity, refill_per_s)
    from redis import RedisError  # a tenth of a second of imports: only where Redis is used

    if not _outage.lasts():
        try:
            wait = float(str(_take_script()(keys=[f"lilo:limit:{bucket}"], args=[capacity, refill_per_s])))
        except RedisError:
            log.warning("Redis does not answer; limits are counted here for a while")
            _outage.begin()
        else:
            return wait or None
    return (_local.take if fail_open else _take_in_database)(bucket, capacity, refill_per_s)


async def atake(name: str, key: str, *, capacity: int, refill_per_s: float, fail_open: bool) -> float | None:
    """`take` for the event loop, which never waits on Redis or the database."""
    if not settings.REDIS_URL:
        return take(name, key, capacity=capacity, refill_per_s=refill_per_s, fail_open=fail_open)
    return await in_thread(take, name, key, capacity=capacity, refill_per_s=refill_per_s, fail_open=fail_open)


def forget(name: str, key: str) -> None:
    """Fill the bucket again, as after a right password."""
    bucket = blind_index(f"limit.{name}", key)
    _local.forget(bucket)
    if not settings.REDIS_URL:
        return
    LimitBucket.objects.filter(key=bucket).delete()
    from redis import RedisError

    try:
        _redis().delete(f"lilo:limit:{bucket}")
    except RedisError:
        _outage.begin()  # the bucket in Redis fills by itself


def pour(level: float, elapsed: float, capacity: int, refill_per_s: float) -> tuple[float, float | None]:
    """Refill a bucket for `elapsed` seconds and take one token: the new level, and the wait where there is none."""
    level = min(capacity, level + max(0.0, elapsed) * refill_per_s)
    return (level - 1, None) if level >= 1 else (level, (1 - level) / refill_per_s)


class _LocalBuckets:
    """Buckets of this process; the longest unused give way when there are too many."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, bucket: str, capacity: int, refill_per_s: float) -> float | None:
        now = time.monotonic()
        with self._lock:
            level, filled_at = self._held.pop(bucket, (float(capacity), now))
            level, wait = pour(level, now - filled_at, capacity, refill_per_s)
            self._held[bucket] = (level, now)
            if len(self._held) > MOST_LOCAL:
                self._held.popitem(last=False)
        return wait

    def forget(self, bucket: str) -> None:
        with self._lock:
            self._held.pop(bucket, None)


class _Outage:
    """Leaves a Redis that failed alone for some seconds, so that not every request waits for its time-out."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self) -> None:
        self._until = time.monotonic() + REDIS_REST

    def lasts(self) -> bool:
        """Whether Redis is being left alone now."""
        return time.monotonic() < self._until


_local = _LocalBuckets()
_outage = _Outage()


@lru_cache(maxsize=1)
def _redis() -> Redis:
    limits = {"socket_timeout": REDIS_TIMEOUT, "socket_connect_timeout": REDIS_TIMEOUT, "max_connections": 20}
    from redis import Redis

    return Redis.from_url(settings.REDIS_URL, decode_responses=True, **limits)


@lru_cache(maxsize=1)
def _take_script():  # type: ignore[no-untyped-def]
    return _redis().register_script(TAKE)


def _take_in_database(bucket: str, capacity: int, refill_per_s: float) -> float | None:
    now = timezone.now()
    with transaction.atomic():
        row, _ = LimitBucket.objects.select_for_update().get_or_create(
            key=bucket, defaults={"level": capacity, "filled_at": now}
        )
        row.level, wait = pour(row.level, (now - row.filled_at) / timedelta(seconds=1), capacity, refill_per_s)
        row.filled_at = max(now, row.filled_at)
        row.save(update_fields=["level", "filled_at"])
    return wait
