"""The sockets' addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from companion.chat.consumers import Receive, Scope, Send, chat_socket, mobile_socket, refuse

Socket = Callable[[Scope, Receive, Send], Awaitable[None]]
SOCKETS: Mapping[str, Socket] = {"/ws/chat/": chat_socket, "/ws/mobile/": mobile_socket}


def route(addresses: Mapping[str, Socket]) -> Socket:
    """Hand each handshake to its address; an unknown one is refused like a forbidden one."""

    async def sockets(scope: Scope, receive: Receive, send: Send) -> None:
        await addresses.get(scope["path"], refuse)(scope, receive, send)

    return sockets


sockets = route(SOCKETS)
