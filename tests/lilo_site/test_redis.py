"""With REDIS_URL set the same code uses a real Redis: worker, channel layer, cache, readiness."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.servers

ASK_WORKER = """
from lilo_site import celery_app
import time
for _ in range(60):
    answers = celery_app.control.ping(timeout=1)
    if answers:
        print("worker", sorted(answers[0].values())[0]["ok"])
        break
"""
USE_LAYER_AND_CACHE = """
import asyncio, django
django.setup()
from channels.layers import get_channel_layer
from django.core.cache import cache
from lilo_site.stores import probe_all

async def main():
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add("senior.1", channel)
    await layer.group_send("senior.1", {"type": "hint", "n": 7})
    print(type(layer).__name__, (await asyncio.wait_for(layer.receive(channel), 5))["n"])
    print({check.name: (check.kind, check.ok) for check in await probe_all()}["cache"])

asyncio.run(main())
cache.set("a", 1)
print("cache", cache.get("a"))
"""


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis of this test's own."""
    program = shutil.which("redis-server")
    assert program, "install redis-server: deploy/test-tools.sh names what the tests need"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, "--port", str(port), "--save", "", "--dir", str(tmp_path), "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
    )
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(10)


def _run(code: str, url: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "REDIS_URL": url, "DJANGO_SETTINGS_MODULE": "lilo_site.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_channel_layer_cache_and_readiness_use_redis(redis_url: str) -> None:
    said = _run(USE_LAYER_AND_CACHE, redis_url).splitlines()
    assert said == ["RedisPubSubChannelLayer 7", "('redis', True)", "cache 1"]


def test_a_worker_of_its_own_takes_tasks_from_redis(redis_url: str) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "lilo_site", "worker", "--concurrency", "1", "--loglevel", "ERROR"],
        cwd=ROOT,
        env={**os.environ, "REDIS_URL": redis_url, "DJANGO_SETTINGS_MODULE": "lilo_site.settings"},
    )
    try:
        assert _run(ASK_WORKER, redis_url).strip() == "worker pong"
    finally:
        worker.terminate()
        worker.wait(30)
