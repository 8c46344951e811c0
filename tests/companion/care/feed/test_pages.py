"""The secret address: made, read, ended; never shown twice, never open to those who lost their right."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from companion.accounts.models import User
from companion.care.feed.models import CalendarFeed
from companion.care.medicines import actions
from companion.care.medicines.models import Regimen
from companion.circle import actions as circle
from companion.circle.models import Item
from tests.companion.care.medicines.conftest import Clockwork, add, clockwork, daughter, senior, shared, stranger

__all__ = ["add", "clockwork", "daughter", "senior", "shared", "stranger"]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address_made(client: Client, senior: User) -> str:
    page = client.post(f"/medicines/{senior.pk}/feed/", {"what": "make"}).content.decode()
    found = re.search(r"http://testserver(/feeds/[\w-]+\.ics)", page)
    assert found, "the page does not show the address"
    return found[1]


def test_the_address_is_shown_once_and_reads_the_plan_without_a_sign_in(
    clockwork: Clockwork, add: Callable[..., Regimen], senior: User
) -> None:
    add()
    address = address_made(signed_in(senior), senior)
    calendar = Client().get(address)
    assert calendar["Content-Type"] == "text/calendar; charset=utf-8"
    assert "RRULE:FREQ=DAILY" in calendar.content.decode()
    assert "Metoprolol" not in calendar.content.decode()
    later = signed_in(senior).get(f"/medicines/{senior.pk}/feed/").content.decode()
    assert "/feeds/" not in later
    token = address.removeprefix("/feeds/").removesuffix(".ics")
    assert token not in str(CalendarFeed.objects.values_list("digest", flat=True))


def test_an_ended_address_and_one_that_was_replaced_open_nothing(clockwork: Clockwork, senior: User) -> None:
    client = signed_in(senior)
    first = address_made(client, senior)
    second = address_made(client, senior)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    client.post(f"/medicines/{senior.pk}/feed/", {"what": "revoke"})
    assert Client().get(second).status_code == 404
    assert Client().get("/feeds/nothing-like-it.ics").status_code == 404


def test_taking_back_the_sharing_ends_the_daughters_feed_at_once(
    clockwork: Clockwork, senior: User, shared: User
) -> None:
    address = address_made(signed_in(shared), senior)
    assert Client().get(address).status_code == 200
    circle.set_sharing(senior, senior.pk, Item.MEDICINES, is_on=False)
    assert Client().get(address).status_code == 404


def test_a_stranger_makes_none(clockwork: Clockwork, senior: User, stranger: User) -> None:
    assert signed_in(stranger).post(f"/medicines/{senior.pk}/feed/", {"what": "make"}).status_code == 404
    assert CalendarFeed.objects.count() == 0


def test_what_is_paused_or_stopped_is_not_in_it(
    clockwork: Clockwork, add: Callable[..., Regimen], senior: User
) -> None:
    paused, stopped = add(), add(name="Metformin")
    actions.pause_regimen(senior, paused.pk, reason="hospital")
    actions.stop_regimen(senior, stopped.pk)
    assert "VEVENT" not in Client().get(address_made(signed_in(senior), senior)).content.decode()
