"""Several ticks at once over a real PostgreSQL: nobody is reminded twice, and nothing is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.companion.safety.world import World
from tests.postgresql import BINARIES, running

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(BINARIES is None, reason="PostgreSQL's programs are not installed"),
]
SCRIPT = """
import datetime
from django.db import connection
from tests.companion.care.medicines import crowd
from companion.care.medicines import ticks
from companion.care.medicines.models import Notice, Occurrence
from companion.safety import clock
real, ahead = clock.now, datetime.timedelta(0)
clock.now = lambda: real() + ahead
ticks.BATCH = 7
crowd.make_crowd(20, medicines=3)
faults = []
def look():
    try:
        for _ in range(3):
            ticks.tick()
    except BaseException as fault:
        faults.append(repr(fault))
    finally:
        connection.close()
def look_at_once():
    threads = [threading.Thread(target=look) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
look_at_once()
first = Occurrence.objects.order_by("due_at").first().due_at
laid = Occurrence.objects.filter(due_at=first).count()
ahead = first - real() + datetime.timedelta(minutes=1)
look_at_once()
ahead += datetime.timedelta(minutes=61)
look_at_once()
say({
    "faults": faults,
    "laid": laid,
    "reminded": Occurrence.objects.filter(reminded_at__isnull=False).count(),
    "page": Notice.objects.filter(kind="reminder", channel="page").count(),
    "told": Notice.objects.filter(kind="unseen").count(),
    "letters": Delivery.objects.filter(message="calm").count(),
})
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An installation on a server of its own."""
    with running() as server:
        installation = World(tmp_path / "lilo", DATABASE_URL=server.url)
        yield installation
        installation.end()


def test_ticks_at_once_say_everything_once(world: World) -> None:
    world.migrate()
    assert world.run(SCRIPT) == {
        "faults": [], "laid": 60, "reminded": 60, "page": 60, "told": 60, "letters": 120,
    }  # fmt: skip
