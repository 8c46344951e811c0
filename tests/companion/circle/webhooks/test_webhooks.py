"""A person's program is told what its owner may see: signed, repeated until taken, never more than that."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from companion.accounts.models import User
from companion.circle import actions as circle
from companion.circle.access import NotYoursError
from companion.circle.events import announce
from companion.circle.refusals import RefusedError
from companion.circle.webhooks import actions, outside, sending
from companion.circle.webhooks.models import Webhook, WebhookDelivery
from companion.circle.webhooks.signing import signature
from companion.safety import live
from companion.safety.actions import press_help
from companion.safety.models import AlertEvent
from tests.companion.safety.far_side import FarSide

State = WebhookDelivery.State
CHANGED = {"type": "journal.changed"}


@pytest.fixture
def far_side() -> Iterator[FarSide]:
    with FarSide() as server:
        yield server


@pytest.fixture
def program(far_side: FarSide, settings: Settings, daughter: User) -> Webhook:
    """Anna's own program, which listens for the journal and for alerts."""
    origin = f"http://127.0.0.1:{far_side.port}"
    settings.WEBHOOK_ORIGINS = [origin]
    return actions.add_webhook(daughter, address=f"{origin}/hook", kinds=["journal.changed", "alert.changed"])


def change(senior: User) -> None:
    with transaction.atomic():
        announce(senior.pk, CHANGED | {"senior_id": str(senior.pk)})


def test_program_is_told_what_its_owner_may_see(senior: User, program: Webhook, far_side: FarSide) -> None:
    circle.set_sharing(senior, senior.pk, "journal", is_on=True)
    change(senior)
    assert sending.send_due() == 1
    (call,) = far_side.received
    body = json.loads(call.body)
    assert (body["type"], body["senior_id"]) == ("journal.changed", str(senior.pk))
    at = int(call.headers["Lilo-Signature"].split(",")[0].removeprefix("t="))
    assert call.headers["Lilo-Signature"] == signature(call.body, secret=program.secret, at=at)
    assert abs(time.time() - at) < 60
    assert call.headers["Idempotency-Key"] == body["id"]
    assert sending.send_due() == 0


def test_what_is_not_shared_is_not_told(senior: User, program: Webhook, far_side: FarSide) -> None:
    change(senior)
    assert sending.send_due() == 0
    assert not WebhookDelivery.objects.exists()


def test_what_is_taken_back_before_it_is_sent_stays_unsaid(senior: User, program: Webhook, far_side: FarSide) -> None:
    circle.set_sharing(senior, senior.pk, "journal", is_on=True)
    change(senior)
    circle.set_sharing(senior, senior.pk, "journal", is_on=False)
    sending.send_due()
    assert far_side.received == []
    assert WebhookDelivery.objects.get().trouble == "not_shared"


def test_change_that_is_undone_is_not_told(senior: User, program: Webhook) -> None:
    circle.set_sharing(senior, senior.pk, "journal", is_on=True)
    with transaction.atomic():
        announce(senior.pk, CHANGED)
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_lines_of_an_alert_are_told_once_each(senior: User, program: Webhook) -> None:
    press_help(senior)
    live.publish()
    told = WebhookDelivery.objects.filter(kind="alert.changed").count()
    assert told == AlertEvent.objects.count() > 0
    AlertEvent.objects.update(published_at=None)  # another relay was faster
    live.publish()
    assert WebhookDelivery.objects.filter(kind="alert.changed").count() == told


def test_refused_request_is_tried_again_later_and_then_given_up(
    senior: User, program: Webhook, far_side: FarSide
) -> None:
    far_side.mode = "500"
    circle.set_sharing(senior, senior.pk, "journal", is_on=True)
    change(senior)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for wait in sending.WAITS:
            sending.send_due()
            assert WebhookDelivery.objects.get().state == State.PENDING
            assert sending.send_due() == 0
            clock.shift(wait + timedelta(seconds=1))
            Webhook.objects.update(failing_since=None)
        sending.send_due()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.trouble, delivery.tries) == (State.DEAD, "status_500", len(sending.WAITS) + 1)
    assert far_side.refused == len(sending.WAITS) + 1
    assert far_side.tried == {str(delivery.pk)}


def test_program_that_takes_nothing_for_days_is_left_alone_until_its_owner_tests_it(
    senior: User, daughter: User, program: Webhook, far_side: FarSide
) -> None:
    far_side.mode = "500"
    circle.set_sharing(senior, senior.pk, "journal", is_on=True)
    change(senior)
    sending.send_due()
    Webhook.objects.update(failing_since=timezone.now() - sending.STOP_AFTER)
    change(senior)
    sending.send_due()
    assert not Webhook.objects.get().is_active
    far_side.mode = "ok"
    actions.wake_webhook(daughter, program.pk)
    assert sending.send_due() == 1
    assert json.loads(far_side.received[-1].body)["type"] == "test"


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/hook",
        "https://user:secret@example.org/",
        "https://example.org:6379/",
        "file:///etc/passwd",
        "https://",
        "https://[::1",
        "https://example.org/" + "a" * 600,
    ],
)
def test_address_that_may_not_be_called_is_refused(daughter: User, address: str) -> None:
    with pytest.raises(RefusedError):
        actions.add_webhook(daughter, address=address, kinds=["journal.changed"])


@pytest.mark.parametrize("number", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
def test_name_that_means_a_private_machine_is_never_called(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    def resolve(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(outside.ForbiddenAddressError):
        outside.post("https://innocent.example.org/", b"{}", {}, own_origins=[])


def test_only_its_owner_sees_and_removes_a_webhook(senior: User, program: Webhook, daughter: User) -> None:
    with pytest.raises(NotYoursError):
        actions.remove_webhook(senior, program.pk)
    actions.remove_webhook(daughter, program.pk)
    assert not Webhook.objects.exists()
