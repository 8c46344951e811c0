"""The portal's sockets, by address."""

from __future__ import annotations

from collections.abc import Mapping

from companion.chat.routing import Socket
from companion.family.live.consumers import live_socket

SOCKETS: Mapping[str, Socket] = {"/ws/live/": live_socket}
