"""Messages that are no emergency: sealed, asked about once more before they go, and never said twice."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from companion.accounts.models import User
from companion.circle import actions as circle
from companion.circle.models import ContactPoint, Item
from companion.safety import calm, sending
from companion.safety.calm import Calm
from companion.safety.delivery import send
from companion.safety.models import Delivery


@pytest.fixture
def point(senior: User, daughter: User) -> ContactPoint:
    """The daughter's e-mail address; medicines are shared with her."""
    circle.set_sharing(senior, senior.pk, Item.MEDICINES, is_on=True)
    return ContactPoint.objects.get(user=daughter)


def write(senior: User, point: ContactPoint, **more: object) -> Calm:
    given = {
        "id": uuid4(), "point": point, "senior_id": senior.pk, "item": Item.MEDICINES, "subject": "Something to check",
        "body": "A dose is open.", "path": "/family/", "can_wait": False, **more,
    }  # fmt: skip
    message = Calm(**given)  # type: ignore[arg-type]
    with transaction.atomic():
        calm.write([message])
    return message


def deliver() -> int:
    held = sending.claim_due(10)
    for one in held:
        sending.mark(one, send(one.letter))
    return len(held)


def test_message_arrives_with_its_link_and_is_sealed_meanwhile(senior: User, point: ContactPoint) -> None:
    message = write(senior, point)
    with connection.cursor() as cursor:
        cursor.execute("SELECT letter FROM safety_delivery")
        assert cursor.fetchone()[0].startswith("v1|")
    assert deliver() == 1
    assert (mail.outbox[0].subject, mail.outbox[0].to) == ("Something to check", ["anna@example.org"])
    assert mail.outbox[0].body == "A dose is open.\nhttp://localhost:8000/family/"
    with transaction.atomic():
        calm.write([message])
    assert deliver() == 0


@pytest.mark.parametrize("change", ["taken back", "senior left", "reader left"])
def test_what_is_not_shared_any_more_is_not_sent(
    change: str, senior: User, daughter: User, point: ContactPoint
) -> None:
    write(senior, point)
    if change == "taken back":
        circle.set_sharing(senior, senior.pk, Item.MEDICINES, is_on=False)
    else:
        left = senior if change == "senior left" else daughter
        User.everyone.filter(pk=left.pk).update(deleted_at=timezone.now())
    assert (deliver(), mail.outbox) == (0, [])
    assert Delivery.objects.get().state == Delivery.State.CANCELLED


def test_message_to_the_senior_goes_to_nobody_else(senior: User, daughter: User, point: ContactPoint) -> None:
    write(senior, point, item=None)
    assert (deliver(), mail.outbox) == (0, [])


def test_what_can_wait_keeps_quiet_hours(senior: User, point: ContactPoint) -> None:
    ContactPoint.objects.filter(pk=point.pk).update(quiet_from=time(0), quiet_to=time(23, 59))
    quiet = ContactPoint.objects.get(pk=point.pk)
    write(senior, quiet, can_wait=True)
    write(senior, quiet)
    assert deliver() == 1


def test_only_what_nobody_has_begun_to_send_is_called_off(senior: User, point: ContactPoint) -> None:
    going, waiting = write(senior, point), write(senior, point)
    Delivery.objects.filter(pk=going.id).update(fence=1, leased_until=timezone.now() + timedelta(minutes=1))
    assert calm.call_off({going.id, waiting.id}) == {going.id}
    assert deliver() == 0


def test_easiest_way_that_works_comes_first(senior: User, daughter: User, point: ContactPoint) -> None:
    now = timezone.now()
    text = ContactPoint.objects.create(user=daughter, kind="sms", address="+1", accepted_at=now)
    ContactPoint.objects.create(user=daughter, kind="apprise", address="ntfys://x/y")  # not accepted yet
    assert calm.best_points([daughter.pk]) == {daughter.pk: [point, text]}
    ContactPoint.objects.filter(pk=point.pk).update(last_result="failed")
    assert [one.pk for one in calm.best_points([daughter.pk])[daughter.pk]] == [text.pk, point.pk]
