"""Each channel against a real far side: what counts as sent, what does not, and the key that goes along."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail

from companion.safety.delivery import Letter, Outcome, dispatcher, send
from tests.companion.safety.far_side import FarSide


def letter(channel: str, address: str, **details: Any) -> Letter:
    return Letter(uuid4(), channel, address, "Margaret needs help", "Please call.", details)


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [
        ("ok", Outcome()),
        ("500", Outcome("refused")),
        ("429", Outcome("refused", 7.0)),
        ("error_body", Outcome("refused")),
        ("cut", Outcome("refused")),
        ("hang", Outcome("timeout")),
    ],
)
def test_dispatcher_takes_it_only_by_a_clear_yes(
    far_side: FarSide, settings: Any, monkeypatch: pytest.MonkeyPatch, mode: str, outcome: Outcome
) -> None:
    monkeypatch.setattr(dispatcher, "PATIENCE", 0.5)
    far_side.mode = mode
    settings.DISPATCHER_URL = f"http://127.0.0.1:{far_side.port}/"
    settings.DISPATCHER_SECRET = "shared"
    assert send(letter("dispatcher", settings.DISPATCHER_URL, alert_id="1")) == outcome


def test_dispatcher_that_is_not_there_is_a_refusal(settings: Any) -> None:
    settings.DISPATCHER_URL = "http://127.0.0.1:9/"
    settings.DISPATCHER_SECRET = "shared"
    assert send(letter("dispatcher", settings.DISPATCHER_URL)) == Outcome("refused")


@pytest.mark.parametrize(("mode", "trouble"), [("ok", ""), ("500", "refused"), ("429", "refused")])
def test_apprise_service(far_side: FarSide, mode: str, trouble: str) -> None:
    far_side.mode = mode
    assert send(letter("apprise", far_side.address)).trouble == trouble


def test_apprise_service_that_hangs_is_given_up_in_time(far_side: FarSide) -> None:
    far_side.mode = "hang"
    started = time.monotonic()
    assert send(letter("apprise", far_side.address)).trouble == "refused"
    assert time.monotonic() - started < 10


def test_apprise_hands_the_key_on(far_side: FarSide) -> None:
    sent = letter("apprise", far_side.address)
    send(sent)
    assert far_side.received[0].headers["Idempotency-Key"] == str(sent.key)


def test_address_that_no_service_knows_is_said_so() -> None:
    assert send(letter("apprise", "no such thing")) == Outcome("bad_address")


def test_text_message_is_one_short_text_to_the_number(far_side: FarSide, settings: Any) -> None:
    settings.SMS_URL = far_side.address + "?+X-To={number}"
    assert send(letter("sms", "+12025550123")) == Outcome()
    message = far_side.received[0]
    assert message.headers["X-To"] == "+12025550123"
    assert message.json["message"] == "Margaret needs help. Please call."


def test_text_message_without_a_service_is_trouble_not_silence(settings: Any) -> None:
    settings.SMS_URL = ""
    assert send(letter("sms", "+12025550123")) == Outcome("no_service")


def test_mail_has_the_key_as_its_id() -> None:
    sent = letter("email", "anna@example.org")
    assert send(sent) == Outcome()
    message = mail.outbox[-1]
    assert (message.to, message.subject) == (["anna@example.org"], "Margaret needs help")
    assert str(sent.key) in message.extra_headers["Message-ID"]


def test_mail_server_that_is_not_there_is_a_refusal(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert send(letter("email", "anna@example.org")) == Outcome("refused")
