"""The switchboard of the chat socket: lets people in, reads their frames, hands them on. See docs/protocol.md.

A plain ASGI application: Channels' own consumer makes a thread hop for each message and two tasks for each socket.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import DatabaseError

from companion.chat import doors, phrases
from companion.chat.actions import record_feedback
from companion.chat.events import Error
from companion.chat.frames import MAX_FRAME_BYTES, Frame, FrameRefused, Message, Opinion, Resume, read_frame
from companion.chat.hub import hub
from companion.chat.streams import SIGNED_OUT, Reader, Stream
from lilo_site.threads import in_thread

log = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

BINARY, TOO_BIG = 1003, 1009
PONG = '{"type":"pong","v":1}'
BUSY_WAIT = 0.05
#: Frames besides messages: so many at once, then so many a second.
FRAMES, FRAMES_A_SECOND = 60.0, 2.0


class ChatSocket:
    """One socket, from its handshake to its end."""

    __slots__ = ("_allowance", "_counted_at", "_is_over", "_receive", "_send", "_transport", "reader", "stream")

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        # Daphne's `send` never waits for the network: only its transport knows that the other side does not read.
        self._transport = getattr(next(iter(getattr(send, "args", ())), None), "transport", None)
        self._allowance, self._counted_at = FRAMES, time.monotonic()
        self._is_over = False

    async def serve(self, guest: doors.Guest | None, subprotocol: str | None = None) -> None:
        """Talk until either side ends it."""
        await self._send({"type": "websocket.accept", "subprotocol": subprotocol})
        if guest is None:
            await self.end(SIGNED_OUT)
            return
        self.reader = Reader(guest, self.write, self.end)
        self.stream: Stream = await hub().join(self.reader)
        try:
            while (message := await self._receive())["type"] == "websocket.receive":
                if not self._is_over:
                    await self._read(message)
        finally:
            hub().leave(self.stream, self.reader)

    async def write(self, text: str) -> None:
        """Send a text frame, waiting for a reader that is behind."""
        while getattr(self._transport, "producerPaused", False):  # noqa: ASYNC110
            await asyncio.sleep(BUSY_WAIT)  # Daphne offers no event to wait for
        if not self._is_over:
            await self._send({"type": "websocket.send", "text": text})

    async def end(self, code: int) -> None:
        """Close the socket from our side."""
        if not self._is_over:
            self._is_over = True
            await self._send({"type": "websocket.close", "code": code})

    async def _read(self, message: dict[str, Any]) -> None:
        text = message.get("text")
        if text is None:
            await self.end(BINARY)
        elif len(text) > MAX_FRAME_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
            await self.end(TOO_BIG)
        else:
            try:
                await self._act(read_frame(text))
            except FrameRefused as refusal:
                await self.write(refusal.as_event().model_dump_json())
                await self.reader.refused()
            except DatabaseError:  # the socket stays: while the database is away no other could be opened
                log.exception("a frame could not be acted on")
                await self.write(Error(code="fault", message=phrases.BROKEN, retry_after=60).model_dump_json())

    async def _act(self, frame: Frame) -> None:
        if isinstance(frame, Message):  # its own limit comes after the emergency screen, in the turn
            await self.stream.say(self.reader, str(frame.message_id), frame.text, to=frame.to, resend=frame.resend)
            return
        self._spend()
        if isinstance(frame, Resume):
            if not await self.stream.resume(self.reader, frame.last_event_id):
                raise FrameRefused("resume_gap")
        elif isinstance(frame, Opinion):
            user_id = self.reader.guest.user_id
            thanks = await in_thread(record_feedback, user_id, frame.turn_id, helpful=frame.helpful)
            if thanks is None:
                raise FrameRefused("unknown_turn")
            await self.write(thanks.model_dump_json())
        else:
            self.stream.read_live(self.reader)
            await self.write(PONG)

    def _spend(self) -> None:
        now = time.monotonic()
        self._allowance = min(FRAMES, self._allowance + (now - self._counted_at) * FRAMES_A_SECOND)
        self._counted_at = now
        if self._allowance < 1:
            raise FrameRefused("too_fast", retry_after=round((1 - self._allowance) / FRAMES_A_SECOND, 1))
        self._allowance -= 1


async def refuse(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer the handshake with 403."""
    await send({"type": "websocket.close"})


async def chat_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """`/ws/chat/`: a page of this site, with its session cookie."""
    await receive()  # websocket.connect
    key = doors.session_key(scope["headers"])
    if not doors.is_own_page(scope["headers"]) or not key:
        await refuse(scope, receive, send)
        return
    await ChatSocket(receive, send).serve(await in_thread(doors.guest_of_session, key))


async def mobile_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """`/ws/mobile/`: an app, with a one-time ticket as a subprotocol. No cookie counts, so no Origin is asked for."""
    await receive()
    ticket, subprotocol = doors.ticket_in(scope["subprotocols"])
    if not ticket:
        await refuse(scope, receive, send)
        return
    await ChatSocket(receive, send).serve(await in_thread(doors.guest_of_ticket, ticket), subprotocol)
