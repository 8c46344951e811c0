"""One person's stream of events in this process: what their turns say, and what is pushed to them.

A turn is a task of its own and belongs to the stream, not to a socket: a lost connection loses nothing. Every event
gets an increasing id and stays in a short ring; a socket is a reader with a place in that ring. So resuming is moving
the place back, a slow reader costs no memory, and two tabs read the same events.

Everything here lives on one event loop.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import DatabaseError

from companion.chat import phrases
from companion.chat.actions import REMEMBERED, kept_events
from companion.chat.choices import is_choice
from companion.chat.doors import Guest
from companion.chat.events import Accepted, Done, Error, Push, TurnEvent
from companion.chat.family_messages.selectors import came_after
from companion.chat.history import StoredTurn
from companion.chat.reply import Exchange
from companion.chat.selectors import find_turn, recent_messages
from companion.chat.turn import Turn, answer
from lilo_site.logs import new_trace_id
from lilo_site.threads import in_thread

log = logging.getLogger(__name__)

RING = 200
REMEMBERED_IDS = 1_000
BACKLOG = 64
BACKLOG_SECONDS = 5.0
TURN_SECONDS = 60.0
MOST_REFUSALS = 100

SIGNED_OUT, TOO_MANY_SOCKETS, TOO_MUCH, TOO_SLOW = 4401, 4429, 1008, 1013

Write = Callable[[str], Awaitable[None]]
End = Callable[[int], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Kept:
    """An event on a stream, ready to send."""

    event_id: int
    turn_id: UUID | None
    text: str
    is_first: bool
    """Whether a turn begins with it."""


class Reader:
    """One open socket: where it stands in its person's ring, and how to write to it.

    It does not read before its first frame, which may ask for earlier events; what comes until then waits in the ring.
    """

    __slots__ = ("_pump", "end", "full_since", "guest", "is_reading", "place", "refusals", "write")

    def __init__(self, guest: Guest, write: Write, end: End) -> None:
        self.guest = guest
        self.write = write
        self.end = end
        self.place = 0
        self.is_reading = False
        self.refusals = 0
        self.full_since = 0.0
        self._pump: asyncio.Task[None] | None = None

    def wake(self, ring: deque[Kept]) -> None:
        """Send on what is new; the task ends when there is no more, so that an idle socket has none."""
        if self.is_reading and self._pump is None:
            self._pump = asyncio.create_task(self._send_on(ring))

    def stop(self) -> None:
        """Send nothing more."""
        self.is_reading = False
        if self._pump is not None:
            self._pump.cancel()

    async def refused(self) -> None:
        """Count a refusal; the socket that only sends what is refused is closed."""
        self.refusals += 1
        if self.refusals >= MOST_REFUSALS:
            await self.end(TOO_MUCH)

    def is_behind(self, ring: deque[Kept]) -> bool:
        """Whether more events wait for it than a socket may have waiting."""
        return self.is_reading and len(ring) > BACKLOG and ring[-BACKLOG - 1].event_id > self.place

    async def _send_on(self, ring: deque[Kept]) -> None:
        try:
            while waiting := [kept for kept in ring if kept.event_id > self.place]:
                for kept in waiting:
                    before = self.place
                    await self.write(kept.text)
                    if self.place != before:  # moved back by a resume meanwhile
                        break
                    self.place = kept.event_id
        finally:
            self._pump = None


class Stream:
    """One person's events, turns and sockets. `since` is the id from which on the ring is complete."""

    __slots__ = ("_asked", "_running", "_tasks", "last_id", "readers", "recent", "ring", "since", "touched", "user_id")

    def __init__(self, user_id: UUID) -> None:
        self.user_id = user_id
        self.ring: deque[Kept] = deque()
        self.last_id = self.since = _microseconds()
        self.readers: list[Reader] = []
        self.recent: deque[Exchange] = deque(maxlen=REMEMBERED)
        self.touched = time.monotonic()
        self._asked: OrderedDict[str, UUID] = OrderedDict()  # message id -> its turn
        self._running: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_idle(self) -> bool:
        """Whether nobody listens and nothing runs."""
        return not self.readers and not self._tasks

    def publish(self, event: TurnEvent | Push) -> None:
        """Give the event its id, keep it for those who come back, and send it to every open socket."""
        self.last_id = max(_microseconds(), self.last_id + 1)
        text = f'{{"id":{self.last_id},{event.model_dump_json()[1:]}'
        self.ring.append(Kept(self.last_id, getattr(event, "turn_id", None), text, isinstance(event, Accepted)))
        if len(self.ring) > RING:
            self.since = self.ring.popleft().event_id
        self.touched = time.monotonic()
        for reader in self.readers:
            reader.wake(self.ring)
            if not reader.full_since and reader.is_behind(self.ring):
                reader.full_since = self.touched
                asyncio.get_running_loop().call_later(BACKLOG_SECONDS, self._check_backlog, reader)

    def read_live(self, reader: Reader) -> None:
        """Let the reader have what came since it opened and what comes from now on."""
        if reader in self.readers:
            reader.is_reading = True
            reader.wake(self.ring)

    async def resume(self, reader: Reader, last_event_id: int) -> bool:
        """Send everything after an event. False when something was said since that is not kept here any more."""
        reader.place = min(last_event_id, self.last_id)
        self.read_live(reader)
        if last_event_id >= self.since:
            return True
        return not await in_thread(_has_missed, self.user_id, last_event_id, self.since)

    async def say(self, reader: Reader, message_id: str, text: str, *, to: UUID | None = None, resend: bool) -> None:
        """Answer a message, once: a message id that was seen before gets its own events again."""
        self.read_live(reader)
        if self._is_told(reader, message_id):
            return
        if resend or message_id in self._asked:
            stored = await self._stored(message_id)
            if self._is_told(reader, message_id):  # begun meanwhile, from another tab
                return
            if stored is not None:
                self._tell_again(message_id, stored)
                return
        self._begin(reader, message_id, text, to)

    async def _stored(self, message_id: str) -> StoredTurn | None:
        """The kept turn of a message id; None also where that cannot be known: rather answered twice than never."""
        try:
            return await in_thread(find_turn, self.user_id, message_id)
        except DatabaseError:
            log.exception("it is not known whether a message was answered")
            return None

    def _is_told(self, reader: Reader, message_id: str) -> bool:
        """Move the reader back to where this message's turn began. False where there is no such turn here."""
        turn_id = self._asked.get(message_id)
        first = next((kept for kept in self.ring if kept.is_first and kept.turn_id == turn_id), None)
        if first is not None:
            reader.place = min(reader.place, first.event_id - 1)
            reader.wake(self.ring)
        return first is not None or message_id in self._running

    def _begin(self, reader: Reader, message_id: str, text: str, to: UUID | None) -> None:
        turn_id = uuid4()
        self._remember(message_id, turn_id)
        recent = tuple(self.recent)
        turn = Turn(turn_id, message_id, text, reader.guest.speaker, new_trace_id(), recent=recent, to=to)
        self._running.add(message_id)
        self._keep(asyncio.create_task(self._run(turn, reader)))

    async def _run(self, turn: Turn, reader: Reader) -> None:
        try:
            async with asyncio.timeout(TURN_SECONDS):
                async for event in answer(turn):
                    if isinstance(event, Error):
                        self._asked.pop(turn.message_id, None)  # nothing was kept: the same message may be tried again
                        await reader.refused()
                    elif isinstance(event, Done):
                        if not is_choice(turn.text):
                            aside = event.kind == "aside" or turn.to is not None
                            said = event.about or turn.text
                            self.recent.append(Exchange(said, event.text, event.entries, is_aside=aside))
                        reader.refusals = 0
                    self.publish(event)
        except TimeoutError:
            log.exception("a turn took too long", extra={"trace_id": turn.trace_id})
            self._asked.pop(turn.message_id, None)
            words = {"message": phrases.BROKEN, "message_id": turn.message_id, "trace_id": turn.trace_id}
            self.publish(Error(code="timeout", retry_after=5, **words))
        finally:
            self._running.discard(turn.message_id)

    def _tell_again(self, message_id: str, stored: StoredTurn) -> None:
        self._remember(message_id, stored.answered.turn_id)
        for event in kept_events(stored.answered, trace=new_trace_id()):
            self.publish(event)

    def _remember(self, message_id: str, turn_id: UUID) -> None:
        self._asked[message_id] = turn_id
        if len(self._asked) > REMEMBERED_IDS:
            self._asked.popitem(last=False)

    def _check_backlog(self, reader: Reader) -> None:
        reader.full_since = 0.0
        if reader in self.readers and reader.is_behind(self.ring):
            self._keep(asyncio.create_task(reader.end(TOO_SLOW)))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)  # the event loop itself holds tasks only weakly
        task.add_done_callback(self._tasks.discard)


def _has_missed(user_id: UUID, last_event_id: int, since: int) -> bool:
    """Whether something was said, or a message of the family's came, between two events."""
    messages = recent_messages(user_id)
    times = [message.created_at.timestamp() * 1_000_000 for message in messages]
    seen_at = datetime.fromtimestamp(last_event_id / 1_000_000, UTC)
    return any(last_event_id < said_at <= since for said_at in times) or came_after(user_id, seen_at)


def _microseconds() -> int:
    return time.time_ns() // 1000
