"""The relay in a thread, with real services on the far side: whatever they do, people are told, once a key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client

from companion.accounts.models import User
from companion.circle.models import ContactPoint, Membership
from companion.safety import actions, check_ins, clock, selectors, spool
from companion.safety.models import Alert, AlertEvent, CheckInPlan, Delivery
from tests.companion.safety.far_side import FarSide
from tests.companion.safety.world import eventually, fall, make_households

pytestmark = pytest.mark.usefixtures("relay")


def states() -> set[str]:
    return set(Delivery.objects.values_list("state", flat=True))


def test_alert_reaches_people_by_rungs_until_somebody_is_on_it(far_side: FarSide) -> None:
    make_households([("primary", far_side.address), ("family", far_side.address)])
    raised = fall()
    far_side.wait_for(1)
    eventually(lambda: Alert.objects.get().state == "notified")
    far_side.wait_for(2)
    actions.claim(raised.alert_id, User.objects.get(username="helper1-0"))
    messages = far_side.wait_for(3)
    titles = [message.json["title"] for message in messages]
    assert titles == ["Senior needs help", "Senior still needs help", "Helper is helping Senior"]
    assert set(far_side.keys.values()) == {1}
    assert not [message for message in messages if b"fell" in message.body], "a message told what is wrong"


def test_service_that_answers_500_is_tried_again_under_the_same_key(far_side: FarSide) -> None:
    far_side.mode = "500"
    make_households([("primary", far_side.address)])
    raised = fall()
    eventually(lambda: far_side.refused >= 3)
    far_side.mode = "ok"
    far_side.wait_for(1)
    eventually(lambda: Delivery.objects.filter(state="sent").exists())
    first = Delivery.objects.filter(alert=raised.alert_id).order_by("created_at")[0]
    assert far_side.received[0].key in {str(key) for key in Delivery.objects.values_list("pk", flat=True)}
    eventually(lambda: Delivery.objects.get(pk=first.pk).state == "sent")
    assert max(far_side.keys.values()) == 1


def test_when_nobody_can_be_reached_the_next_are_told_at_once(far_side: FarSide, settings: Any) -> None:
    settings.ALERT_TIME_DIVISOR = 1  # the second rung's own deadline is a minute off: only hurry brings it sooner
    with FarSide(mode="500") as broken:
        make_households([("primary", broken.address), ("family", far_side.address)])
        raised = fall()
        far_side.wait_for(1, within=45)
    assert AlertEvent.objects.filter(alert=raised.alert_id, kind="told").count() >= 2
    assert ContactPoint.objects.get(user__username="helper0-0").last_result == "failed"


def test_service_that_hangs_holds_up_no_other(far_side: FarSide) -> None:
    with FarSide(mode="hang") as stuck:
        make_households([("primary", stuck.address), ("primary", far_side.address)], count=4)
        for number in range(4):
            fall(f"senior{number}")
        far_side.wait_for(4, within=8)
        assert {message.json["title"] for message in far_side.received} == {"Senior needs help"}


def test_message_given_up_after_twelve_tries_calls_the_operator(far_side: FarSide, settings: Any) -> None:
    settings.ALERT_OPERATORS = [far_side.address]
    settings.ALERT_TIME_DIVISOR = 400
    with FarSide(mode="500") as broken:
        make_households([("primary", broken.address)])
        raised = fall()
        eventually(lambda: Delivery.objects.filter(state="dead", alert=raised.alert_id).exists(), within=30)
    far_side.wait_for(1)
    assert far_side.received[0].json["title"] == "Lilo: an alert needs an operator"
    assert Alert.objects.get().state == "raised", "an alert that reached nobody must not look delivered"
    assert selectors.alerts_health().dead >= 1


def test_dispatcher_confirms_and_only_then_it_is_on_the_timeline(far_side: FarSide, settings: Any) -> None:
    from companion.circle.webhooks.signing import signature

    far_side.mode = "error_body"
    settings.DISPATCHER_URL = f"http://127.0.0.1:{far_side.port}/"
    settings.DISPATCHER_SECRET = "shared secret"
    make_households([])
    raised = fall()
    eventually(lambda: far_side.refused >= 1)
    assert not AlertEvent.objects.filter(kind="dispatched").exists()
    far_side.mode = "ok"
    message = far_side.wait_for(1)[0]
    eventually(lambda: AlertEvent.objects.filter(kind="dispatched").exists())
    assert (message.json["alert_id"], message.json["category"]) == (str(raised.alert_id), "fall")
    at = int(message.headers["Lilo-Signature"].split(",")[0].removeprefix("t="))
    assert message.headers["Lilo-Signature"] == signature(message.body, secret="shared secret", at=at)


@pytest.mark.parametrize("minutes", [10, -10])
def test_step_of_the_wall_clock_neither_hurries_nor_holds_up(far_side: FarSide, minutes: int) -> None:
    make_households([("primary", far_side.address), ("family", far_side.address)])
    fall()
    far_side.wait_for(1)
    first = far_side.received[0].at
    with time_machine.travel(clock.steady() + timedelta(minutes=minutes)):
        far_side.wait_for(2)
    assert 2.5 < far_side.received[1].at - first < 6, (
        "the second rung is due after 3 s, whatever the clock on the wall says"
    )


def test_new_contact_point_is_asked_to_confirm_and_counts_after_that(client: Client) -> None:
    helper = User.objects.create_user("una", full_name="Una")
    from companion.circle.actions import add_contact_point

    point = add_contact_point(helper, "email", "una@example.org")
    message = eventually(lambda: mail.outbox and mail.outbox[0])
    link = next(word for word in message.body.split() if "/contacts/confirm/" in word)
    path = link.partition("//")[2].partition("/")[2]
    page = client.get(f"/{path}")
    point.refresh_from_db()
    assert (page.status_code, point.accepted_at) == (200, None), "a mail scanner's visit must not confirm"
    client.post(f"/{path}")
    point.refresh_from_db()
    assert point.accepted_at is not None


def test_missed_check_in_raises_the_ladder(far_side: FarSide) -> None:
    make_households([("primary", far_side.address)])
    senior = User.objects.get(username="senior0")
    plan = check_ins.plan_check_in(senior, senior.pk, time_of_day=clock.now().time(), grace_minutes=1, retries=2)
    CheckInPlan.objects.update(due_at=clock.now(), next_step_at=clock.now())
    far_side.wait_for(1, within=20)
    alert = Alert.objects.get()
    assert (alert.source, alert.category, alert.level) == ("check_in", "missed_check_in", "E")
    plan.refresh_from_db()
    assert (plan.asked, plan.due_at is not None and plan.due_at > clock.now()) == (0, True)


def test_one_broken_thing_stops_nothing_else(far_side: FarSide) -> None:
    """A sealed value that no key opens, in an alert that is due, and a file in the spool that is no report of ours."""
    make_households([("primary", far_side.address)], count=2)
    broken = fall("senior0")
    far_side.wait_for(1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE safety_alert SET words = 'v1|lost|AAAA|AAAA'")
    strange = uuid4()
    spool.note(strange, {"report": {"layout": "of another release"}})
    (spool.folder() / "notes.alert").touch()
    spooled = actions.new_report(
        senior_id=User.objects.get(username="senior1").pk, level="E", category="breathing", source="chat"
    )
    spool.append(spooled)
    fall("senior1")
    far_side.wait_until(lambda: len(far_side.keys) >= 3, within=45)
    alerts = Alert.objects.defer("words")
    eventually(lambda: alerts.filter(pk=spooled.alert_id, state="notified").exists(), within=45)
    eventually(lambda: (spool.folder() / f"{strange}.refused").exists(), within=45)
    eventually(lambda: alerts.filter(pk=broken.alert_id, state="notified", rung__gte=2).exists(), within=45)


def test_alert_whose_words_cannot_be_read_is_told_all_the_same(far_side: FarSide) -> None:
    """No message to a helper needs them: a key that is missing must not keep anybody from coming."""
    far_side.mode = "500"
    make_households([("primary", far_side.address)])
    raised = fall()
    far_side.wait_until(lambda: far_side.refused >= 1, within=45)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE safety_alert SET words = 'v1|lost|AAAA|AAAA', reasons = 'v1|lost|AAAA|AAAA'")
    far_side.mode = "ok"
    far_side.wait_for(1, within=45)
    alerts = Alert.objects.defer("words", "reasons")
    eventually(lambda: alerts.filter(pk=raised.alert_id, state="notified").exists(), within=45)


def test_marking_that_fails_is_not_tried_for_ever(far_side: FarSide) -> None:
    make_households([("primary", far_side.address)], count=2)
    far_side.delay = 1.0
    fall("senior0")
    far_side.wait_until(lambda: far_side.begun >= 1)
    Alert.objects.all().delete()  # while its message is on its way
    far_side.wait_for(1)
    fall("senior1")
    eventually(lambda: Alert.objects.get().state == "notified")


def test_health_is_green_while_a_relay_goes_round(far_side: FarSide) -> None:
    eventually(lambda: selectors.alerts_health().ok)


def test_call_that_comes_through_too_late_is_called_off(far_side: FarSide) -> None:
    far_side.mode = "500"
    make_households([("primary", far_side.address)])
    raised = fall()
    eventually(lambda: far_side.refused >= 1)
    actions.resolve(raised.alert_id, User.objects.get(username="helper0-0"), reason="I was there")
    far_side.mode = "ok"
    eventually(lambda: states() == {"cancelled"})
    assert far_side.received == []


def test_member_who_left_gets_nothing_more(far_side: FarSide) -> None:
    far_side.mode = "500"
    make_households([("primary", far_side.address)])
    fall()
    eventually(lambda: far_side.refused >= 1)
    Membership.objects.all().delete()
    far_side.mode = "ok"
    eventually(lambda: states() == {"cancelled"})
    assert far_side.received == []
