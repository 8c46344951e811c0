"""The help button of the pages: one press once, also while the database is locked or gone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from companion.accounts import help_pass
from companion.accounts.actions import sign_out_everywhere
from companion.accounts.models import User
from companion.safety import address_book, outage, spool
from companion.safety.models import Alert
from tests.companion.safety.far_side import FarSide
from tests.companion.safety.test_faults import locked
from tests.companion.safety.world import World, make_households

PASSWORD = "three words she likes"
pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def senior(world: World, far_side: FarSide) -> User:
    make_households([("primary", far_side.address)])
    address_book.save()
    user = User.objects.get(username="senior0")
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


@pytest.fixture
def device(senior: User) -> Client:
    """Her tablet, on which she signed in some time ago and has a page open."""
    client = Client()
    client.post("/sign-in/", {"username": senior.username, "password": PASSWORD})
    client.get("/help/")
    assert help_pass.COOKIE in client.cookies
    return client


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The database cannot even be opened."""
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = tmp_path / "nowhere" / "lilo.sqlite3"
    yield
    connection.close()
    connection.settings_dict["NAME"] = name


def key_on(page: str) -> str:
    found = re.search(r'name="key" value="([\w-]+)"', page)
    assert found is not None
    return found[1]


def test_double_tap_is_one_press_and_another_page_has_another_key(device: Client) -> None:
    first, second = (key_on(device.get("/help/").content.decode()) for _ in range(2))
    assert first != second
    for _ in range(2):
        device.post("/help/press/", {"key": first})
    alert = Alert.objects.get()
    assert alert.events.filter(kind="said_again").count() == 0
    device.post("/help/press/", {"key": second})
    assert alert.events.filter(kind="said_again").count() == 1


@pytest.mark.parametrize("key", ["", "x", "a b c d e f g h i", "a" * 65])
def test_press_without_a_good_key_is_a_press(device: Client, key: str) -> None:
    assert device.post("/help/press/", {"key": key}).status_code == 302
    assert Alert.objects.count() == 1


def test_database_locked(device: Client, far_side: FarSide) -> None:
    with locked():
        answered = device.post("/help/press/", {"key": "a-key-of-this-page"})
        again = device.post("/help/press/", {"key": "a-key-of-this-page"})
    text = answered.content.decode()
    assert answered.status_code == again.status_code == 200
    assert "I am letting your people know now" in text
    assert 'href="tel:999"' in text
    assert len(spool.waiting()) == 1
    outage.replay()
    assert Alert.objects.get().source == "help_button"


def test_database_gone(device: Client, no_database: None, far_side: FarSide) -> None:
    answered = device.post("/help/press/", {"key": "a-key-of-this-page"})
    assert answered.status_code == 200
    assert "I have your call for help" in answered.content.decode()
    assert 'href="tel:911"' in answered.content.decode()
    assert len(spool.waiting()) == 1
    outage.deliver()
    page = device.get("/help/")
    assert page.status_code == 200
    assert 'href="tel:999"' in page.content.decode()


def test_database_gone_and_nobody_known_here(senior: User, no_database: None) -> None:
    answered = Client().post("/help/press/", {"key": "a-key-of-this-page"})
    assert answered.status_code == 302
    assert spool.waiting() == []


def test_forged_pass_is_none(senior: User, no_database: None) -> None:
    client = Client()
    client.cookies[help_pass.COOKIE] = f'["{senior.pk}","x"]:1:forged'
    assert client.post("/help/press/").status_code == 302
    assert spool.waiting() == []


def test_session_that_is_lost_does_not_stand_between_her_and_help(device: Client, settings: Any) -> None:
    del device.cookies[settings.SESSION_COOKIE_NAME]
    device.post("/help/press/")
    assert Alert.objects.count() == 1


def test_pass_ends_with_signing_out_everywhere(device: Client, senior: User, settings: Any) -> None:
    sign_out_everywhere(senior)
    del device.cookies[settings.SESSION_COOKIE_NAME]
    assert device.post("/help/press/").status_code == 302
    assert Alert.objects.count() == 0


def test_signing_out_takes_the_pass_from_the_device(device: Client) -> None:
    device.post("/sign-out/")
    assert device.cookies[help_pass.COOKIE].value == ""


def test_pass_opens_nothing_else(device: Client, settings: Any) -> None:
    del device.cookies[settings.SESSION_COOKIE_NAME]
    assert device.get("/").status_code == 302


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    yield
    shutil.rmtree(spool.folder(), ignore_errors=True)


def test_call_that_no_store_takes_is_said_to_be_lost_and_whom_to_ring(
    device: Client, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "full").write_text("")
    settings.ALERT_SPOOL = tmp_path / "full" / "spool"
    with locked():
        answer = device.post("/help/press/", {"key": "key-of-this-page"})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "did not go through" in page
    assert "tel:112" in page
