"""A probe goes the whole way of an alert; where it does not come through, health is red. Nobody ever sees one."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client import REGISTRY

from companion.accounts.models import User
from companion.safety import probe, selectors, sending
from companion.safety.delivery import send
from companion.safety.models import Alert, AlertEvent, Delivery, Heartbeat
from tests.companion.safety.world import eventually


@pytest.fixture
def beating(db: None, settings: Any) -> None:
    settings.ALERT_PROBE_SECONDS = 300
    Heartbeat.objects.create(relay="r", at=timezone.now())


def came_through(ago: timedelta) -> None:
    probe.send()
    Delivery.objects.update(state="sent", sent_at=timezone.now() - ago)


def test_relay_brings_it_the_whole_way(relay: Any, settings: Any) -> None:
    settings.ALERT_PROBE_SECONDS = 300
    eventually(lambda: Delivery.objects.filter(channel="probe", state="sent", fence=1).exists())
    health = Client().get("/healthz/alerts").json()
    assert health["ok"]
    assert 0 <= health["probe_age_s"] < 60
    assert (Alert.objects.count(), AlertEvent.objects.count()) == (0, 0)
    assert "lilo_alert_probe_age_seconds" in Client().get("/metrics").content.decode()


def test_claimed_and_marked_like_any_other(beating: None) -> None:
    probe.send()
    [held] = sending.claim_due(5)
    sending.mark(held, send(held.letter))
    assert Delivery.objects.get().state == "sent"
    assert selectors.alerts_health().dead == 0


def test_one_a_time_however_many_relays_there_are(beating: None) -> None:
    probe.send()
    probe.send()
    assert Delivery.objects.count() == 1


def test_old_ones_go(beating: None) -> None:
    probe.send()
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=2))
    probe.send()
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize(("minutes", "ok"), [(1, True), (14, True), (16, False)])
def test_dead_way_turns_health_red(beating: None, minutes: int, ok: bool) -> None:
    came_through(timedelta(minutes=minutes))
    assert Client().get("/healthz/alerts").status_code == (200 if ok else 503)


def test_probe_that_is_not_taken_turns_health_red(beating: None) -> None:
    probe.send()
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=30))
    assert not selectors.alerts_health().ok


def test_before_the_first_and_when_turned_off_nothing_is_red_for_it(beating: None, settings: Any) -> None:
    assert selectors.alerts_health().ok
    came_through(timedelta(days=1))
    settings.ALERT_PROBE_SECONDS = 0
    assert selectors.alerts_health().ok
    probe.send()
    assert Delivery.objects.count() == 1


def test_operators_do_not_see_them_among_messages(beating: None, client: Client) -> None:
    probe.send()
    client.force_login(User.objects.create_superuser("olga", "a long password of hers", full_name="Olga"))
    assert str(Delivery.objects.get().pk) not in client.get("/admin/safety/delivery/").content.decode()


def test_metrics_do_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> float:
        raise OperationalError("gone")

    monkeypatch.setattr(probe, "age_s", away)
    value = REGISTRY.get_sample_value("lilo_alert_probe_age_seconds")
    assert value is not None
    assert math.isnan(value)
