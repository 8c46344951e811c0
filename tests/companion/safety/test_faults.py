"""Processes killed at the worst moment, one frozen past its lease, the database locked: no alert is lost, none is told
twice.

A repeat after a kill between sending and marking cannot be avoided; it must carry the same key, by which the far side
knows it.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from companion.accounts.models import User
from companion.safety import actions, address_book, outage, spool
from companion.safety.models import Alert, AlertEvent, Delivery, Heartbeat
from tests.companion.safety.far_side import FarSide
from tests.companion.safety.world import World, eventually, fall, make_households


def keys_stored() -> set[str]:
    return {str(key) for key in Delivery.objects.filter(message="alert").values_list("pk", flat=True)}


@pytest.mark.parametrize(("moment", "most"), [("claimed", 1), ("sent", 2)])
def test_relay_killed_between_claim_and_mark(world: World, far_side: FarSide, moment: str, most: int) -> None:
    make_households([("primary", far_side.address)], count=3)
    doomed = world.start_relay(LILO_CRASH_AT=moment)
    for number in range(3):
        fall(f"senior{number}")
    assert doomed.wait(30) == -signal.SIGKILL
    assert not Delivery.objects.filter(state="sent").exists()
    first_calls = keys_stored()
    assert len(first_calls) >= 3  # on a slow machine the hurried ladder is at its second rung already
    world.start_relay()
    far_side.wait_until(lambda: first_calls <= set(far_side.keys), within=30)
    eventually(lambda: Alert.objects.filter(state="notified").count() == 3)
    assert set(far_side.keys) <= keys_stored(), "something was sent that no row knows"
    assert max(far_side.keys[key] for key in first_calls) <= most


def test_web_process_killed_right_after_the_message(world: World, far_side: FarSide) -> None:
    make_households([("primary", far_side.address)])
    world.run("fall(); os.kill(os.getpid(), signal.SIGKILL)")
    world.start_relay()
    far_side.wait_for(1, within=30)
    assert Alert.objects.count() == 1
    assert set(far_side.keys) <= keys_stored()


def test_relay_frozen_past_its_lease_cannot_mark_what_another_took_over(world: World, far_side: FarSide) -> None:
    make_households([("primary", far_side.address)])
    slow = world.start_relay()
    eventually(lambda: _beats() == 1, within=30)
    far_side.delay = 2.0
    fall()
    eventually(lambda: far_side.begun == 1, within=30)
    slow.send_signal(signal.SIGSTOP)
    far_side.wait_for(1)
    far_side.delay = 0.0
    other = world.start_relay()
    eventually(lambda: Delivery.objects.filter(state="sent", fence=2).exists(), within=30)
    slow.send_signal(signal.SIGCONT)
    time.sleep(2)
    first = Delivery.objects.order_by("created_at")[0]
    assert (first.state, first.fence, first.tries) == ("sent", 2, 1), "the frozen relay marked what was not its own"
    assert far_side.keys[str(first.pk)] == 2
    for relay in (slow, other):
        relay.terminate()
    assert [relay.wait(30) for relay in (slow, other)] == [0, 0]
    lines, marked = AlertEvent.objects.filter(kind="sent"), Delivery.objects.filter(state="sent")
    assert lines.count() == marked.count(), "a message is on the timeline twice"


def test_two_relays_send_each_message_once(world: World, far_side: FarSide) -> None:
    make_households([("primary", far_side.address)], count=60)
    relays = [world.start_relay(), world.start_relay()]
    eventually(lambda: _beats() == 2, within=30)
    for number in range(60):
        fall(f"senior{number}")
    eventually(lambda: Alert.objects.filter(state="notified").count() == 60, within=40)
    for relay in relays:
        relay.terminate()
    for relay in relays:
        assert relay.wait(30) == 0
    assert max(far_side.keys.values()) == 1
    assert set(far_side.keys) <= keys_stored()
    assert not Delivery.objects.filter(state="pending", leased_until__isnull=False).exists()


def test_thousand_alerts_at_once_lose_none_and_send_none_twice(world: World, far_side: FarSide, settings: Any) -> None:
    settings.ALERT_TIME_DIVISOR = 1  # hurried, the rungs would make thousands more
    make_households([("primary", far_side.address)], count=1000)
    seniors = list(User.objects.filter(kind="senior").values_list("pk", flat=True))
    world.start_relay(ALERT_TIME_DIVISOR="1")
    raisers = [
        threading.Thread(target=lambda part=part: [fall(senior_id=key) for key in part])
        for part in (seniors[start::4] for start in range(4))
    ]
    for thread in raisers:
        thread.start()
    for thread in raisers:
        thread.join()
    eventually(lambda: Alert.objects.filter(state="notified").count() == 1000, within=150, every=0.5)
    assert Alert.objects.count() == 1000
    assert spool.waiting() == []
    assert set(far_side.keys) <= keys_stored()
    assert set(far_side.keys.values()) == {1}


class TestLockedDatabase:
    """Another program holds SQLite's one lock: the alert goes to the spool, and people are told all the same."""

    @pytest.fixture(autouse=True)
    def _household(self, world: World, far_side: FarSide) -> None:
        make_households([("primary", far_side.address)])
        address_book.save()

    def test_alert_is_spooled_delivered_and_replayed_with_what_was_sent(self, far_side: FarSide) -> None:
        with locked():
            started = time.monotonic()
            raised = fall()
            assert time.monotonic() - started < 5
            assert (raised.spooled, raised.circle_told) == (True, True)
            time.sleep(0.3)
            outage.deliver()
            outage.deliver()
        assert far_side.received[0].json["title"] == "Senior needs help"
        assert max(far_side.keys.values()) == 1
        assert outage.replay() == 1
        alert = Alert.objects.get(pk=raised.alert_id)
        assert (alert.state, alert.words, alert.notices) == ("notified", "I fell", len(far_side.received))
        assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
        assert keys_stored() == set(far_side.keys)
        assert outage.replay() == 0
        assert spool.waiting() == []

    def test_what_could_not_be_sent_in_the_outage_is_sent_afterwards_under_the_same_key(
        self, far_side: FarSide
    ) -> None:
        far_side.mode = "500"
        with locked():
            raised = fall()
            time.sleep(0.3)
            outage.deliver()
        assert far_side.refused == 1
        outage.replay()
        delivery = Delivery.objects.get()
        assert (delivery.alert_id, delivery.state, delivery.message) == (raised.alert_id, "pending", "alert")
        assert far_side.tried == {str(delivery.pk)}

    def test_ladder_goes_on_during_the_outage(self, far_side: FarSide) -> None:
        with FarSide() as second:
            make_second(second.address)
            with locked():
                fall()
                ends = time.monotonic() + 15
                while not second.received and time.monotonic() < ends:
                    outage.deliver()
                    time.sleep(0.1)
            assert len(second.received) == 1
            outage.replay()
        assert Alert.objects.get().rung == 2
        assert Delivery.objects.filter(state="sent").count() == 2

    def test_answer_no_to_a_spooled_question_tells_nobody(self, far_side: FarSide) -> None:
        senior = User.objects.get(username="senior0")
        with locked():
            raised = fall(level="A", senior_id=senior.pk)
            actions.answer_question(raised.alert_id, senior.pk, yes=False)
            time.sleep(4)
            outage.deliver()
        outage.replay()
        assert (far_side.received, Alert.objects.get().state) == ([], "resolved")

    def test_all_clear_to_a_spooled_emergency_ends_the_climb_and_is_told_when_the_database_is_back(
        self, far_side: FarSide
    ) -> None:
        senior = User.objects.get(username="senior0")
        with FarSide() as second:
            make_second(second.address)
            with locked():
                raised = fall(senior_id=senior.pk)
                actions.senior_all_clear(
                    raised.alert_id, senior.pk
                )  # before anybody was told: they are told all the same
                for _ in range(40):
                    outage.deliver()
                    time.sleep(0.1)
            assert (len(far_side.received), second.received) == (1, [])
        outage.replay()
        alert = Alert.objects.get()
        assert (alert.state, alert.level, alert.is_calmed, alert.rung) == ("notified", "A", True, 1)
        assert list(Delivery.objects.filter(state="pending").values_list("message", flat=True)) == ["calmed"]

    def test_no_to_a_spooled_question_that_people_were_told_of_lowers_it(self, far_side: FarSide) -> None:
        senior = User.objects.get(username="senior0")
        with locked():
            raised = fall(level="A", senior_id=senior.pk)

            def is_told() -> bool:
                outage.deliver()
                return bool(far_side.received)

            eventually(is_told)
            assert actions.all_clear_in_spool(senior.pk) is None, "a typed no is no answer to an emergency"
            assert actions.all_clear_in_spool(senior.pk, raised.alert_id) is False
        outage.replay()
        alert = Alert.objects.get()
        assert (alert.state in ("notified", "resolved"), alert.escalate_at is None or alert.is_calmed) == (True, True)
        assert Delivery.objects.filter(message__in=("calmed", "closed")).count() == 1

    def test_yes_to_a_spooled_question_tells_people_when_the_database_is_back_at_once(self) -> None:
        senior = User.objects.get(username="senior0")
        with locked():
            raised = fall(level="A", senior_id=senior.pk)
            actions.answer_question(raised.alert_id, senior.pk, yes=True)
        outage.replay()
        assert Alert.objects.get().level == "E"
        assert keys_stored()

    def test_word_that_comes_while_the_database_takes_the_alert_is_heard(self, monkeypatch: Any) -> None:
        senior = User.objects.get(username="senior0")
        with locked():
            raised = fall(level="A", senior_id=senior.pk)
        store = outage._store

        def stored_then_answered(entry: spool.Entry) -> None:
            store(entry)
            spool.note(raised.alert_id, {"answer": False})

        monkeypatch.setattr(outage, "_store", stored_then_answered)
        outage.replay()
        monkeypatch.undo()
        outage.replay()
        assert (Alert.objects.get().state, spool.waiting()) == ("resolved", [])
        with pytest.raises(FileNotFoundError):
            spool.note(raised.alert_id, {"answer": False})

    def test_what_was_done_since_a_replay_stands_when_it_is_replayed_again(self, far_side: FarSide) -> None:
        helper = User.objects.get(username="helper0-0")
        with locked():
            raised = fall()
            time.sleep(0.3)
            outage.deliver()
        kept = (spool.folder() / f"{raised.alert_id}.alert").read_bytes()
        outage.replay()
        actions.claim(raised.alert_id, helper)
        actions.resolve(raised.alert_id, helper, reason="She is well")
        (spool.folder() / f"{raised.alert_id}.alert").write_bytes(kept)  # killed before the file was gone
        outage.replay()
        alert = Alert.objects.get()
        assert (alert.state, alert.escalate_at) == ("resolved", None)
        assert alert.notices >= 2

    def test_same_press_spooled_twice_is_one_alert(self) -> None:
        senior = User.objects.get(username="senior0")
        with locked():
            first = actions.press_help(senior, key="pendant-1")
            second = actions.press_help(senior, key="pendant-1")
        assert first.alert_id == second.alert_id
        outage.replay()
        assert Alert.objects.count() == 1

    @pytest.mark.parametrize("key", ["turn-2", ""])
    def test_link_of_a_message_sent_in_the_outage_leads_to_the_alert_that_was_joined(
        self, far_side: FarSide, key: str
    ) -> None:
        helper = User.objects.get(username="helper0-0")
        open_alert = fall(key="turn-1")
        with locked():
            again = fall(key=key)
            time.sleep(0.3)
            outage.deliver()
        link = re.search(r"/alerts/[\w-]+/", far_side.received[-1].json["message"])
        assert link is not None
        assert link[0] == f"/alerts/{again.alert_id}/" != f"/alerts/{open_alert.alert_id}/"
        outage.replay()
        assert Alert.objects.get().pk == open_alert.alert_id
        client = Client()
        client.force_login(helper, backend="companion.accounts.backends.PersonBackend")
        assert f'action="/alerts/{open_alert.alert_id}/claim/"' in client.get(link[0]).content.decode()
        assert actions.claim(again.alert_id, helper)
        stranger = User.objects.create_user("stranger", full_name="Sam")
        client.force_login(stranger, backend="companion.accounts.backends.PersonBackend")
        assert client.get(link[0]).status_code == 404

    def test_joined_report_replayed_twice_is_said_again_once(self) -> None:
        fall(key="turn-1")
        with locked():
            again = fall(key="")
        kept = (spool.folder() / f"{again.alert_id}.alert").read_bytes()
        outage.replay()
        (spool.folder() / f"{again.alert_id}.alert").write_bytes(kept)
        outage.replay()
        assert AlertEvent.objects.filter(kind="said_again").count() == 1

    def test_replay_that_is_killed_before_the_file_is_gone_is_harmless(self) -> None:
        with locked():
            raised = fall()
        kept = (spool.folder() / f"{raised.alert_id}.alert").read_bytes()
        outage.replay()
        (spool.folder() / f"{raised.alert_id}.alert").write_bytes(kept)
        outage.replay()
        assert (Alert.objects.count(), Delivery.objects.count()) == (1, 1)

    def test_torn_line_is_no_record_and_hides_no_other(self) -> None:
        with locked():
            raised = fall()
        path = spool.folder() / f"{raised.alert_id}.alert"
        with path.open("ab") as file:
            file.write(b"v1|k1|torn")
        spool.note(raised.alert_id, {"answer": True})
        entry = spool.read(raised.alert_id)
        assert entry is not None
        assert (entry.report.words, entry.notes) == ("I fell", ({"answer": True},))
        assert b"fell" not in path.read_bytes()

    def test_alert_of_a_person_who_is_gone_is_set_aside_for_the_operator(self) -> None:
        with locked():
            raised = fall()
        User.everyone.filter(username="senior0").delete()
        outage.replay()
        assert spool.waiting() == []
        assert (spool.folder() / f"{raised.alert_id}.refused").exists()


def make_second(address: str) -> None:
    """One more member, told on the second rung."""
    from django.utils import timezone

    from companion.circle.models import ContactPoint, Membership

    now = timezone.now()
    helper = User.objects.create_user("second", full_name="Second")
    Membership.objects.create(
        senior_id=User.objects.get(username="senior0").pk, user=helper, role="family", order=9, accepted_at=now
    )
    ContactPoint.objects.create(
        user=helper, kind="apprise", address=address, accepted_at=now, asked_at=now, last_tested_at=now
    )
    address_book.save()


@contextmanager
def locked() -> Iterator[None]:
    """Hold the database's write lock from another connection."""
    other = sqlite3.connect(Path(os.environ["LILO_DATA_DIR"]) / "lilo.sqlite3", timeout=10)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


def _beats() -> int:
    return Heartbeat.objects.count()
