"""The portal over HTTP says what its pages say, with the same rights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from benchmarks.lives import live
from companion.accounts.clients import Client as Device
from companion.accounts.models import User
from companion.accounts.sign_ins import begin
from companion.circle.models import Item, Senior
from companion.safety import actions
from tests.companion.family.conftest import share


@pytest.fixture
def lived(senior: User, daughter: User) -> User:
    live(Senior.objects.get(pk=senior.pk), [daughter], days=10)
    User.objects.filter(pk=senior.pk).update(created_at=timezone.now() - timedelta(days=10))
    return senior


def ask(who: User, senior: User, what: str, **query: str) -> Any:
    token = begin(who, Device(address="127.0.0.1", agent="test")).access
    address = f"/api/v1/seniors/{senior.pk}/{what}"
    return Client().get(address, query, headers={"Authorization": f"Bearer {token}"})


def test_what_is_not_shared_is_null_and_named(lived: User, daughter: User) -> None:
    said = ask(daughter, lived, "dashboard").json()
    assert said["shared"] == ["alerts"]
    assert said["private"] == ["medicines", "journal", "activity", "topics"]
    assert (said["doses"], said["journal"], said["talked_at"], said["moments"]) == (None, None, None, [])
    assert said["status"] == {"tone": "plain", "headline": "No alerts for Margaret", "chip": "Nothing to do"}


def test_what_is_shared_is_there(lived: User, daughter: User) -> None:
    share(lived, *Item)
    said = ask(daughter, lived, "dashboard").json()
    assert said["private"] == []
    assert said["talked_at"] is not None
    assert sum(said["doses"][key] for key in ("taken", "missed", "waiting", "ahead")) == 3
    assert {one["kind"] for one in said["journal"]} == {"check_in", "sleep", "pain", "weight", "blood_pressure"}


def test_an_open_alert_says_what_it_needs(senior: User, daughter: User, son: User) -> None:
    alert_id = actions.press_help(senior).alert_id
    actions.claim(alert_id, son)
    (alert,) = ask(daughter, senior, "dashboard").json()["alerts"]
    assert (alert["id"], alert["needs"], alert["claimed_by"]) == (str(alert_id), "claimed", "Ben")
    assert ask(son, senior, "dashboard").json()["alerts"][0]["needs"] == "mine"


def test_days_of_talks_come_page_by_page(lived: User, daughter: User) -> None:
    assert ask(daughter, lived, "activity").status_code == 404
    share(lived, Item.ACTIVITY)
    first = ask(daughter, lived, "activity", limit="4").json()
    second = ask(daughter, lived, "activity", limit="4", cursor=first["next_cursor"]).json()
    days = [one["day"] for one in first["items"] + second["items"]]
    assert days == sorted(days, reverse=True)
    assert len(set(days)) == 8
    last = ask(daughter, lived, "activity", limit="10", cursor=second["next_cursor"]).json()
    assert last["next_cursor"] is None
    assert all(talk["topics"] == [] for one in first["items"] for talk in one["talks"])


def test_the_days_before_are_offered_from_the_seniors_first(senior: User, daughter: User) -> None:
    share(senior, Item.ACTIVITY)
    first = datetime(2026, 3, 5, 1, tzinfo=UTC)  # still the evening of the fourth in New York
    User.objects.filter(pk=senior.pk).update(created_at=first)
    with time_machine.travel(first + timedelta(days=3), tick=False):
        found = ask(daughter, senior, "activity", limit="3").json()
    assert [one["day"] for one in found["items"]] == ["2026-03-07", "2026-03-06", "2026-03-05"]
    assert found["next_cursor"] == "2026-03-04"


@pytest.mark.parametrize("what", ["dashboard", "activity"])
def test_a_stranger_finds_nothing(senior: User, stranger: User, what: str) -> None:
    assert ask(stranger, senior, what).status_code == 404
