"""The socket `/ws/live/`: an open page says what it shows, and is sent what became of it."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import UUID

from companion.chat import doors
from companion.chat.consumers import Receive, Scope, Send, refuse
from companion.family.live.frames import MAX_FRAME_BYTES, FrameRefused, MayNow, Show, Watch, read_frame
from companion.family.live.hub import SIGNED_OUT, hub
from lilo_site.threads import in_thread

BINARY, TOO_MUCH, TOO_BIG = 1003, 1008, 1009
PONG = '{"type":"pong"}'
BUSY_WAIT = 0.05
#: Frames: so many at once, then so many a second.
FRAMES, FRAMES_A_SECOND = 30.0, 1.0


class LiveSocket:
    """One open page. What waits to be sent is kept by fragment, so that a slow reader costs no memory: only the newest
    of each counts.
    """

    __slots__ = (
        "_allowance",
        "_counted_at",
        "_is_over",
        "_pump",
        "_receive",
        "_rights",
        "_send",
        "_shown",
        "_told",
        "_transport",
        "_waiting",
        "guest",
        "heard",
        "own",
        "watched",
    )

    def __init__(self, guest: doors.Guest, receive: Receive, send: Send) -> None:
        self.guest = guest
        self.watched: dict[UUID, frozenset[str]] = {}
        self.own: frozenset[str] = frozenset()
        #: Whose hints concern this page.
        self.heard: set[UUID] = set()
        self._receive = receive
        self._send = send
        # Daphne's `send` never waits for the network: only its transport knows that the other side does not read.
        self._transport = getattr(next(iter(getattr(send, "args", ())), None), "transport", None)
        self._allowance, self._counted_at = FRAMES, time.monotonic()
        self._is_over = False
        self._pump: asyncio.Task[None] | None = None
        self._waiting: dict[tuple[UUID | None, str], str] = {}
        self._rights: dict[UUID, tuple[str, ...]] = {}
        #: Which reading each fragment and each right that was sent came from.
        self._shown: dict[tuple[UUID | None, str], tuple[int, str]] = {}
        self._told: dict[UUID, int] = {}

    @property
    def user_id(self) -> UUID:
        """Whose page it is."""
        return self.guest.user_id

    async def serve(self) -> None:
        """Until either side ends it."""
        await hub().join(self)
        try:
            while (message := await self._receive())["type"] == "websocket.receive":
                if not self._is_over:
                    await self._read(message)
        finally:
            self._is_over = True
            await hub().leave(self)

    def show(self, senior_id: UUID | None, html: dict[str, str], *, reading: int) -> None:
        """Send fragments, by name. What the page has already is passed over, and so is an older reading than it has."""
        if senior_id is not None and senior_id not in self.watched:
            return
        for name, text in html.items():
            newest, had = self._shown.get((senior_id, name), (-1, ""))
            if reading >= newest:
                self._shown[senior_id, name] = (reading, text)
                if text != had:
                    self._waiting[senior_id, name] = text
        self._wake()

    def tell_rights(self, senior_id: UUID, needs: tuple[str, ...], *, reading: int) -> None:
        """Say what may be seen of a senior now. Without any right, nothing more about them is sent."""
        if reading < self._told.get(senior_id, -1):
            return
        self._told[senior_id] = reading
        self._rights[senior_id] = needs
        if not needs:
            self.watched.pop(senior_id, None)
        self._wake()

    async def end(self, code: int) -> None:
        """Close the socket from our side."""
        if not self._is_over:
            self._is_over = True
            await self._send({"type": "websocket.close", "code": code})

    def _wake(self) -> None:
        if (self._waiting or self._rights) and self._pump is None and not self._is_over:
            self._pump = asyncio.create_task(self._send_on())

    async def _send_on(self) -> None:
        try:
            while (self._rights or self._waiting) and not self._is_over:
                while getattr(self._transport, "producerPaused", False):  # noqa: ASYNC110
                    await asyncio.sleep(BUSY_WAIT)  # Daphne offers no event to wait for
                rights, self._rights = self._rights, {}
                html = tuple(text for (senior_id, _), text in self._waiting.items() if self._may_have(senior_id))
                self._waiting = {}
                for senior_id, needs in rights.items():  # first: what may not be seen goes before anything comes
                    await self._write(MayNow(senior=senior_id, needs=needs).model_dump_json())
                if html:
                    await self._write(Show(html=html).model_dump_json())
        finally:
            self._pump = None

    def _may_have(self, senior_id: UUID | None) -> bool:
        return senior_id is None or senior_id in self.watched

    async def _write(self, text: str) -> None:
        if not self._is_over:
            await self._send({"type": "websocket.send", "text": text})

    async def _read(self, message: dict[str, Any]) -> None:
        text = message.get("text")
        if text is None:
            await self.end(BINARY)
        elif len(text) > MAX_FRAME_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
            await self.end(TOO_BIG)
        elif not self._may_send():
            await self.end(TOO_MUCH)
        else:
            try:
                frame = read_frame(text)
            except FrameRefused:
                await self.end(TOO_MUCH)
                return
            if isinstance(frame, Watch):
                self._shown.clear()  # the page may have been read anew
                await hub().watch(self, frame)
            else:
                await self._write(PONG)

    def _may_send(self) -> bool:
        now = time.monotonic()
        self._allowance = min(FRAMES, self._allowance + (now - self._counted_at) * FRAMES_A_SECOND) - 1
        self._counted_at = now
        return self._allowance >= 0


async def live_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Let in a page of this site, with its session cookie."""
    await receive()  # websocket.connect
    key = doors.session_key(scope["headers"])
    if not doors.is_own_page(scope["headers"]) or not key:
        await refuse(scope, receive, send)
        return
    guest = await in_thread(doors.guest_of_session, key)
    await send({"type": "websocket.accept", "subprotocol": None})
    if guest is None:
        await send({"type": "websocket.close", "code": SIGNED_OUT})
        return
    await LiveSocket(guest, receive, send).serve()
