"""What the socket answers to what clients send, good and bad."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from channels.layers import get_channel_layer
from django.conf import LazySettings
from django.contrib.sessions.models import Session

from companion.accounts.actions import sign_out_everywhere
from companion.accounts.models import User
from companion.accounts.tickets import issue_ticket
from companion.chat import streams
from companion.chat.hub import hub
from companion.chat.models import Feedback, Message
from lilo_site.threads import in_thread
from tests.companion.chat.sockets import PacedAnswers, Page, session_of

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_message_is_answered_in_order_with_rising_ids(session: str, answers: PacedAnswers) -> None:
    page = await Page(session).opened()
    message_id = await page.say("I keep waking up")
    heard = await page.events()
    assert [event["type"] for event in heard] == ["accepted", "sources", "delta", "delta", "delta", "done"]
    assert heard[0]["message_id"] == heard[-1]["message_id"] == message_id
    assert (
        "".join(event["text"] for event in heard if event["type"] == "delta") == heard[-1]["text"] == "one two three[1]"
    )
    ids = [event["id"] for event in heard]
    assert ids == sorted(set(ids))
    assert answers.turns[0].speaker.name == "Margaret"
    await page.disconnect()


async def test_the_next_turn_knows_the_one_before(session: str, answers: PacedAnswers) -> None:
    page = await Page(session).opened()
    await page.say("I keep waking up")
    await page.events()
    await page.say("And at night?")
    await page.events()
    assert [(item.said, item.answered, item.entries) for item in answers.turns[1].recent] == [
        ("I keep waking up", "one two three[1]", ("sleep",))
    ]
    await page.disconnect()


ID = "5f0c1b0e-8d0a-4c39-9b3c-0f6a1f6f2f11"
LONG = "a" * 4_001
REFUSED: list[tuple[str, str]] = [
    ("{", "not_json"),
    ("[" * 5_000, "not_json"),
    ("[]", "invalid"),
    ('{"type":"sing"}', "unknown_type"),
    ("{}", "unknown_type"),
    (f'{{"type":"message","message_id":"{ID}","text":""}}', "empty"),
    (f'{{"type":"message","message_id":"{ID}","text":" \\u0000\\u200b "}}', "empty"),
    (f'{{"type":"message","message_id":"{ID}","text":"{LONG}"}}', "too_long"),
    ('{"type":"message","message_id":"mine","text":"hello"}', "invalid"),
    (f'{{"type":"message","message_id":"{ID}","text":"hello","to":"anna"}}', "invalid"),
    (f'{{"type":"message","message_id":"{ID}","text":7}}', "invalid"),
    ('{"type":"resume","last_event_id":-1}', "invalid"),
    ('{"type":"resume","last_event_id":1e400}', "invalid"),
    ('{"type":"resume","last_event_id":NaN}', "invalid"),
    (f'{{"type":"feedback","turn_id":"{ID}","helpful":true}}', "unknown_turn"),
]


@pytest.mark.parametrize(("frame", "code"), REFUSED, ids=[f"{code}-{place}" for place, (_, code) in enumerate(REFUSED)])
async def test_a_bad_frame_gets_an_error_and_the_socket_stays(
    frame: str, code: str, session: str, answers: PacedAnswers
) -> None:
    page = await Page(session).opened()
    await page.send_to(text_data=frame)
    error = json.loads(await page.receive_from(timeout=5))
    assert (error["type"], error["code"]) == ("error", code)
    assert "id" not in error
    assert answers.turns == [], "a refused frame was answered"
    await page.say("hello")
    assert (await page.events())[-1]["type"] == "done"
    await page.disconnect()


async def test_the_refusal_of_a_message_names_it(session: str, answers: PacedAnswers) -> None:
    page = await Page(session).opened()
    message_id = await page.say("")
    assert json.loads(await page.receive_from(timeout=5))["message_id"] == message_id
    await page.disconnect()


async def test_hidden_characters_are_taken_out_before_they_are_counted(session: str, answers: PacedAnswers) -> None:
    page = await Page(session).opened()
    await page.say("\u202e\x07" + "a" * 3_999 + "\U000e0041b")
    await page.events()
    assert answers.turns[0].text == "a" * 3_999 + "b"
    await page.disconnect()


@pytest.mark.parametrize(
    ("data", "code"),
    [({"bytes_data": b"\x00"}, 1003), ({"text_data": " " * 65_537}, 1009), ({"text_data": "é" * 32_769}, 1009)],
    ids=["binary", "too-large", "too-many-bytes"],
)
async def test_a_frame_that_no_client_should_send_ends_the_socket(
    data: dict[str, Any], code: int, session: str
) -> None:
    page = await Page(session).opened()
    await page.send_to(**data)
    assert await page.close_code() == code


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", "http://testserver.evil.example", "http://[", "file://testserver"]
)
async def test_a_page_of_another_site_is_refused(origin: str, session: str) -> None:
    accepted, _ = await Page(session, origin=origin).connect()
    assert not accepted, f"a page of {origin or 'nowhere'} was let in"


async def test_a_page_of_a_listed_site_is_let_in(session: str, settings: LazySettings) -> None:
    settings.WEBSOCKET_ORIGINS = ["https://home.example"]
    await (await Page(session, origin="https://home.example").opened()).disconnect()


async def test_without_a_cookie_the_handshake_is_refused(senior: User) -> None:
    accepted, _ = await Page("").connect()
    assert not accepted


@pytest.mark.parametrize("session", ["no-such-session", "' OR 1=1 --"])
async def test_a_session_that_is_not_alive_is_closed_with_4401(session: str, senior: User) -> None:
    page = await Page(session).opened()
    assert await page.close_code() == 4401


async def test_an_address_that_does_not_exist_is_refused(session: str) -> None:
    accepted, _ = await Page(session, path="/ws/elsewhere/").connect()
    assert not accepted


async def test_signing_out_everywhere_ends_sockets_at_once(senior: User, session: str, answers: PacedAnswers) -> None:
    page = await Page(session).opened()
    await in_thread(sign_out_everywhere, senior)
    await get_channel_layer().group_send(f"user.{senior.pk}", {"type": "revoked", "user_id": str(senior.pk)})
    assert await page.close_code() == 4401


async def test_a_session_that_ends_is_noticed_at_the_regular_look(session: str, answers: PacedAnswers) -> None:
    page, other = await Page(session).opened(), await Page(session).opened()
    await page.say("hello")
    await page.events()
    await hub().check()
    await in_thread(Session.objects.all().delete)
    await hub().check()
    assert await page.close_code() == await other.close_code() == 4401


async def test_an_app_comes_in_with_a_ticket_once(senior: User, answers: PacedAnswers) -> None:
    def app(*protocols: str) -> Page:
        page = Page("", path="/ws/mobile/", origin="")
        page.scope["subprotocols"] = list(protocols)
        return page

    ticket = await in_thread(issue_ticket, senior)
    first = app("lilo.v1", f"ticket.{ticket}")
    assert await first.connect() == (True, "lilo.v1")
    await first.say("hello")
    assert (await first.events())[-1]["type"] == "done"
    again = app("lilo.v1", f"ticket.{ticket}")
    await again.connect()
    assert await again.close_code() == 4401
    assert await app("lilo.v1").connect() == (False, 1000)
    await first.disconnect()


async def test_a_cookie_counts_for_nothing_on_the_apps_address(session: str) -> None:
    accepted, _ = await Page(session, path="/ws/mobile/").connect()
    assert not accepted


async def test_refused_messages_leave_the_socket_open_until_the_hundredth(session: str, answers: PacedAnswers) -> None:
    answers.refuses = True
    page = await Page(session).opened()
    for _ in range(99):
        await page.say("hello")
        error = (await page.events(until="error"))[-1]
        assert (error["code"], error["retry_after"]) == ("too_fast", 3)
    answers.refuses = False
    await page.say("hello")
    await page.events()
    answers.refuses = True
    for _ in range(100):
        await page.say("hello")
    assert await page.close_code() == 1008


async def test_a_flood_of_pings_is_slowed_and_then_ended(session: str) -> None:
    page = await Page(session).opened()
    for _ in range(70):
        await page.send_json_to({"type": "ping"})
    answers = [json.loads(await page.receive_from(timeout=5))["type"] for _ in range(70)]
    assert answers.count("pong") in {60, 61}
    for _ in range(100):
        await page.send_json_to({"type": "ping"})
    assert await page.close_code() == 1008


async def test_a_sixth_socket_takes_the_place_of_the_oldest(session: str, answers: PacedAnswers) -> None:
    pages = []
    for _ in range(6):
        pages.append(await Page(session).opened())
        await pages[-1].send_json_to({"type": "ping"})
        assert "pong" in await pages[-1].receive_from(timeout=5)  # it has joined, before the next one opens
    assert await pages[0].close_code() == 4429
    await pages[5].say("hello")
    assert (await pages[1].events(until="accepted"))[0]["type"] == "accepted"
    for page in pages[1:]:
        await page.disconnect()


async def test_feedback_is_stored_for_ones_own_turn_only(
    session: str, senior: User, stranger: User, answers: PacedAnswers
) -> None:
    foreign = await Page(await in_thread(session_of, stranger)).opened()
    page = await Page(session).opened()
    await page.say("hello")
    turn_id = (await page.events())[-1]["turn_id"]
    await foreign.send_json_to({"type": "feedback", "turn_id": turn_id, "helpful": True})
    assert json.loads(await foreign.receive_from(timeout=5))["code"] == "unknown_turn"
    assert not await Feedback.objects.aexists(), "a stranger judged somebody else's answer"
    await page.send_json_to({"type": "feedback", "turn_id": turn_id, "helpful": False})
    noted = json.loads(await page.receive_from(timeout=5))
    assert (noted["type"], noted["turn_id"], noted["helpful"]) == ("feedback", turn_id, False)
    asked = {choice["value"].split(":")[-1] for choice in noted["choices"]}
    assert asked >= {"once", "always"}, "asked before it is passed on"
    assert not (await Feedback.objects.aget(user=senior)).helpful
    await page.disconnect()
    await foreign.disconnect()


async def test_a_push_reaches_only_the_persons_own_sockets(
    session: str, senior: User, stranger: User, answers: PacedAnswers
) -> None:
    foreign = await Page(await in_thread(session_of, stranger)).opened()
    page = await Page(session).opened()
    for each in (page, foreign):
        await each.send_json_to({"type": "ping"})
        await each.receive_from(timeout=5)
    event = {"type": "family_message", "sender_id": str(uuid4()), "sender": "Anna", "text": "See you at four."}
    event["message_id"] = str(uuid4())
    layer = get_channel_layer()
    await layer.group_send(
        f"user.{senior.pk}", {"type": "push", "user_id": str(senior.pk), "event": {"type": "nonsense"}}
    )
    await layer.group_send(f"user.{senior.pk}", {"type": "push", "user_id": str(senior.pk), "event": event})
    heard = json.loads(await page.receive_from(timeout=5))
    assert {key: heard[key] for key in event} == event
    assert await foreign.receive_nothing(timeout=0.2), "a stranger heard the family's words"
    await page.disconnect()
    await foreign.disconnect()


async def test_a_turn_that_hangs_ends_in_an_error_and_may_be_tried_again(
    session: str, answers: PacedAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "TURN_SECONDS", 0.2)
    answers.gate.clear()
    page = await Page(session).opened()
    message_id = await page.say("hello")
    assert (await page.events(until="error"))[-1]["code"] == "timeout"
    answers.gate.set()
    await page.say("hello", message_id)
    assert (await page.events())[-1]["message_id"] == message_id
    assert await Message.objects.acount() == 2
    await page.disconnect()
    await asyncio.sleep(0)
