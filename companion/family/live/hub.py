"""Every open page of the portal in this process. A hint carries no words: what it concerns is read and rendered anew,
once for a burst of hints, and with the rights that people have at that moment.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer

from companion.chat.doors import unwelcome
from companion.circle.events import senior_group
from companion.family.live.fragment import CIRCLE_CHANGED, TIME_PASSED
from companion.family.live.frames import Watch
from companion.family.live.render import render_own, render_senior, seniors_to_watch
from companion.family.registry import FRAGMENTS, OWN_FRAGMENTS, own_touched_by, touched_by
from lilo_site.threads import in_thread

if TYPE_CHECKING:
    from companion.family.live.consumers import LiveSocket

log = logging.getLogger(__name__)

SIGNED_OUT, TOO_MANY_SOCKETS = 4401, 4429
SOCKETS_A_PERSON = 12
CHECK_SECONDS = 10.0
MINUTE_SECONDS = 60.0
#: Hints of one moment come in a burst: what they concern is rendered once.
GATHER_SECONDS = 0.025


class Hub:
    """The open pages of one event loop, and the tasks that serve them all."""

    def __init__(self) -> None:
        self._layer: Any = get_channel_layer()
        self._channel = ""
        self._tasks: list[asyncio.Task[None]] = []
        self._working: set[asyncio.Task[None]] = set()
        self._starting = asyncio.Lock()
        self._sockets: dict[UUID, list[LiveSocket]] = defaultdict(list)
        self._watching: dict[UUID, set[LiveSocket]] = defaultdict(set)
        #: What waits to be rendered: by senior the types of hint that came, each with the one person it concerns where
        #: it is but one; and by person their own fragments.
        self._hints: dict[UUID, set[tuple[str, UUID | None]]] = {}
        self._own: dict[UUID, set[str]] = {}
        #: Readings are counted as they begin: one that takes longer must not undo a later one.
        self._readings = count()

    async def join(self, socket: LiveSocket) -> None:
        """Add an open page. Beyond a dozen of one person, the oldest gives way."""
        await self._start()
        mine = self._sockets[socket.user_id]
        if not mine:
            await self._listen(f"user.{socket.user_id}")
        mine.append(socket)
        while len(mine) > SOCKETS_A_PERSON:
            oldest = mine[0]
            await self.leave(oldest)
            await oldest.end(TOO_MANY_SOCKETS)

    async def leave(self, socket: LiveSocket) -> None:
        """The page is gone."""
        mine = self._sockets.get(socket.user_id, [])
        if socket in mine:
            mine.remove(socket)
        if not mine and self._sockets.pop(socket.user_id, None) is not None:
            await self._layer.group_discard(f"user.{socket.user_id}", self._channel)
        await self._watch_only(socket, set())

    async def watch(self, socket: LiveSocket, frame: Watch) -> None:
        """Let a page have what it shows, now and whenever it changes. What is not theirs is answered at once."""
        own, reading = frozenset(frame.own) & OWN_FRAGMENTS.keys(), next(self._readings)
        allowed, everybody = await in_thread(
            seniors_to_watch, socket.user_id, frame.seniors.keys(), everybody=bool(own)
        )
        socket.own = own
        socket.watched = {
            senior_id: frozenset(names) & FRAGMENTS.keys()
            for senior_id, names in frame.seniors.items()
            if senior_id in allowed
        }
        await self._watch_only(socket, set(socket.watched) | everybody)
        for senior_id in frame.seniors.keys() - allowed:
            socket.tell_rights(senior_id, (), reading=reading)
        await self._show_all(socket)

    async def check(self, user_id: UUID | None = None) -> None:
        """Close the pages of everyone, or of one person, whose right to be here has ended."""
        asked = [user_id] if user_id else list(self._sockets)
        sockets = [socket for one in asked for socket in self._sockets.get(one, ())]
        gone = await in_thread(unwelcome, {socket.guest for socket in sockets}) if sockets else set()
        for socket in sockets:
            if socket.guest in gone:
                await socket.end(SIGNED_OUT)

    async def _watch_only(self, socket: LiveSocket, seniors: set[UUID]) -> None:
        for senior_id in socket.heard - seniors:
            watchers = self._watching[senior_id]
            watchers.discard(socket)
            if not watchers:
                del self._watching[senior_id]
                await self._layer.group_discard(senior_group(senior_id), self._channel)
        for senior_id in seniors - socket.heard:
            is_first = senior_id not in self._watching
            self._watching[senior_id].add(socket)
            if is_first:
                await self._listen(senior_group(senior_id))
        socket.heard = seniors

    async def _show_all(self, socket: LiveSocket) -> None:
        for senior_id, watched in list(socket.watched.items()):
            names = {name for name in watched if FRAGMENTS[name].comes_at_once}
            if watched and not names:
                continue  # whether the page may show them at all was answered before
            reading = next(self._readings)
            seen = (await in_thread(render_senior, senior_id, {socket.user_id: names}))[socket.user_id]
            socket.tell_rights(senior_id, seen.needs, reading=reading)
            socket.show(senior_id, seen.html, reading=reading)
        if socket.own:
            reading = next(self._readings)
            mine = await in_thread(render_own, {socket.user_id: socket.own})
            socket.show(None, mine.get(socket.user_id, {}), reading=reading)

    async def _start(self) -> None:
        async with self._starting:
            if not self._tasks:
                self._channel = await self._layer.new_channel()
                self._tasks = [asyncio.create_task(self._hear_hints()), asyncio.create_task(self._look_after())]

    async def _listen(self, group: str) -> None:
        try:
            await self._layer.group_add(group, self._channel)
        except Exception:  # the edge to Redis: without it hints are missed, and the minute still brings the truth
            log.exception("hints from other processes are not heard")

    async def _hear_hints(self) -> None:
        while True:
            hint = await self._layer.receive(self._channel)
            try:
                self._take(hint)
            except Exception:  # the outer edge of a task that must never end
                log.exception("a hint could not be used", extra={"hint": hint.get("type")})

    def _take(self, hint: dict[str, Any]) -> None:
        if hint["type"] == "revoked":
            self._work(self.check(UUID(hint["user_id"])))
        elif "senior_id" in hint:
            person_id = UUID(hint["person_id"]) if hint.get("person_id") else None
            self._note(UUID(hint["senior_id"]), hint["type"], person_id)

    def _note(self, senior_id: UUID, hint: str, person_id: UUID | None = None) -> None:
        watchers = self._watching.get(senior_id)
        if not watchers:
            return
        if senior_id in self._hints:
            self._hints[senior_id].add((hint, person_id))
        else:
            self._hints[senior_id] = {(hint, person_id)}
            self._work(self._refresh(senior_id))
        names = own_touched_by(hint)
        for socket in watchers:
            if socket.own & names:
                if not self._own:
                    self._work(self._refresh_own())
                self._own.setdefault(socket.user_id, set()).update(socket.own & names)

    async def _refresh(self, senior_id: UUID) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        hints = self._hints.pop(senior_id)
        is_about_rights = any(hint == CIRCLE_CHANGED for hint, _ in hints)
        sockets = [socket for socket in self._watching.get(senior_id, ()) if senior_id in socket.watched]
        wanted: dict[UUID, set[str]] = {}
        for socket in sockets:
            names = _touched(hints, socket.user_id)
            of_page = socket.watched[senior_id] & names
            if of_page or is_about_rights:
                wanted.setdefault(socket.user_id, set()).update(of_page)
        if not wanted:
            return
        reading = next(self._readings)
        seen = await in_thread(render_senior, senior_id, wanted)
        for socket in sockets:
            found = seen.get(socket.user_id)
            if found is None or senior_id not in socket.watched:
                continue
            if is_about_rights or found.rights is None:
                socket.tell_rights(senior_id, found.needs, reading=reading)
            names = socket.watched.get(senior_id, frozenset())
            socket.show(senior_id, {name: found.html[name] for name in names & found.html.keys()}, reading=reading)

    async def _refresh_own(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        wanted, self._own = self._own, {}
        reading = next(self._readings)
        shown = await in_thread(render_own, wanted)
        for user_id, html in shown.items():
            for socket in self._sockets.get(user_id, ()):
                socket.show(None, {name: html[name] for name in socket.own & html.keys()}, reading=reading)

    async def _look_after(self) -> None:
        waited = 0.0
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            waited += CHECK_SECONDS
            try:
                await self.check()
                if waited >= MINUTE_SECONDS:
                    waited = 0.0
                    for senior_id in list(self._watching):
                        self._note(senior_id, TIME_PASSED)
            except Exception:  # the outer edge of a task that must never end
                log.exception("open pages could not be looked after; they stay open until they can be")

    def _work(self, job: Any) -> None:
        task = asyncio.create_task(job)
        self._working.add(task)  # the event loop itself holds tasks only weakly
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("open pages could not be refreshed; the next minute tries again", exc_info=error)


def _touched(hints: Iterable[tuple[str, UUID | None]], person_id: UUID) -> frozenset[str]:
    """The fragments that may look different to a person after these hints."""
    concerning = (touched_by(hint) for hint, concerned in hints if concerned in (None, person_id))
    return frozenset().union(*concerning)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop; a serving process has one."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
