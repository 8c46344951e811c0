"""Every event of the sockets against everyone: the fragments and hints are read from the registry."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings

from companion.chat.routing import SOCKETS as CHAT
from companion.circle.access import Need
from companion.circle.events import send_hints, senior_group
from companion.family.live.routing import SOCKETS as FAMILY
from companion.family.registry import FRAGMENTS, OWN_FRAGMENTS
from lilo_site.asgi import application
from lilo_site.threads import in_thread
from tests.companion.chat.sockets import session_of
from tests.permissions.policies import CIRCLE, DETAILS, MANAGERS, POLICIES, SENIOR, STATES
from tests.permissions.world import ACTORS, PEOPLE, World

ITEM = POLICIES["item"]
#: Who has each right while only alerts are shared, and while everything is.
RIGHTS = {
    Need.BELONG: (CIRCLE, CIRCLE),
    Need.ALERTS: (CIRCLE, CIRCLE),
    Need.MEDICINES: ITEM,
    Need.JOURNAL: ITEM,
    Need.ACTIVITY: ITEM,
    Need.TOPICS: ITEM,
    Need.DETAILS: (DETAILS, DETAILS),
    Need.MANAGE: (MANAGERS, MANAGERS),
    Need.DECIDE: (SENIOR, SENIOR),
}
#: What only a piece about medicines, or about the journal, can hold.
WORDS = {"medicines": '<h2 id="medicines-title">', "journal": '<h2 id="journal-title">'}
HINTS = sorted(
    {hint for one in FRAGMENTS.values() for hint in one.hints}
    | {hint for one in OWN_FRAGMENTS.values() for hint in one.hints}
)
REMINDER = {"reminder_id": str(uuid4()), "title": "Time for a walk", "detail": "", "choices": []}


class Socket(WebsocketCommunicator):
    """A socket to the whole application, with or without somebody's session."""

    def __init__(self, path: str, session: str = "") -> None:
        headers = [(b"host", b"testserver"), (b"origin", b"http://testserver")]
        if session:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()))
        super().__init__(application, path, headers=headers)

    async def heard(self, seconds: float = 0.6) -> list[dict[str, Any]]:
        """Everything that comes until it is quiet."""
        found = []
        while not await self.receive_nothing(timeout=seconds):
            message = await self.receive_output(timeout=5)
            found.append(json.loads(message["text"]) if "text" in message else message)
        return found


async def open_socket(world: World, path: str, actor: str) -> tuple[Socket, bool]:
    """A socket of the actor's, and whether it was let in."""
    session = await in_thread(session_of, world.people[actor]) if actor != "anonymous" else ""
    socket = Socket(path, session)
    let_in, _ = await socket.connect()
    return socket, let_in


def test_every_right_and_socket_is_in_the_table() -> None:
    assert set(RIGHTS) == set(Need)
    assert set(CHAT) | set(FAMILY) == {"/ws/chat/", "/ws/mobile/", "/ws/live/"}


@pytest.mark.parametrize("path", ["/ws/chat/", "/ws/live/", "/ws/mobile/"])
async def test_no_socket_opens_for_nobody(world: World, path: str) -> None:
    socket, let_in = await open_socket(world, path, "anonymous")
    assert not let_in or (await socket.receive_output(timeout=5))["type"] == "websocket.close"


@pytest.mark.parametrize("actor", PEOPLE)
async def test_open_page_is_told_its_rights_and_shown_no_more(world: World, shared: str, actor: str) -> None:
    state = STATES.index(shared)
    rights = {need.value for need, allowed in RIGHTS.items() if actor in allowed[state]}
    page, let_in = await open_socket(world, "/ws/live/", actor)
    assert let_in
    await page.send_json_to({"type": "watch", "seniors": {str(world.senior.pk): list(FRAGMENTS)}, "own": []})
    came = await page.heard(1)
    told = [set(frame["needs"]) for frame in came if frame["type"] == "rights"]
    html = "".join(text for frame in came if frame["type"] == "show" for text in frame["html"])
    assert told == [rights]
    assert bool(html) == ("belong" in rights)
    for need, words in WORDS.items():
        assert (words in html) == (need in rights), need
    for kind in HINTS:
        await in_thread(
            send_hints, [(senior_group(world.senior.pk), {"type": kind, "senior_id": str(world.senior.pk)})]
        )
    if not rights:
        assert await page.heard() == []
    await page.disconnect()


@pytest.mark.parametrize("actor", PEOPLE)
async def test_push_to_the_senior_is_heard_by_the_senior_alone(world: World, actor: str) -> None:
    page, let_in = await open_socket(world, "/ws/chat/", actor)
    assert let_in
    await page.send_json_to({"type": "ping"})  # a page that listens from now on
    assert [event["type"] for event in await page.heard()] == ["pong"]
    push = {"type": "push", "user_id": str(world.senior.pk), "event": {"type": "reminder", **REMINDER}}
    await in_thread(send_hints, [(f"user.{world.senior.pk}", push)])
    titles = [event.get("title") for event in await page.heard()]
    assert ("Time for a walk" in titles) == (actor == "senior")
    await page.disconnect()


def test_actors_are_all_asked() -> None:
    assert set(ACTORS) - set(PEOPLE) == {"anonymous"}
