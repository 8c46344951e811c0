"""The sockets' addresses."""

from __future__ import annotations

from companion.chat.consumers import Receive, Scope, Send, chat_socket, mobile_socket, refuse

SOCKETS = {"/ws/chat/": chat_socket, "/ws/mobile/": mobile_socket}


async def sockets(scope: Scope, receive: Receive, send: Send) -> None:
    """Route a handshake; an unknown address is refused like a forbidden one."""
    await SOCKETS.get(scope["path"], refuse)(scope, receive, send)
