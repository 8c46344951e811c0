"""Every person's stream in this process, hints from other rooms and processes, and a regular look at who may stay.

Tokens never pass through the channel layer; it carries hints only, sent to the group `user.<user id>`:
`{"type": "push", "user_id", "event"}` shows an event, `{"type": "revoked", "user_id"}` has the person's sockets checked
at once.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from pydantic import TypeAdapter

from companion.chat.actions import REMEMBERED, recent_exchanges
from companion.chat.doors import unwelcome
from companion.chat.events import Push
from companion.chat.streams import SIGNED_OUT, TOO_MANY_SOCKETS, Reader, Stream
from lilo_site.threads import in_thread

log = logging.getLogger(__name__)

SOCKETS_A_PERSON = 5
CHECK_SECONDS = 10.0
IDLE_SECONDS = 600
#: A client that sends no first frame is taken for a listener.
LISTENER_SECONDS = 2.0
#: Seconds after a hint that could not be used, so that a layer that keeps failing is not asked without end.
HINT_REST = 0.1

_PUSH: TypeAdapter[Push] = TypeAdapter(Push)


class Hub:
    """The streams of one event loop, and the two tasks that serve them all."""

    def __init__(self) -> None:
        self._streams: dict[UUID, Stream] = {}
        self._layer: Any = get_channel_layer()
        self._channel = ""
        self._tasks: list[asyncio.Task[None]] = []
        self._unheard: set[UUID] = set()
        self._starting = asyncio.Lock()

    async def join(self, reader: Reader) -> Stream:
        """Add an open socket to its person's stream. Beyond five, the oldest gives way."""
        user_id = reader.guest.user_id
        stream = self._streams.get(user_id)
        if stream is None:
            stream = self._streams[user_id] = Stream(user_id)
            await self._listen(user_id)
        stream.touched = time.monotonic()
        recent = await in_thread(recent_exchanges, user_id) if stream.is_idle else None
        was_forgotten = user_id not in self._streams  # it was idle until now, and a store may be slow
        stream = self._streams.setdefault(user_id, stream)
        if recent is not None and stream.is_idle:
            stream.recent = deque(recent, maxlen=REMEMBERED)
        reader.place = stream.last_id
        stream.readers.append(reader)
        if was_forgotten:
            await self._listen(user_id)
        asyncio.get_running_loop().call_later(LISTENER_SECONDS, stream.read_live, reader)
        while len(stream.readers) > SOCKETS_A_PERSON:
            await stream.readers.pop(0).end(TOO_MANY_SOCKETS)
        return stream

    def leave(self, stream: Stream, reader: Reader) -> None:
        """The socket is gone; the stream stays a while for its return."""
        reader.stop()
        stream.touched = time.monotonic()
        if reader in stream.readers:
            stream.readers.remove(reader)

    async def check(self, user_id: UUID | None = None) -> None:
        """Close the sockets of everyone, or of one person, whose right to them has ended."""
        streams = [stream for stream in self._streams.values() if user_id in (None, stream.user_id)]
        readers = [reader for stream in streams for reader in stream.readers]
        gone = await in_thread(unwelcome, {reader.guest for reader in readers}) if readers else set()
        for reader in readers:
            if reader.guest in gone:
                await reader.end(SIGNED_OUT)

    async def _listen(self, user_id: UUID) -> bool:
        """Hear hints for a person from now on; where the layer is away, as soon as it is back."""
        self._unheard.add(user_id)
        try:
            async with self._starting:
                if not self._tasks:
                    self._tasks = [asyncio.create_task(self._look_after())]
                if not self._channel:
                    self._channel = await self._layer.new_channel()
                    self._tasks.append(asyncio.create_task(self._hear_hints()))
            await self._layer.group_add(f"user.{user_id}", self._channel)
        except Exception:  # the edge to Redis: without it hints are missed, and talking goes on
            log.exception("hints from other processes are not heard")
            return False
        self._unheard.discard(user_id)
        return True

    async def _listen_again(self) -> None:
        self._unheard &= self._streams.keys()
        for user_id in list(self._unheard):
            if not await self._listen(user_id):
                return

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                await self.check()
                await self._listen_again()
                await self._forget_idle()
            except Exception:  # the outer edge of a task that must never end
                log.exception("sockets could not be looked after; they stay open until they can be")

    async def _forget_idle(self) -> None:
        for stream in list(self._streams.values()):
            if stream.is_idle and time.monotonic() - stream.touched > IDLE_SECONDS:
                del self._streams[stream.user_id]
                await self._layer.group_discard(f"user.{stream.user_id}", self._channel)
                if stream.user_id in self._streams:  # it came back meanwhile
                    await self._listen(stream.user_id)

    async def _hear_hints(self) -> None:
        while True:
            try:
                await self._take(await self._layer.receive(self._channel))
            except Exception:  # the outer edge of a task that must never end: a layer may fail, or a hint be unreadable
                log.exception("a hint could not be used")
                await asyncio.sleep(HINT_REST)

    async def _take(self, hint: dict[str, Any]) -> None:
        user_id = UUID(hint["user_id"])
        if hint["type"] == "revoked":
            await self.check(user_id)
        elif hint["type"] == "push" and user_id in self._streams:
            self._streams[user_id].publish(_PUSH.validate_python(hint["event"]))


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop; a serving process has one."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
