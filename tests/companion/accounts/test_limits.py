"""Rate limits: in this process, in Redis, and while Redis is away."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings
from redis import Redis, RedisError

from companion.accounts import limits
from companion.accounts.models import LimitBucket

SLOW: Any = {"capacity": 3, "refill_per_s": 0.001}


def test_a_bucket_gives_its_capacity_and_then_says_how_long() -> None:
    waits = [limits.take("try", "a", **SLOW, fail_open=True) for _ in range(4)]
    assert waits[:3] == [None] * 3
    assert waits[3] == pytest.approx(1000, abs=1)
    assert limits.take("try", "b", **SLOW, fail_open=True) is None
    assert limits.take("other", "a", **SLOW, fail_open=True) is None


def test_a_bucket_fills_again_with_time_and_by_forgetting() -> None:
    assert limits.take("try", "a", capacity=1, refill_per_s=20, fail_open=True) is None
    assert limits.take("try", "a", capacity=1, refill_per_s=20, fail_open=True)
    time.sleep(0.06)
    assert limits.take("try", "a", capacity=1, refill_per_s=20, fail_open=True) is None
    limits.forget("try", "a")
    assert limits.take("try", "a", capacity=1, refill_per_s=20, fail_open=True) is None


def test_threads_never_get_more_than_there_is() -> None:
    with ThreadPoolExecutor(16) as pool:
        waits = list(
            pool.map(lambda _: limits.take("try", "a", capacity=50, refill_per_s=0.001, fail_open=True), range(400))
        )
    assert waits.count(None) == 50


def test_unused_buckets_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_LOCAL", 10)
    for n in range(100):
        limits.take("try", str(n), **SLOW, fail_open=True)
    assert len(limits._local._held) == 10


@given(
    capacity=st.integers(1, 50),
    refill=st.floats(0.001, 100),
    pauses=st.lists(st.floats(0, 1000), min_size=1, max_size=60),
)
def test_nobody_gets_more_than_capacity_and_refill(capacity: int, refill: float, pauses: list[float]) -> None:
    level, granted = float(capacity), 0
    for pause in pauses:
        before = level
        level, wait = limits.pour(level, pause, capacity, refill)
        assert 0 <= level <= capacity
        assert (wait is None) == (min(capacity, before + pause * refill) >= 1)
        if wait is not None:
            assert limits.pour(level, wait * 1.000001 + 1e-6, capacity, refill)[1] is None, "waiting was not enough"
        granted += wait is None
    assert granted <= capacity + sum(pauses) * refill + 1e-6


async def test_the_event_loop_has_a_way_of_its_own() -> None:
    waits = [await limits.atake("try", "a", **SLOW, fail_open=True) for _ in range(4)]
    assert [wait is None for wait in waits] == [True, True, True, False]


@pytest.fixture
def redis_server(tmp_path: Path, settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [program, "--port", str(port), "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL) as server:
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        limits._redis.cache_clear()
        limits._take_script.cache_clear()
        wait_until_up(settings.REDIS_URL)
        try:
            yield server
        finally:
            server.send_signal(signal.SIGCONT)
            server.kill()
            limits._redis.cache_clear()
            limits._take_script.cache_clear()


def wait_until_up(url: str) -> None:
    for _ in range(100):
        try:
            Redis.from_url(url).ping()
        except RedisError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("redis-server did not start")


@pytest.mark.servers
@pytest.mark.usefixtures("redis_server")
def test_redis_keeps_one_bucket_for_all_threads(settings: Settings) -> None:
    with ThreadPoolExecutor(16) as pool:
        waits = list(
            pool.map(lambda _: limits.take("try", "a", capacity=50, refill_per_s=0.01, fail_open=False), range(400))
        )
    assert waits.count(None) == 50
    assert max(wait for wait in waits if wait) == pytest.approx(100, abs=2)
    keys = list(Redis.from_url(settings.REDIS_URL, decode_responses=True).scan_iter("lilo:limit:*"))
    assert len(keys) == 1
    assert not limits._local._held, "counted in Redis alone"


@pytest.mark.servers
@pytest.mark.usefixtures("redis_server")
async def test_redis_buckets_fill_again_and_leave_nothing_behind(settings: Settings) -> None:
    assert await limits.atake("try", "a", capacity=1, refill_per_s=10, fail_open=True) is None
    assert await limits.atake("try", "a", capacity=1, refill_per_s=10, fail_open=True) == pytest.approx(0.1, abs=0.05)
    await asyncio.sleep(0.15)
    assert await limits.atake("try", "a", capacity=1, refill_per_s=10, fail_open=True) is None
    assert (
        0 < Redis.from_url(settings.REDIS_URL).pttl(next(Redis.from_url(settings.REDIS_URL).scan_iter("lilo:*"))) < 1200
    )


@pytest.mark.servers
@pytest.mark.django_db
@pytest.mark.parametrize("fault", [signal.SIGSTOP, signal.SIGKILL])
@pytest.mark.parametrize("fail_open", [True, False])
def test_without_redis_limits_go_on_here_or_in_the_database(
    redis_server: subprocess.Popen[bytes], fault: signal.Signals, fail_open: bool
) -> None:
    limits.take("try", "a", **SLOW, fail_open=fail_open)
    redis_server.send_signal(fault)
    started = time.monotonic()
    waits = [limits.take("try", "a", **SLOW, fail_open=fail_open) for _ in range(5)]
    assert time.monotonic() - started < 2, "a lost Redis may cost a second, once"
    assert [wait is None for wait in waits] == [True, True, True, False, False]
    assert LimitBucket.objects.count() == (0 if fail_open else 1)
    limits.forget("try", "a")
    assert limits.take("try", "a", **SLOW, fail_open=fail_open) is None


@pytest.mark.servers
@pytest.mark.django_db
def test_redis_is_asked_again_after_a_rest(
    redis_server: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REDIS_REST", 0.2)
    redis_server.send_signal(signal.SIGSTOP)
    limits.take("try", "a", **SLOW, fail_open=True)
    redis_server.send_signal(signal.SIGCONT)
    time.sleep(0.3)
    assert limits.take("try", "b", **SLOW, fail_open=True) is None
    assert len(limits._local._held) == 1, "the second was counted in Redis"
