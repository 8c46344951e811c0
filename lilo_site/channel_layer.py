"""The embedded channel layer: hints between the sockets of one process, from any thread.

Channels' own in-memory layer belongs to one event loop and looks at every channel on every message, which cost 13 ms a
message at 5,000 sockets. This one hands each message to the loop that reads the channel and touches only the channels
it is sent to.
"""

from __future__ import annotations

import asyncio
import copy
import threading
from collections import defaultdict
from typing import Any
from uuid import uuid4

from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer

Message = dict[str, Any]


class _Channel:
    """A queue of messages and the loop of its one reader."""

    __slots__ = ("loop", "queue")

    def __init__(self, capacity: int) -> None:
        self.loop = asyncio.get_running_loop()
        self.queue: asyncio.Queue[Message] = asyncio.Queue(capacity)


class LocalChannelLayer(BaseChannelLayer):
    """Queues in memory, one a channel. A full queue drops a group's message, as layers are specified to."""

    extensions = ["groups", "flush"]

    def __init__(self, expiry: int = 60, capacity: int = 1000, **options: Any) -> None:
        super().__init__(expiry=expiry, capacity=capacity, **options)
        self._lock = threading.Lock()
        self._channels: dict[str, _Channel] = {}
        self._groups: defaultdict[str, set[str]] = defaultdict(set)

    async def new_channel(self, prefix: str = "specific.") -> str:
        """Name a fresh channel, to be read in the calling loop."""
        name = f"{prefix}!{uuid4().hex}"
        self._open(name)
        return name

    async def receive(self, channel: str) -> Message:
        """Wait for the channel's next message; the channel is forgotten when its reader is cancelled."""
        try:
            return await self._open(channel).queue.get()
        except asyncio.CancelledError:
            with self._lock:
                self._channels.pop(channel, None)
            raise

    async def send(self, channel: str, message: Message) -> None:
        """Queue a message for one channel.

        Raises:
            ChannelFull: its reader, in this loop, is too far behind.
        """
        self.require_valid_channel_name(channel)
        if not self._put(self._open(channel), message):
            raise ChannelFull(channel)

    async def group_add(self, group: str, channel: str) -> None:
        """Let a channel receive what is sent to a group."""
        self.require_valid_group_name(group)
        with self._lock:
            self._groups[group].add(channel)

    async def group_discard(self, group: str, channel: str) -> None:
        """Take a channel out of a group."""
        with self._lock:
            self._groups[group].discard(channel)
            if not self._groups[group]:
                del self._groups[group]

    async def group_send(self, group: str, message: Message) -> None:
        """Queue a message for every channel of a group; full and forgotten ones are passed over."""
        self.require_valid_group_name(group)
        with self._lock:
            members = [self._channels[name] for name in self._groups.get(group, ()) if name in self._channels]
        for channel in members:
            self._put(channel, message)

    async def flush(self) -> None:
        """Forget every channel and group."""
        with self._lock:
            self._channels.clear()
            self._groups.clear()

    def _open(self, name: str) -> _Channel:
        with self._lock:
            if name not in self._channels:
                self._channels[name] = _Channel(self.capacity)
            return self._channels[name]

    def _put(self, channel: _Channel, message: Message) -> bool:
        owned = copy.deepcopy(message)
        if channel.loop is asyncio.get_running_loop():
            return _put_or_drop(channel.queue, owned)
        try:
            channel.loop.call_soon_threadsafe(_put_or_drop, channel.queue, owned)
        except RuntimeError:  # the reader's loop is closed: nobody is left to hear it
            return True
        return True


def _put_or_drop(queue: asyncio.Queue[Message], message: Message) -> bool:
    try:
        queue.put_nowait(message)
    except asyncio.QueueFull:
        return False
    return True
