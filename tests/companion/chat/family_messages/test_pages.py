"""The pages: a member's thread, the senior's talk and messages, all without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from companion.accounts.models import User
from companion.chat.family_messages import actions, selectors
from companion.chat.family_messages.models import FamilyMessage
from companion.safety.models import Alert
from tests.companion.chat.family_messages.conftest import NOON, browser_of, talked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rules_only", "pushed")]
Write = Callable[..., FamilyMessage]


def words(page: Any) -> str:
    return " ".join(page.content.decode().split())


@time_machine.travel(NOON)
def test_a_member_writes_and_sees_it_seen(senior: User, son: User) -> None:
    browser = browser_of(son)
    address = f"/family/{senior.pk}/messages/"
    sent = {"text": "I ring after lunch.", "form_key": str(uuid4())}
    assert browser.post(address, sent)["Location"] == f"{address}#write"
    browser.post(address, sent)
    assert FamilyMessage.objects.count() == 1, "a form sent twice is one message"
    assert "not seen yet" in words(browser.get(address))
    actions.see_as_senior(senior, FamilyMessage.objects.get().pk)
    assert re.search(r"seen \d+:\d\d [ap]\.m\.", words(browser.get(address)))


def test_opening_the_thread_reads_her_answers(senior: User, son: User) -> None:
    actions.pass_on(senior.pk, son.pk, "Come at four", key="k")
    assert selectors.unread_of(son, senior.pk) == 1
    assert "Come at four" in words(browser_of(son).get(f"/family/{senior.pk}/messages/"))
    assert selectors.unread_of(son, senior.pk) == 0


def test_markup_and_links_are_only_letters(senior: User, son: User) -> None:
    actions.write_to_senior(son, senior.pk, "<script>alert(1)</script> http://evil.example", key="k")
    for who, address in ((son, f"/family/{senior.pk}/messages/"), (senior, "/"), (senior, "/messages/")):
        page = browser_of(who).get(address).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt; http://evil.example" in page
        assert "<script>alert" not in page
        assert 'href="http://evil' not in page


def test_a_message_that_tells_of_danger_is_sent_and_points_to_help(senior: User, son: User) -> None:
    browser = browser_of(son)
    answer = browser.post(f"/family/{senior.pk}/messages/", {"text": "Mum has fallen and can't get up!"})
    page = words(browser.get(answer["Location"]))
    assert "Is Margaret in danger now?" in page
    assert 'href="tel:911"' in page
    assert FamilyMessage.objects.count() == 1
    assert not Alert.objects.exists(), "a member's message is no alert of its own"


def test_empty_words_are_answered_in_place_and_the_draft_is_kept(senior: User, son: User) -> None:
    answer = browser_of(son).post(f"/family/{senior.pk}/messages/", {"text": "x" * 1_001})
    assert answer.status_code == 422
    assert "too long" in words(answer)
    assert "x" * 1_001 in answer.content.decode()


@pytest.mark.parametrize(("who", "reads"), [("visitor", 200), ("stranger", 404)])
def test_a_visitor_only_looks_and_a_stranger_finds_nothing(
    senior: User, who: str, reads: int, request: pytest.FixtureRequest
) -> None:
    browser = browser_of(request.getfixturevalue(who))
    address = f"/family/{senior.pk}/messages/"
    page = browser.get(address)
    assert page.status_code == reads
    assert b"<textarea" not in page.content
    assert browser.post(address, {"text": "hello"}).status_code == 404
    assert not FamilyMessage.objects.exists()


def test_the_senior_is_led_to_her_own_page_of_messages(senior: User, daughter: User, son: User) -> None:
    actions.write_to_senior(son, senior.pk, "Hello Mum", key="k")
    browser = browser_of(senior)
    assert browser.get(f"/family/{senior.pk}/messages/")["Location"] == "/messages/"
    page = words(browser.get("/messages/"))
    assert page.index("Hello Mum") < page.index("Write to Anna"), "who wrote last comes first"
    assert f"/?to={daughter.pk}#compose" in page


def test_what_came_while_the_page_was_closed_is_on_it_and_unread_comes_last(
    senior: User, son: User, write: Write
) -> None:
    write(son, senior, "First words")
    talked(senior)
    browser = browser_of(senior)
    page = words(browser.get("/"))
    assert page.index("Hello.") < page.index("First words")
    assert "Ben writes" in page
    browser.post(f"/messages/{FamilyMessage.objects.get().pk}/seen/")
    page = words(browser.get("/"))
    assert page.index("First words") < page.index("Hello."), "what was read stands where it belongs in time"
    assert "I have read it" not in page


def test_she_answers_without_scripts_and_it_is_plain_to_whom(senior: User, son: User, write: Write) -> None:
    write(son, senior, "Shall I come at four?")
    browser = browser_of(senior)
    page = words(browser.get(f"/?to={son.pk}"))
    assert 'Your words go to <strong class="name">Ben</strong>, not to Lilo.' in page
    assert f'name="to" id="to" value="{son.pk}"' in page
    browser.post("/say/", {"text": "Yes please", "to": str(son.pk), "form_key": str(uuid4())})
    assert FamilyMessage.objects.get(by_senior=True).text == "Yes please"
    page = words(browser.get("/"))
    assert "To Ben: Yes please" in page
    assert 'id="addressee" hidden' in page, "the next words are for Lilo again"


def test_she_answers_by_a_button_without_scripts(senior: User, son: User, write: Write) -> None:
    message = write(son, senior, "Shall I come at four?")
    browser_of(senior).post("/say/", {"text": f"message:{message.pk}:no", "form_key": str(uuid4())})
    assert FamilyMessage.objects.get(by_senior=True).text == "No"


def test_danger_is_heard_even_where_the_addressee_is_gone(senior: User, stranger: User) -> None:
    browser_of(senior).post("/say/", {"text": "I fell and can't get up", "to": str(stranger.pk)})
    assert Alert.objects.get().level == "E"
    assert not FamilyMessage.objects.exists()


def test_reading_aloud_is_her_choice_on_this_device(senior: User) -> None:
    browser = browser_of(senior)
    assert "data-aloud" not in words(browser.get("/"))
    browser.post("/settings/read-aloud/", {"aloud": "yes"})
    assert "data-aloud" in words(browser.get("/"))
    browser.post("/settings/read-aloud/", {"aloud": "no"})
    assert "data-aloud" not in words(browser.get("/"))
