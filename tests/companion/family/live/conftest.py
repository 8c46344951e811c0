"""An open page of the portal, as its socket sees it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings

from companion.accounts.models import User
from companion.chat.routing import route
from companion.family.live.routing import SOCKETS
from lilo_site.threads import in_thread
from tests.companion.chat.sockets import session_of

sockets = route(SOCKETS)


class OpenPage(WebsocketCommunicator):
    """A browser's socket, as a page of `http://testserver` opens it."""

    def __init__(self, session: str, *, origin: str = "http://testserver") -> None:
        headers = [(b"host", b"testserver"), (b"origin", origin.encode())]
        if session:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()))
        super().__init__(sockets, "/ws/live/", headers=headers)

    async def watch(self, senior_id: UUID, *names: str, own: tuple[str, ...] = ()) -> None:
        """Say what the page shows of one senior."""
        await self.send_json_to({"type": "watch", "seniors": {str(senior_id): names}, "own": own})

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next message of a type."""
        message: dict[str, Any] = {"type": ""}
        while message["type"] != kind:
            message = json.loads(await self.receive_from(timeout=5))
        return message

    async def shown(self) -> str:
        """The fragments that come next."""
        return "\n".join((await self.hear("show"))["html"])

    async def shows(self, words: str) -> str:
        """What comes until these words do."""
        heard = ""
        while words not in heard:
            heard += await self.shown()
        return heard

    async def close_code(self) -> int:
        """The code with which the server ends it; what is sent before is passed over."""
        while (message := await self.receive_output(timeout=5))["type"] != "websocket.close":
            pass
        return int(message.get("code", 1000))

    async def hears_nothing(self, seconds: float = 0.3) -> bool:
        """Whether nothing comes."""
        await asyncio.sleep(seconds)
        return bool(await self.receive_nothing(timeout=0.05))


Open = Callable[[User], Awaitable[OpenPage]]


@pytest.fixture
async def open_page() -> AsyncIterator[Open]:
    """Open a page's socket as a person."""
    pages: list[OpenPage] = []

    async def as_person(user: User) -> OpenPage:
        page = OpenPage(await in_thread(session_of, user))
        pages.append(page)
        accepted, _ = await page.connect()
        assert accepted, "the socket was refused"
        return page

    yield as_person
    for page in pages:
        await page.disconnect()
