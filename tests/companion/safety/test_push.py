"""Notices to browsers, against a push service that speaks the protocol, and with the keys of a browser."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import http_ece
import pytest

from companion.accounts.models import User
from companion.circle.actions import contact_token
from companion.circle.models import ContactPoint
from companion.circle.push import actions
from companion.circle.push.rules import public_key
from companion.circle.selectors import unreachable_members
from companion.safety import sending, upkeep
from companion.safety.actions import raise_alert
from companion.safety.delivery import Letter, Outcome, push, send
from companion.safety.models import AlertEvent, Delivery
from tests.companion.safety.far_side import FarSide
from tests.companion.safety.push_service import Browser, claims_of

pytestmark = pytest.mark.django_db(transaction=True)
BODY = "Margaret may be in danger. Please call or go now. Then open this page:\nhttp://localhost:8000/alerts/1/"


@pytest.fixture
def phone(far_side: FarSide, settings: Any) -> Browser:
    """A phone whose push service this installation knows."""
    browser = Browser(far_side)
    settings.WEB_PUSH_HOSTS = [browser.origin]
    return browser


@pytest.fixture
def annas_phone(phone: Browser, daughter: User) -> ContactPoint:
    """Anna's, which has shown that notices arrive."""
    daughter.contact_points.all().delete()
    point = actions.subscribe(daughter, phone.subscription)
    assert actions.arrived(contact_token(point.pk))
    return point


def letter(phone: Browser, **details: Any) -> Letter:
    return Letter(uuid4(), "push", phone.subscription, "Margaret needs help", BODY, details)


def deliver() -> list[Outcome]:
    """What the relay does, once round."""
    outcomes = []
    for held in sending.claim_due(50):
        outcomes.append(send(held.letter))
        sending.mark(held, outcomes[-1])
    return outcomes


def test_a_notice_is_opened_by_that_browser_alone_and_is_signed_by_us(phone: Browser, settings: Any) -> None:
    sent = letter(phone, urgent=True, topic="a" * 32, token="t")
    assert send(sent) == Outcome()
    (message,) = phone.service.received
    assert phone.opened(message) == {
        "title": "Lilo: please open now",
        "body": "",
        "path": "/alerts/1/",
        "tag": "a" * 32,
        "urgent": True,
        "token": "t",
    }
    assert b"Margaret" not in message.body
    with pytest.raises(http_ece.ECEException):
        Browser(phone.service).opened(message)
    headers = message.headers
    assert (headers["Content-Encoding"], headers["TTL"], headers["Urgency"], headers["Topic"]) == (
        "aes128gcm",
        "14400",
        "high",
        "a" * 32,
    )
    claims = claims_of(message, audience=phone.origin)
    assert claims["sub"] == settings.WEB_PUSH_SUBJECT
    assert time.time() < claims["exp"] <= time.time() + 86_400
    assert public_key(settings.WEB_PUSH_PRIVATE_KEY) in headers["Authorization"]


def test_a_locked_screen_says_nothing_of_whom_or_what_unless_its_person_wished_it(phone: Browser) -> None:
    send(letter(phone, urgent=False))
    send(letter(phone, urgent=True, drill=True))
    send(letter(phone, urgent=True, tells_more=True))
    quiet, drill, more = (phone.opened(message) for message in phone.service.received)
    assert (quiet["title"], quiet["body"], quiet["path"]) == ("Lilo: please open", "", "/alerts/1/")
    assert drill["title"] == "Lilo: please open now (drill)"
    assert more["title"] == "Margaret needs help"
    assert more["body"].startswith("Margaret may be in danger.")
    assert "http" not in more["body"]
    assert phone.service.received[0].headers["Urgency"] == "normal"


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [
        ("500", Outcome("refused")),
        ("429", Outcome("refused", 7.0)),
        ("404", Outcome("gone")),
        ("410", Outcome("gone")),
        ("307", Outcome("refused")),
        ("hang", Outcome("timeout")),
    ],
)
def test_what_a_push_service_may_answer(
    phone: Browser, mode: str, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "PATIENCE", 3.5)
    phone.service.mode = mode
    assert send(letter(phone)) == outcome
    assert phone.service.begun == 1, "a redirect was followed"


