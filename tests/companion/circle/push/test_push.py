"""Turning notices on: which browsers are taken, when they count, and the page with its service worker."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from companion.accounts.models import User
from companion.circle.actions import add_contact_point, contact_token
from companion.circle.models import ContactPoint
from companion.circle.push import actions
from companion.circle.push.rules import is_push_service
from companion.circle.refusals import RefusedError
from tests.companion.safety.far_side import FarSide
from tests.companion.safety.push_service import Browser

pytestmark = pytest.mark.django_db
KNOWN = ["fcm.googleapis.com", "push.apple.com"]


@pytest.fixture
def browser(settings: Any) -> Browser:
    """A browser of a push service that is known and never called here."""
    found = Browser(FarSide())
    settings.WEB_PUSH_HOSTS = ["push.apple.com"]
    return found


def subscription(browser: Browser, **changes: Any) -> str:
    made = {"endpoint": "https://web.push.apple.com/QF1", "keys": keys_of(browser), **changes}
    return json.dumps(made)


def keys_of(browser: Browser) -> dict[str, str]:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    from tests.companion.safety.push_service import encoded

    point = browser.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"p256dh": encoded(point), "auth": encoded(browser.secret)}


def page_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="companion.accounts.backends.PersonBackend")
    return client


@pytest.mark.parametrize(
    ("endpoint", "is_known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://web.push.apple.com/QF1", True),
        ("https://web.push.apple.com:443/QF1", True),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://fcm.googleapis.com:8443/", False),
        ("https://fcm.googleapis.com.evil.example/", False),
        ("https://evilpush.apple.com.example/", False),
        ("https://notpush.apple.com@10.0.0.1/", False),
        ("https://user:word@fcm.googleapis.com/", False),
        ("https://127.0.0.1/", False),
        ("https://169.254.169.254/latest/meta-data/", False),
        ("https://[::1]/", False),
        ("https://localhost/", False),
        ("file:///etc/passwd", False),
        ("https://fcm.googleapis.com:notaport/", False),
        ("", False),
    ],
)
def test_only_known_push_services_are_ever_called(endpoint: str, is_known: bool) -> None:
    assert is_push_service(endpoint, KNOWN) is is_known


def test_an_installation_may_run_a_push_service_of_its_own() -> None:
    assert is_push_service("http://10.0.0.5:9000/push/1", ["http://10.0.0.5:9000"])
    assert not is_push_service("http://10.0.0.5:9001/push/1", ["http://10.0.0.5:9000"])


def test_a_browser_is_added_once_encrypted_and_counts_when_a_notice_arrives(browser: Browser, daughter: User) -> None:
    point = actions.subscribe(daughter, subscription(browser))
    assert actions.subscribe(daughter, subscription(browser)).pk == point.pk
    assert ContactPoint.objects.filter(kind="push").count() == 1
    assert point.accepted_at is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM circle_contactpoint WHERE kind = 'push'")
        assert "apple" not in cursor.fetchone()[0]
    assert page_of(daughter).post("/push/arrived/", {"token": contact_token(point.pk)}).status_code == 204
    point.refresh_from_db()
    assert (point.accepted_at is not None, point.last_result) == (True, "ok")


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "https://10.0.0.1/"},
        {"endpoint": "http://web.push.apple.com/"},
        {"keys": {"p256dh": "AAAA", "auth": "AAAA"}},
        {"keys": {}},
        {"keys": {"p256dh": "!!!", "auth": "%%%"}},
    ],
)
def test_what_is_no_subscription_is_refused(browser: Browser, daughter: User, changes: dict[str, Any]) -> None:
    with pytest.raises(RefusedError):
        actions.subscribe(daughter, subscription(browser, **changes))
    answer = page_of(daughter).post("/reach/push/", subscription(browser, **changes), content_type="application/json")
    assert answer.status_code == 422
    assert not ContactPoint.objects.filter(kind="push").exists()


def test_nobody_types_a_browser_in(daughter: User) -> None:
    with pytest.raises(RefusedError):
        add_contact_point(daughter, "push", "https://10.0.0.1/")


def test_one_person_has_so_many_browsers_at_most(browser: Browser, daughter: User) -> None:
    for number in range(actions.MOST):
        actions.subscribe(daughter, subscription(browser, endpoint=f"https://web.push.apple.com/{number}"))
    with pytest.raises(RefusedError):
        actions.subscribe(daughter, subscription(browser, endpoint="https://web.push.apple.com/more"))


def test_a_browser_that_comes_back_takes_the_place_of_the_one_that_was_given_up(
    browser: Browser, daughter: User
) -> None:
    point = actions.subscribe(daughter, subscription(browser))
    actions.give_up(point.pk)
    assert not actions.arrived(contact_token(point.pk)), "a late notice must not revive it"
    again = actions.subscribe(daughter, subscription(browser, endpoint="https://web.push.apple.com/new"))
    assert list(ContactPoint.objects.filter(kind="push")) == [again]


def test_a_token_of_another_kind_of_address_accepts_nothing(daughter: User) -> None:
    point = ContactPoint.objects.create(user=daughter, kind="email", address="other@example.org")
    assert page_of(daughter).post("/push/arrived/", {"token": contact_token(point.pk)}).status_code == 404
    assert page_of(daughter).post("/push/arrived/", {"token": "nonsense"}).status_code == 404
    point.refresh_from_db()
    assert point.accepted_at is None


def test_the_page_offers_it_and_a_person_chooses_what_a_locked_screen_shows(browser: Browser, daughter: User) -> None:
    page = page_of(daughter)
    point = actions.subscribe(daughter, subscription(browser))
    words = page.get("/reach/").content.decode()
    assert 'id="push"' in words
    assert "apple.com" not in words, "an address that means nothing to people"
    page.post(f"/reach/{point.pk}/more/", {"more": "yes"})
    point.refresh_from_db()
    assert point.tells_more
    page.post(f"/reach/{point.pk}/more/", {"more": "no"})
    point.refresh_from_db()
    assert not point.tells_more


def test_somebody_elses_browser_is_not_there(browser: Browser, daughter: User, stranger: User) -> None:
    point = actions.subscribe(daughter, subscription(browser))
    assert page_of(stranger).post(f"/reach/{point.pk}/more/", {"more": "yes"}).status_code == 404
    assert page_of(stranger).get("/reach/push/how/").json()["known"] == []
    assert len(page_of(daughter).get("/reach/push/how/").json()["known"]) == 1


def test_the_service_worker_may_serve_the_whole_site_and_is_never_stale(db: None) -> None:
    answer = Client().get("/service-worker.js")
    assert answer["Content-Type"] == "text/javascript"
    assert answer["Service-Worker-Allowed"] == "/"
    assert "no-cache" in answer["Cache-Control"]
    assert "{icon}" not in answer.content.decode()


def test_without_a_key_nothing_is_offered(daughter: User, settings: Any) -> None:
    settings.WEB_PUSH_PRIVATE_KEY = ""
    assert page_of(daughter).get("/reach/push/how/").status_code == 404
