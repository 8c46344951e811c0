"""The same promises with a real PostgreSQL that is stopped, frozen and started again."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest

from tests.companion.safety.far_side import FarSide
from tests.companion.safety.world import World, eventually
from tests.postgresql import BINARIES, Postgres, running

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(BINARIES is None, reason="PostgreSQL's programs are not installed"),
]
HOUSE = "make_households([('primary', {address!r})], count={count})"
STANDING = """
say({
    "alerts": Alert.objects.count(),
    "states": sorted(set(Alert.objects.values_list("state", flat=True))),
    "sent": sorted(str(key) for key in Delivery.objects.filter(state="sent").values_list("pk", flat=True)),
    "spooled": len(spool.waiting()),
})
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def migrated(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Processes over that server, with its tables made."""
    installation = World(tmp_path_factory.mktemp("installation"), divisor=20, DATABASE_URL=postgres.url)
    installation.migrate()
    yield installation
    installation.end()


@pytest.fixture
def installation(migrated: World) -> World:
    """The same, empty."""
    migrated.run("User.everyone.all().delete(); address_book.save()")
    return migrated


def test_two_relays_hear_the_bell_and_send_each_message_once(installation: World, far_side: FarSide) -> None:
    installation.run(HOUSE.format(address=far_side.address, count=40))
    relays = [installation.start_relay(), installation.start_relay()]
    eventually(lambda: installation.run("say(selectors.alerts_health().ok)"), within=40)
    time.sleep(1)
    installation.run("for n in range(40): fall(f'senior{n}')")
    eventually(lambda: installation.run(STANDING)["states"] == ["notified"], within=30)
    for relay in relays:
        relay.terminate()
    assert [relay.wait(30) for relay in relays] == [0, 0]
    standing = installation.run(STANDING)
    assert standing["alerts"] == 40
    assert set(standing["sent"]) == set(far_side.keys)
    assert max(far_side.keys.values()) == 1


@pytest.mark.parametrize("fault", ["stopped", "frozen"])
def test_alert_raised_while_the_database_is_down(
    installation: World, postgres: Postgres, far_side: FarSide, fault: str
) -> None:
    installation.run(HOUSE.format(address=far_side.address, count=1))
    relay = installation.start_relay()
    eventually(lambda: installation.run("say(selectors.alerts_health().ok)"), within=40)
    senior = installation.run("say(User.objects.get(username='senior0').pk)")
    (postgres.stop if fault == "stopped" else lambda: postgres.freeze(signal.SIGSTOP))()
    try:
        started = time.monotonic()
        raised = installation.run(
            f"import uuid; r = fall(senior_id=uuid.UUID('{senior}')); say([r.alert_id, r.spooled, r.circle_told])"
        )
        assert time.monotonic() - started < 8, "the person waited too long"
        assert raised[1:] == [True, True]
        far_side.wait_for(1)
    finally:
        (postgres.start if fault == "stopped" else lambda: postgres.freeze(signal.SIGCONT))()
    installation.run("from django.db import connection; connection.close(); connection.close_pool()")
    eventually(lambda: installation.run(STANDING)["spooled"] == 0, within=30)
    relay.terminate()
    assert relay.wait(40) == 0
    standing = installation.run(STANDING)
    assert (standing["alerts"], standing["states"]) == (1, ["notified"])
    assert set(standing["sent"]) == set(far_side.keys)
    assert max(far_side.keys.values()) == 1, "a message went out twice under one key"
    assert installation.run("say(Alert.objects.get().pk)") == raised[0]


def test_row_that_points_at_the_senior_holds_up_no_alert(installation: World, far_side: FarSide) -> None:
    installation.run(HOUSE.format(address=far_side.address, count=1))
    installation.run(
        """
        from django.db import transaction
        def hold():
            with transaction.atomic():
                senior = User.objects.get(username="senior0")
                Alert.objects.create(senior=senior, level="E", category="other", source="chat", raised_at=now)
                written.set()
                may_end.wait(10)
        from django.utils import timezone
        now = timezone.now()
        written, may_end = threading.Event(), threading.Event()
        other = threading.Thread(target=hold)
        other.start()
        written.wait(10)
        """
    )
    spooled = installation.run("raised = fall(); may_end.set(); other.join(); say(raised.spooled)")
    assert spooled is False, "the alert waited for somebody else's row"


def test_relay_killed_after_sending_goes_on_under_the_same_key(installation: World, far_side: FarSide) -> None:
    installation.run(HOUSE.format(address=far_side.address, count=1))
    doomed = installation.start_relay(LILO_CRASH_AT="sent")
    installation.run("fall()")
    assert doomed.wait(40) == -signal.SIGKILL
    installation.start_relay()
    eventually(lambda: installation.run(STANDING)["states"] == ["notified"], within=40)
    standing = installation.run(STANDING)
    assert set(standing["sent"]) <= set(far_side.keys)
    first = far_side.received[0].key
    far_side.wait_until(lambda: far_side.keys[first] == 2)
    eventually(lambda: first in installation.run(STANDING)["sent"])