def test_no_other_machine_is_ever_called(phone: Browser, settings: Any) -> None:
    settings.WEB_PUSH_HOSTS = ["push.apple.com"]
    assert send(letter(phone)) == Outcome("bad_address")
    assert phone.service.begun == 0


def test_without_a_key_there_are_no_notices(phone: Browser, settings: Any) -> None:
    settings.WEB_PUSH_PRIVATE_KEY = ""
    assert send(letter(phone)) == Outcome("no_service")


def test_a_new_browser_counts_once_its_first_notice_has_arrived(phone: Browser, daughter: User) -> None:
    point = actions.subscribe(daughter, phone.subscription)
    upkeep.check_contact_points()
    assert deliver() == [Outcome()]
    notice = phone.opened(phone.service.received[0])
    assert "confirm" in notice["title"]
    accepted = ContactPoint.objects.filter(pk=point.pk, accepted_at__isnull=False)
    assert not accepted.exists(), "it was sent, but did it arrive?"
    assert actions.arrived(notice["token"])
    assert accepted.get().last_result == ContactPoint.Result.OK


def test_an_alert_reaches_the_phone_and_leads_to_its_page(
    phone: Browser, senior: User, annas_phone: ContactPoint
) -> None:
    raised = raise_alert(
        senior_id=senior.pk, level="E", category="fall", words="I fell", reasons=("fell",), source="chat"
    )
    assert deliver() == [Outcome()]
    notice = phone.opened(phone.service.received[0])
    assert (notice["title"], notice["path"]) == ("Lilo: please open now", f"/alerts/{raised.alert_id}/")
    assert notice["tag"] == raised.alert_id.hex, "later calls of one alert replace the first on the screen"


def test_a_browser_that_is_gone_is_given_up_at_once_and_its_person_is_unreachable(
    phone: Browser, senior: User, annas_phone: ContactPoint
) -> None:
    assert unreachable_members(senior.pk) == []
    phone.service.mode = "410"
    raise_alert(senior_id=senior.pk, level="E", category="fall", words="I fell", reasons=("fell",), source="chat")
    assert deliver() == [Outcome("gone")]
    annas_phone.refresh_from_db()
    assert (annas_phone.address, annas_phone.accepted_at, annas_phone.last_result) == ("", None, "failed")
    assert [member.user.username for member in unreachable_members(senior.pk)] == ["anna"]
    assert Delivery.objects.get(channel="push").state == Delivery.State.DEAD
    assert AlertEvent.objects.filter(kind=AlertEvent.Kind.OPERATOR).exists(), "nobody is left to tell: say it"


def test_a_gone_browser_of_somebody_with_other_ways_calls_no_operator(
    phone: Browser, senior: User, daughter: User, annas_phone: ContactPoint, mailoutbox: list[Any]
) -> None:
    ContactPoint.objects.create(
        user=daughter, kind="email", address="anna@example.org", accepted_at=annas_phone.created_at
    )
    phone.service.mode = "410"
    raise_alert(senior_id=senior.pk, level="E", category="fall", words="I fell", reasons=("fell",), source="chat")
    assert sorted(outcome.trouble for outcome in deliver()) == ["", "gone"]
    assert not AlertEvent.objects.filter(kind=AlertEvent.Kind.OPERATOR).exists()


def test_each_browser_is_tested_every_month(
    phone: Browser, annas_phone: ContactPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    month_ago = annas_phone.created_at - upkeep.TEST_EVERY * 2
    ContactPoint.objects.update(accepted_at=month_ago, last_tested_at=month_ago, asked_at=month_ago)
    upkeep.check_contact_points()
    assert deliver() == [Outcome()]
    assert phone.opened(phone.service.received[0])["title"] == "Lilo: monthly test, no danger"
