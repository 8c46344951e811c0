"""What goes wrong with one row, one message or one person's address stops nobody else's alert."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import QuerySet, TextField, Value

from companion.accounts.models import User
from companion.circle.models import ContactPoint
from companion.safety import address_book, clock, deadlines, notices, sending, spool
from companion.safety.models import Alert, Delivery
from tests.companion.safety.test_alerts import fall, make_due, told

pytestmark = pytest.mark.django_db


def spoil(rows: QuerySet[Any], column: str) -> None:
    """Make a sealed value one that no key opens."""
    rows.update(**{column: Value("v1|lost|AAAA|AAAA", TextField())})


def test_contact_point_that_cannot_be_read_stops_no_alert(senior: User, daughter: User, son: User) -> None:
    spoil(ContactPoint.objects.filter(user=daughter), "address")
    raised = fall(senior)
    assert not raised.spooled
    make_due(raised.alert_id, "escalate_at")
    assert told(raised.alert_id) == {("ben", "alert")}
    address_book.save()
    kept = address_book.find(senior.pk)
    assert kept is not None
    assert {person.user_id for person in kept.people if person.points} == {son.pk}


@pytest.mark.django_db(transaction=True)
def test_alert_that_cannot_be_stored_for_whatever_reason_is_spooled(senior: User) -> None:
    first = fall(senior)
    spoil(Alert.objects.filter(pk=first.alert_id), "words")
    second = fall(senior)
    assert second.spooled
    assert second.alert_id in spool.waiting()
    spool.remove(second.alert_id)


def test_message_that_cannot_be_written_holds_up_no_other(senior: User, daughter: User, son: User) -> None:
    raised = fall(senior)
    make_due(raised.alert_id, "escalate_at")
    spoil(ContactPoint.objects.filter(user=daughter), "address")
    assert {Delivery.objects.get(pk=held.id).recipient for held in sending.claim_due(10)} == {son}
    failed = Delivery.objects.filter(recipient=daughter)
    assert {(row.tries, row.trouble, row.leased_until) for row in failed} == {(1, "unreadable", None)}


def test_alert_whose_deadline_fails_holds_up_no_other(
    senior: User, daughter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = fall(senior), fall(senior, category="breathing")
    enact = notices.enact

    def enact_or_fail(alert: Alert, *args: Any, **options: Any) -> None:
        if alert.pk == broken.alert_id:
            raise RuntimeError
        enact(alert, *args, **options)

    monkeypatch.setattr(notices, "enact", enact_or_fail)
    Alert.objects.update(escalate_at=clock.now())
    assert deadlines.act_on_due() == 1
    assert Alert.objects.defer("words").get(pk=sound.alert_id).rung == 2
