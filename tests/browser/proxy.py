"""A wire between browser and server that a test can hold up or cut."""

from __future__ import annotations

import contextlib
import socket
import threading


class Wire:
    """Forwards a port of its own to the server's."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._flows = threading.Event()
        self._flows.set()
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self) -> None:
        """What the server sends gets no further."""
        self._flows.clear()

    def cut(self) -> None:
        """End every connection, and let new ones through."""
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._open.clear()
        self._flows.set()

    def close(self) -> None:
        """Stop."""
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                self._open |= {browser, server}
                threading.Thread(target=self._pass_on, args=(browser, server, False), daemon=True).start()
                threading.Thread(target=self._pass_on, args=(server, browser, True), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, is_held: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if is_held and not self._flows.is_set():
                    self._flows.wait()
                    break  # what was held is lost with its connection
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
