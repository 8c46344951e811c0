"""The cast of the circle's tests, and a far side that records what arrives."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from companion.safety import bell, spool
from companion.safety.relay import run as run_relay
from tests.companion.circle.conftest import daughter, senior, son, stranger, visitor
from tests.companion.safety.far_side import FarSide
from tests.companion.safety.world import World

__all__ = ["daughter", "far_side", "senior", "son", "stranger", "visitor"]


@pytest.fixture
def far_side() -> Iterator[FarSide]:
    """A real HTTP server in place of a service that takes messages."""
    with FarSide() as server:
        yield server


@pytest.fixture
def hurried(settings: Any) -> None:
    """The ladder runs twenty times as fast, and no probe is among what the test counts."""
    settings.ALERT_TIME_DIVISOR = 20
    settings.ALERT_PROBE_SECONDS = 0


@pytest.fixture
def relay(transactional_db: None, hurried: None) -> Iterator[threading.Thread]:
    """A relay in a thread, as the embedded server has it."""
    stop = threading.Event()
    thread = threading.Thread(target=run_relay, args=(stop,))
    thread.start()
    yield thread
    stop.set()
    bell.rung.set()
    thread.join(20)
    shutil.rmtree(spool.folder(), ignore_errors=True)


@pytest.fixture
def world(transactional_db: None, hurried: None) -> Iterator[World]:
    """Further processes over this test's own database file."""
    installation = World(Path(os.environ["LILO_DATA_DIR"]), divisor=20)
    yield installation
    installation.end()
    shutil.rmtree(spool.folder(), ignore_errors=True)
