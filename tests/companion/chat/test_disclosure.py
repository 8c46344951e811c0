"""Lilo says that it is a computer program: as a talk starts, every three hours of it, and never in an emergency."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError
from django.test import AsyncClient
from django.utils import timezone

from companion.accounts.models import User
from companion.chat import disclosure, phrases
from companion.chat.actions import answer_fully, new_turn
from companion.chat.models import Disclosure
from companion.chat.reply import Reply
from companion.chat.turn import Turn
from lilo_site.threads import in_thread
from tests.companion.chat.sockets import Page, session_of

pytestmark = pytest.mark.django_db(transaction=True)
NOTICE = phrases.A_PROGRAM
WAKING = "I keep waking up at night, what can I do?"


@pytest.fixture(autouse=True)
def _untold(senior: User) -> None:
    Disclosure.objects.all().delete()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        yield traveller


async def said(senior: User, text: str) -> str:
    outcome = await answer_fully(await new_turn(senior, text))
    assert outcome.done is not None
    return outcome.done.text


async def test_said_at_the_first_answer_and_not_at_the_next(senior: User, published_corpus: None) -> None:
    assert (await said(senior, WAKING)).startswith(NOTICE)
    assert NOTICE not in await said(senior, "Thank you")


async def test_said_again_when_three_hours_have_passed(
    senior: User, published_corpus: None, clock: time_machine.Traveller
) -> None:
    assert NOTICE in await said(senior, "Hello")
    clock.shift(timedelta(hours=2, minutes=59))
    assert NOTICE not in await said(senior, "Hello")
    clock.shift(timedelta(minutes=2))
    assert NOTICE in await said(senior, "Hello")


async def test_emergency_comes_without_it_and_the_next_answer_has_it(
    turn_of: Callable[..., Turn], published_corpus: None
) -> None:
    outcome = await answer_fully(turn_of("I fell and I can't get up"))
    assert outcome.emergency is not None
    assert outcome.done is not None
    assert "computer program" not in outcome.done.text + outcome.emergency.text
    later = await answer_fully(turn_of("Thank you"))
    assert later.done is not None
    assert NOTICE in later.done.text


async def test_answer_that_says_so_itself_does_not_say_it_twice(senior: User, published_corpus: None) -> None:
    text = await said(senior, "Are you a real person?")
    assert text.lower().count("computer program") == 1
    assert "computer program" not in await said(senior, "Thank you")


async def test_every_generator_gets_it(senior: User) -> None:
    async def sentences() -> Any:
        yield "Something a model wrote."

    reply = disclosure.with_notice(Reply("answer", sentences(), "any"))
    assert [sentence async for sentence in reply.sentences] == [NOTICE, "Something a model wrote."]


async def test_answer_that_might_say_so_and_does_not_gets_it_at_the_end() -> None:
    async def sentences() -> Any:
        yield "Lilo never gets tired."

    reply = Reply("small_talk", sentences(), "any", grounds=("Lilo is a computer program that helps.",))
    assert [sentence async for sentence in disclosure.with_notice(reply).sentences][-1] == NOTICE


async def test_database_that_does_not_answer_lets_it_be_said(
    turn_of: Callable[..., Turn], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_user_id: object) -> bool:
        raise DatabaseError("locked")

    monkeypatch.setattr(disclosure, "_is_due", broken)
    outcome = await answer_fully(turn_of("Hello"))
    assert outcome.done is not None
    assert outcome.done.text.startswith(NOTICE)


async def test_form_and_socket_agree(senior: User, published_corpus: None, async_client: AsyncClient) -> None:
    """A face says it where it is the first, and keeps quiet where another has said it."""
    await async_client.aforce_login(senior)
    await async_client.post("/say/", {"text": "Hello"})
    assert NOTICE in (await async_client.get("/")).content.decode()
    page = await Page(await in_thread(session_of, senior)).opened()
    await page.say("Good evening")
    assert NOTICE not in (await page.events())[-1]["text"]
    await Disclosure.objects.all().adelete()
    await page.say("Good evening")
    assert NOTICE in (await page.events())[-1]["text"]
    await page.disconnect()


@pytest.mark.parametrize("is_streamed", [False, True])
async def test_api_says_it(senior: User, published_corpus: None, async_client: AsyncClient, is_streamed: bool) -> None:
    known = {"username": "margaret", "password": "a good long password"}
    signed_in = await async_client.post("/api/v1/auth/token", known, content_type="application/json")
    bearer = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    if is_streamed:
        answered = await async_client.get("/api/v1/chat/stream", {"message": "Hello"}, headers=bearer)
        body = b"".join([part async for part in answered.streaming_content])  # type: ignore[attr-defined]
    else:
        said = {"message": "Hello"}
        answered = await async_client.post(
            "/api/v1/chat/message", said, content_type="application/json", headers=bearer
        )
        body = answered.content
    assert NOTICE.encode() in body
