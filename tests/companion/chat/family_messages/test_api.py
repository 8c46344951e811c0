"""The API of messages: the same rules as the pages."""

from __future__ import annotations

import pytest

from companion.accounts.models import User
from companion.chat.family_messages import actions
from companion.chat.family_messages.models import FamilyMessage
from companion.safety.models import Alert
from tests.companion.safety.test_alert_api import Caller

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rules_only", "pushed")]


def path_of(senior: User) -> str:
    return f"/seniors/{senior.pk}/messages"


def test_a_member_writes_the_senior_answers_and_both_read_it(senior: User, daughter: User, son: User) -> None:
    written = Caller(son).post(path_of(senior), {"text": "Shall I come?"})
    assert written.status_code == 201
    assert written.json()["sounds_urgent"] is False
    answered = Caller(senior).post(path_of(senior), {"text": "Yes please", "to": str(son.pk)})
    assert answered.json()["message"]["text"] == "Yes please"
    items = Caller(son).get(path_of(senior)).json()["items"]
    assert [(item["text"], item["by_senior"]) for item in items] == [("Yes please", True), ("Shall I come?", False)]
    assert items[1]["seen_at"] is not None, "who answers has read it"
    assert Caller(daughter).get(path_of(senior)).json()["items"] == []
    assert len(Caller(senior).get(path_of(senior)).json()["items"]) == 2


def test_pages_of_the_list_join_without_gap(senior: User, son: User) -> None:
    for number in range(5):
        actions.write_to_senior(son, senior.pk, str(number), key=str(number))
    caller = Caller(son)
    texts: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = caller.get(f"{path_of(senior)}?limit=2&cursor={cursor}").json()
        texts += [item["text"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert texts == ["4", "3", "2", "1", "0"]


def test_a_member_is_told_that_a_message_is_no_alert(senior: User, son: User) -> None:
    assert Caller(son).post(path_of(senior), {"text": "Dad fell and can't get up!"}).json()["sounds_urgent"] is True
    assert not Alert.objects.exists()


def test_the_seniors_words_are_screened(senior: User, son: User) -> None:
    answer = Caller(senior).post(path_of(senior), {"text": "I can't breathe", "to": str(son.pk)}).json()
    assert answer["emergency"]["level"] == "E"
    assert answer["message"]["text"] == "I can't breathe"
    assert Alert.objects.get().level == "E"


@pytest.mark.parametrize(("who", "reads", "writes"), [("visitor", 200, 404), ("stranger", 404, 404)])
def test_rights(senior: User, who: str, reads: int, writes: int, request: pytest.FixtureRequest) -> None:
    caller = Caller(request.getfixturevalue(who))
    assert caller.get(path_of(senior)).status_code == reads
    assert caller.post(path_of(senior), {"text": "hello"}).status_code == writes
    assert not FamilyMessage.objects.exists()


def test_without_a_token_there_is_nothing(senior: User) -> None:
    assert Caller(None).get(path_of(senior)).status_code == 401


def test_the_senior_says_to_whom(senior: User, stranger: User) -> None:
    assert Caller(senior).post(path_of(senior), {"text": "hello"}).status_code == 422
    assert Caller(senior).post(path_of(senior), {"text": "hello", "to": str(stranger.pk)}).status_code == 404


def test_seen(senior: User, son: User) -> None:
    message = actions.write_to_senior(son, senior.pk, "hello", key="k")
    assert Caller(son).post(f"{path_of(senior)}/{message.pk}/seen").status_code == 204
    seen = FamilyMessage.objects.filter(pk=message.pk, seen_at__isnull=False)
    assert not seen.exists(), "a member cannot say that the senior has seen it"
    assert Caller(senior).post(f"{path_of(senior)}/{message.pk}/seen").status_code == 204
    assert seen.exists()
