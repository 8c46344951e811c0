"""Opening sockets in tests: a page of a signed-in senior, and an answering function whose pace the test decides."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from companion.accounts.models import User
from companion.chat.events import Accepted, Delta, Done, Error, SourceItem, Sources, TurnEvent
from companion.chat.history import StoredMessage, StoredTurn, history
from companion.chat.routing import sockets
from companion.chat.turn import Turn
from lilo_site.threads import in_thread

SOURCE = SourceItem(
    number=1,
    key="sleep",
    title="Sleep",
    publisher="NIA",
    url="https://example.org",
    checked="2026-05-02",
    used=("Rest.",),
)


class PacedAnswers:
    """Answers "one two three[1]" word by word, waits at `gate` before the last, and keeps the turn."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.turns: list[Turn] = []
        self.words = ["one", " two", " three[1]"]
        self.refuses = False

    async def __call__(self, turn: Turn) -> AsyncIterator[TurnEvent]:
        self.turns.append(turn)
        yield Accepted(turn_id=turn.turn_id, message_id=turn.message_id, trace_id=turn.trace_id)
        if self.refuses:
            yield Error(code="too_fast", message="A little slower, please.", message_id=turn.message_id, retry_after=3)
            return
        yield Sources(turn_id=turn.turn_id, items=(SOURCE,))
        for sequence, word in enumerate(self.words):
            if sequence == len(self.words) - 1:
                await self.gate.wait()
            yield Delta(turn_id=turn.turn_id, sequence=sequence, text=word)
            await asyncio.sleep(0)
        text = "".join(self.words)
        said = StoredMessage(turn.turn_id, turn.message_id, "senior", turn.text, turn.said_at)
        answered = StoredMessage(
            turn.turn_id, turn.message_id, "lilo", text, turn.said_at, kind="answer", sources=(SOURCE,)
        )
        await in_thread(history().append, turn.speaker.user_id, StoredTurn(said, answered))
        facts: dict[str, Any] = {
            "kind": "answer",
            "strategy": "hybrid",
            "confidence": 0.9,
            "rung": "full_rag",
            "entries": ("sleep",),
        }
        times: dict[str, Any] = {"latency_ms": 1.0, "steps_ms": {}}
        yield Done(
            turn_id=turn.turn_id, message_id=turn.message_id, text=text, trace_id=turn.trace_id, **facts, **times
        )


class Page(WebsocketCommunicator):
    """A browser's socket, as a page of `http://testserver` opens it."""

    def __init__(self, session: str, *, origin: str = "http://testserver", path: str = "/ws/chat/") -> None:
        headers = [(b"host", b"testserver"), (b"origin", origin.encode())]
        if session:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()))
        super().__init__(sockets, path, headers=headers)

    async def opened(self) -> Page:
        """Connect, and be let in."""
        accepted, _ = await self.connect()
        assert accepted, "the socket was refused"
        return self

    async def say(self, text: str, message_id: str = "", **more: Any) -> str:
        """Send a message; its id comes back."""
        message_id = message_id or str(uuid4())
        await self.send_json_to({"type": "message", "message_id": message_id, "text": text, **more})
        return message_id

    async def events(self, until: str = "done") -> list[dict[str, Any]]:
        """What comes, up to and with the first event of a type."""
        heard: list[dict[str, Any]] = []
        while not heard or heard[-1]["type"] != until:
            heard.append(json.loads(await self.receive_from(timeout=5)))
        return heard

    async def close_code(self) -> int:
        """The code with which the server ends it; what is sent before is passed over."""
        while (message := await self.receive_output(timeout=5))["type"] != "websocket.close":
            pass
        return int(message.get("code", 1000))


def session_of(user: User) -> str:
    """A fresh session of the user, as signing in makes it. Blocks."""
    client = Client()
    client.force_login(user, backend="companion.accounts.backends.PersonBackend")
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)
