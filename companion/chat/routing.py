"""The sockets' addresses."""

from __future__ import annotations

from channels.routing import URLRouter
from django.urls import path

from companion.chat.consumers import Receive, Scope, Send, chat_socket, mobile_socket

_router = URLRouter([path("ws/chat/", chat_socket), path("ws/mobile/", mobile_socket)])


async def sockets(scope: Scope, receive: Receive, send: Send) -> None:
    """Route a handshake; an unknown address is refused like a forbidden one."""
    try:
        await _router(scope, receive, send)
    except ValueError as error:
        if "No route found" not in str(error):
            raise
        await send({"type": "websocket.close"})
