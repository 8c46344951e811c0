"""Messages are written, come up, are seen and answered; each pair by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from companion.accounts.models import AuditLog, User
from companion.chat.family_messages import actions, selectors
from companion.chat.family_messages.models import FamilyMessage
from companion.chat.pressed import Pressed
from companion.circle.access import NotYoursError
from companion.circle.actions import remove_member
from companion.circle.models import Membership
from companion.circle.refusals import RefusedError
from companion.safety.models import CheckInPlan
from tests.companion.chat.family_messages.conftest import NOON, talked

pytestmark = pytest.mark.django_db(transaction=True)
Write = Callable[..., FamilyMessage]
NIGHT = datetime(2026, 11, 23, 4, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 13, 0, 20, tzinfo=UTC)


@time_machine.travel(NOON, tick=False)
def test_a_message_comes_up_at_once_with_its_buttons(senior: User, son: User, write: Write, pushed: list[Any]) -> None:
    message = write(son, senior, "Shall I come at four?")
    assert [(event["sender"], event["text"], event["aloud"]) for event in pushed] == [
        ("Ben", "Shall I come at four?", True)
    ]
    assert [choice["value"] for choice in pushed[0]["choices"]] == [f"message:{message.pk}:{v}" for v in ("yes", "no")]
    message.refresh_from_db()
    assert message.told_at == NOON


def test_its_words_are_encrypted_and_in_no_audit_row(senior: User, son: User, write: Write, pushed: list[Any]) -> None:
    message = write(son, senior, "Your knee again?")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM chat_familymessage")
        assert "knee" not in cursor.fetchone()[0]
    row = AuditLog.objects.get(action="message.written")
    assert (row.actor_id, row.subject_id, row.resource_id) == (son.pk, senior.pk, str(message.pk))
    assert row.details == {}


@time_machine.travel(NOON, tick=False)
def test_the_same_key_is_the_same_message(senior: User, son: User, write: Write, pushed: list[Any]) -> None:
    assert write(son, senior, key="a").pk == write(son, senior, "Other words", key="a").pk
    assert FamilyMessage.objects.count() == 1
    assert len(pushed) == 1


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u2060", "x" * 1_001])
def test_no_words_and_too_many_are_refused(senior: User, son: User, write: Write, pushed: list[Any], text: str) -> None:
    with pytest.raises(RefusedError):
        write(son, senior, text)
    assert (FamilyMessage.objects.count(), pushed) == (0, [])


def test_a_flood_is_held_up(senior: User, son: User, write: Write, pushed: list[Any]) -> None:
    for _ in range(actions.AT_ONCE):
        write(son, senior)
    with pytest.raises(RefusedError, match="many messages"):
        write(son, senior)
    assert FamilyMessage.objects.count() == actions.AT_ONCE


@pytest.mark.parametrize("who", ["visitor", "stranger", "senior"])
def test_who_may_not_write_is_told_nothing(
    senior: User, write: Write, pushed: list[Any], who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotYoursError):
        write(request.getfixturevalue(who), senior)
    assert (FamilyMessage.objects.count(), pushed) == (0, [])


@time_machine.travel(NIGHT, tick=False)
def test_a_message_of_the_night_comes_up_in_the_morning(
    senior: User, son: User, write: Write, pushed: list[Any]
) -> None:
    first, second = write(son, senior, "one"), write(son, senior, "two")
    assert (actions.bring_up_waiting(), pushed) == (0, [])
    with time_machine.travel(MORNING, tick=False):
        assert actions.bring_up_waiting() == 2
        assert [event["text"] for event in pushed] == ["one", "two"], "in the order they were written"
        assert actions.bring_up_waiting() == 0, "it came up twice"
    assert first.due_at == second.due_at == datetime(2026, 11, 23, 13, tzinfo=UTC)


@time_machine.travel(NIGHT, tick=False)
def test_who_begins_to_talk_at_night_gets_what_was_waiting(
    senior: User, son: User, write: Write, pushed: list[Any]
) -> None:
    write(son, senior)
    talked(senior)
    assert actions.bring_up_waiting() == 1
    assert write(son, senior, "two").due_at == NIGHT
    assert len(pushed) == 2


@time_machine.travel(NOON, tick=False)
def test_what_no_page_could_be_told_is_tried_again(
    senior: User, son: User, write: Write, pushed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as outage:
        outage.setattr(actions, "send_hints", lambda hints: False)
        message = write(son, senior)
        message.refresh_from_db()
        assert message.told_at is None
    assert actions.bring_up_waiting() == 1
    assert pushed[0]["message_id"] == str(message.pk)


@time_machine.travel(NOON, tick=False)
def test_only_a_few_a_day_come_up_with_a_sound(senior: User, son: User, write: Write, pushed: list[Any]) -> None:
    for _ in range(4):
        write(son, senior)
    assert [event["aloud"] for event in pushed] == [True, True, True, False]
    talked(senior)
    write(son, senior)
    assert pushed[-1]["aloud"], "who is talking is not startled"


def test_seen_is_known_to_its_writer_once_and_is_a_sign_of_life(
    senior: User, son: User, write: Write, pushed: list[Any]
) -> None:
    CheckInPlan.objects.create(senior=senior, time_of_day="09:00")
    message = write(son, senior)
    actions.see_as_senior(senior, message.pk)
    message.refresh_from_db()
    seen_at = message.seen_at
    assert seen_at is not None
    actions.see_as_senior(senior, message.pk)
    message.refresh_from_db()
    assert message.seen_at == seen_at, "the first look counts"
    assert CheckInPlan.objects.get().last_seen_at is not None
    assert selectors.unread_messages(senior.pk) == []


def test_nobody_else_can_say_that_it_was_seen(senior: User, son: User, write: Write, pushed: list[Any]) -> None:
    message = write(son, senior)
    with pytest.raises(NotYoursError):
        actions.see_as_senior(son, message.pk)
    assert [row.pk for row in selectors.unread_messages(senior.pk)] == [message.pk]


def test_a_quick_answer_goes_back_and_counts_as_read(senior: User, son: User, write: Write, pushed: list[Any]) -> None:
    message = write(son, senior, "Shall I come at four?")
    press = Pressed("message", message.pk, "yes", senior.pk, "key-1")
    said = actions.press(press)
    assert (said.said, said.reply) == ("To Ben: Yes", "I have sent that to Ben.")
    actions.press(press)
    answers = FamilyMessage.objects.filter(by_senior=True)
    assert [(answer.text, answer.person_id) for answer in answers] == [("Yes", son.pk)], "pressed twice is sent once"
    assert selectors.unread_messages(senior.pk) == []
    assert selectors.unread_of(son, senior.pk) == 1
    assert selectors.cards_since(senior.pk, None)[0].choices == (), "an answered message still asks"


@pytest.mark.parametrize("verb", ["yes", "nonsense"])
def test_a_button_of_somebody_elses_message_does_nothing(
    senior: User, son: User, stranger: User, write: Write, pushed: list[Any], verb: str
) -> None:
    message = write(son, senior)
    by = stranger.pk if verb == "yes" else senior.pk
    assert actions.press(Pressed("message", message.pk, verb, by, "key")) == actions.GONE
    assert not FamilyMessage.objects.filter(by_senior=True).exists()


def test_a_member_who_left_gets_nothing_and_sees_nothing(
    senior: User, daughter: User, son: User, write: Write, pushed: list[Any]
) -> None:
    write(son, senior)
    remove_member(senior, senior.pk, Membership.objects.get(user=son).pk)
    said = actions.pass_on(senior.pk, son.pk, "My pin is 1234", key="k")
    assert "could not pass that on" in said.reply
    assert not FamilyMessage.objects.filter(by_senior=True).exists()
    with pytest.raises(NotYoursError):
        actions.see_as_member(son, senior.pk)


def test_members_do_not_see_each_others_words(
    senior: User, daughter: User, son: User, write: Write, pushed: list[Any]
) -> None:
    write(son, senior, "Between us")
    actions.pass_on(senior.pk, son.pk, "Quite so", key="k")
    assert selectors.last_message(senior.pk, daughter) is None
    last = selectors.last_message(senior.pk, son)
    assert last is not None
    assert last.text == "Quite so"
    assert selectors.unread_of(daughter, senior.pk) == 0


def test_nobody_is_written_to_outside_the_circle(senior: User, stranger: User) -> None:
    with pytest.raises(NotYoursError):
        actions.write_to_member(senior.pk, stranger.pk, "hello", key=str(uuid4()))
    assert not FamilyMessage.objects.exists()
