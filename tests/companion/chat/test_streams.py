"""A person's stream: nothing is lost and nothing is done twice, whatever the connection does."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from channels.layers import get_channel_layer
from django.conf import LazySettings
from django.db import connection
from redis.asyncio import Redis
from redis.exceptions import RedisError

from companion.accounts.models import User
from companion.chat import hub as hubs
from companion.chat import streams
from companion.chat.actions import recent_exchanges, speaker_of
from companion.chat.doors import Guest
from companion.chat.hub import hub
from companion.chat.models import Message
from companion.chat.streams import Reader, Stream
from lilo_site.settings.stores import channel_layer
from lilo_site.threads import in_thread
from tests.companion.chat.sockets import PacedAnswers, Page

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_connection_lost_in_mid_answer_loses_and_doubles_nothing(session: str, answers: PacedAnswers) -> None:
    answers.gate.clear()
    first = await Page(session).opened()
    message_id = await first.say("I keep waking up")
    before = [json.loads(await first.receive_from(timeout=5)) for _ in range(3)]
    await first.disconnect()
    answers.gate.set()
    second = await Page(session).opened()
    await second.send_json_to({"type": "resume", "last_event_id": before[-1]["id"]})
    await second.say("I keep waking up", message_id, resend=True)
    heard = {event["id"]: event for event in before + await second.events()}
    told = [heard[number] for number in sorted(heard)]
    assert [event["type"] for event in told] == ["accepted", "sources", "delta", "delta", "delta", "done"]
    assert "".join(event["text"] for event in told if event["type"] == "delta") == "one two three[1]"
    assert len(answers.turns) == 1, "the message was answered twice"
    assert await Message.objects.acount() == 2
    await second.disconnect()


async def test_what_comes_before_a_resume_is_not_sent_out_of_order(session: str, answers: PacedAnswers) -> None:
    answers.gate.clear()
    first = await Page(session).opened()
    await first.say("hello")
    seen = json.loads(await first.receive_from(timeout=5))
    second = await Page(session).opened()
    answers.gate.set()
    await first.events()
    await second.send_json_to({"type": "resume", "last_event_id": seen["id"]})
    ids = [event["id"] for event in await second.events()]
    assert ids == sorted(ids)
    assert len(ids) == 5
    await first.disconnect()
    await second.disconnect()


async def test_a_client_that_only_listens_hears_what_came_since_it_opened(
    session: str, answers: PacedAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "LISTENER_SECONDS", 0.1)
    listener, page = await Page(session).opened(), await Page(session).opened()
    await page.say("hello")
    await page.events()
    assert (await listener.events())[0]["type"] == "accepted"
    await listener.disconnect()
    await page.disconnect()


async def test_two_tabs_hear_the_same_events(session: str, answers: PacedAnswers) -> None:
    one, two = await Page(session).opened(), await Page(session).opened()
    await two.send_json_to({"type": "ping"})
    await two.receive_from(timeout=5)
    await one.say("hello")
    assert await one.events() == await two.events()
    await one.disconnect()
    await two.disconnect()


async def test_the_same_message_id_runs_once_while_running_and_after(session: str, answers: PacedAnswers) -> None:
    answers.gate.clear()
    page = await Page(session).opened()
    message_id = await page.say("hello")
    await page.say("hello", message_id)
    await page.say("hello", message_id, resend=True)
    answers.gate.set()
    await page.events()
    await page.say("hello", message_id)
    again = await page.events()
    assert again[-1]["text"] == "one two three[1]"
    assert len(answers.turns) == 1
    assert await Message.objects.acount() == 2
    await page.disconnect()


async def test_a_resent_message_of_before_a_restart_gets_its_kept_answer(
    session: str, answers: PacedAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await Page(session).opened()
    message_id = await page.say("hello")
    done = (await page.events())[-1]
    await page.disconnect()
    hubs._hubs.clear()  # as a restarted process begins
    page = await Page(session).opened()
    await page.say("hello", message_id, resend=True)
    again = await page.events()
    assert [event["type"] for event in again] == ["accepted", "sources", "delta", "done"]
    assert (again[-1]["turn_id"], again[-1]["text"]) == (done["turn_id"], done["text"])
    assert len(answers.turns) == 1
    await page.disconnect()


async def test_a_gap_is_told_only_where_something_was_said_in_it(session: str, answers: PacedAnswers) -> None:
    page = await Page(session).opened()
    before = time.time_ns() // 1000
    await page.say("hello")
    after = (await page.events())[-1]["id"]
    await page.disconnect()
    hubs._hubs.clear()
    page = await Page(session).opened()
    await page.send_json_to({"type": "resume", "last_event_id": after})
    await page.send_json_to({"type": "ping"})
    assert json.loads(await page.receive_from(timeout=5))["type"] == "pong"
    await page.send_json_to({"type": "resume", "last_event_id": before})
    assert json.loads(await page.receive_from(timeout=5))["code"] == "resume_gap"
    await page.disconnect()


async def test_only_the_last_events_are_kept(senior: User, answers: PacedAnswers) -> None:
    answers.words = ["a"] * 500
    stream, heard, over = Stream(senior.pk), [], asyncio.Event()

    async def write(text: str) -> None:
        heard.append(json.loads(text)["type"])
        if heard[-1] == "done":
            over.set()

    async def end(code: int) -> None:
        raise AssertionError(f"a reader that keeps up was closed with {code}")

    reader = Reader(Guest(speaker_of(senior), 0), write, end)
    stream.readers.append(reader)
    await stream.say(reader, "m1", "hello", resend=False)
    await over.wait()
    assert len(heard) == 503
    assert len(stream.ring) == 200


async def test_a_reader_that_stands_still_is_closed_with_1013_and_costs_no_memory(
    senior: User, answers: PacedAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BACKLOG_SECONDS", 0.2)
    answers.words = ["a"] * 90
    stream, codes, blocked = Stream(senior.pk), [], asyncio.Event()

    async def write(text: str) -> None:
        await blocked.wait()

    async def end(code: int) -> None:
        codes.append(code)

    reader = Reader(Guest(speaker_of(senior), 0), write, end)
    stream.readers.append(reader)
    await stream.say(reader, "m1", "hello", resend=False)
    await asyncio.sleep(0.5)
    assert codes == [1013]
    reader.stop()


async def test_a_stream_that_nobody_needs_is_forgotten(
    session: str, answers: PacedAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "IDLE_SECONDS", 0)
    page = await Page(session).opened()
    await page.say("hello")
    await page.events()
    await hub()._forget_idle()
    assert len(hub()._streams) == 1, "a stream in use was forgotten"
    await page.disconnect()
    await asyncio.sleep(0.05)
    await hub()._forget_idle()
    assert hub()._streams == {}


async def test_a_socket_that_opens_while_its_stream_is_forgotten_still_hears(
    senior: User, session: str, answers: PacedAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "IDLE_SECONDS", -1)
    idle = await Page(session).opened()
    await idle.disconnect()
    await asyncio.sleep(0.05)

    async def slow_store(function: Any, *args: Any) -> Any:
        if function is recent_exchanges:
            await hub()._forget_idle()
            assert hub()._streams == {}
        return await in_thread(function, *args)

    monkeypatch.setattr(hubs, "in_thread", slow_store)
    page = await Page(session).opened()
    await page.say("hello")
    assert (await page.events())[-1]["type"] == "done"
    assert [len(stream.readers) for stream in hub()._streams.values()] == [1]
    written = {"type": "family_message", "sender_id": str(uuid4()), "sender": "Anna", "text": "See you at four."}
    written["message_id"] = str(uuid4())
    hint = {"type": "push", "user_id": str(senior.pk), "event": written}
    await get_channel_layer().group_send(f"user.{senior.pk}", hint)
    assert (await page.events(until="family_message"))[-1]["text"] == "See you at four."
    await page.disconnect()


@pytest.mark.servers
async def test_redis_that_is_away_when_a_page_opens_holds_up_no_talk_and_is_found_again(
    senior: User,
    session: str,
    answers: PacedAnswers,
    settings: LazySettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hubs, "CHECK_SECONDS", 0.2)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = urlsplit(f"redis://127.0.0.1:{port}/0")
    settings.CHANNEL_LAYERS = {"default": channel_layer(address, "a key of this test")}
    page = await Page(session).opened()
    await page.say("hello")
    assert (await page.events())[-1]["type"] == "done"
    program = shutil.which("redis-server")
    assert program, "install redis-server: deploy/test-tools.sh names what the tests need"
    arguments = ["--port", str(port), "--save", "", "--dir", str(tmp_path)]
    server = await asyncio.create_subprocess_exec(program, *arguments, stdout=asyncio.subprocess.DEVNULL)
    try:
        event = {"type": "alert", "alert_id": str(uuid4()), "state": "claimed", "text": "Anna is on it."}
        hint = {"type": "push", "user_id": str(senior.pk), "event": event}
        ends = time.monotonic() + 20
        while await page.receive_nothing(timeout=0.2):
            assert time.monotonic() < ends, "the page hears no hints although Redis is back"
            with suppress(RedisError):
                await get_channel_layer().group_send(f"user.{senior.pk}", hint)
        assert (await page.events(until="alert"))[-1]["text"] == "Anna is on it."
        async with Redis.from_url(address.geturl()) as other:
            await other.publish(f"lilo__group__user.{senior.pk}", b"of a process with another key")
        await get_channel_layer().group_send(f"user.{senior.pk}", hint)
        assert (await page.events(until="alert"))[-1]["text"] == "Anna is on it."
        await page.disconnect()
    finally:
        server.kill()
        await server.wait()


async def test_database_that_fails_ends_no_socket_and_holds_back_no_message(
    session: str, answers: PacedAnswers
) -> None:
    page = await Page(session).opened()
    await in_thread(_rename, "chat_message", "away")
    try:
        await page.send_json_to({"type": "resume", "last_event_id": 1})
        assert (await page.events(until="error"))[-1]["code"] == "fault"
        await page.send_json_to({"type": "feedback", "turn_id": str(uuid4()), "helpful": True})
        assert (await page.events(until="error"))[-1]["code"] == "fault"
        await page.say("I fell and I can't get up", resend=True)
        assert (await page.events(until="delta"))[0]["type"] == "accepted"
    finally:
        await in_thread(_rename, "away", "chat_message")
    await page.disconnect()


def _rename(before: str, after: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {before} RENAME TO {after}")
