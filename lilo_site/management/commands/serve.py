"""Serve pages, API and sockets, and in embedded mode the worker too, in one process."""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

log = logging.getLogger(__name__)

PING_INTERVAL = 20
PING_TIMEOUT = 30
HTTP_TIMEOUT = 60
HANDSHAKE_TIMEOUT = 10
MAX_FRAME = 64 * 1024


class Command(BaseCommand):
    """Daphne, with Lilo's limits; the models are loaded before the first request."""

    help = "Serve Lilo (all in one process when no store is configured)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, host: str, port: int, **options: object) -> None:
        from daphne.endpoints import build_endpoint_description_strings
        from daphne.server import Server

        from knowledge.public import write_used
        from lilo_site import embedded
        from lilo_site.asgi import application

        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        server = Server(
            application=application,
            endpoints=build_endpoint_description_strings(host=host, port=port),
            signal_handlers=True,
            http_timeout=HTTP_TIMEOUT,
            websocket_handshake_timeout=HANDSHAKE_TIMEOUT,
            websocket_max_message_size=MAX_FRAME,
            websocket_max_frame_size=MAX_FRAME,
            application_close_timeout=10,
            ping_interval=PING_INTERVAL,
            ping_timeout=PING_TIMEOUT,
            ready_callable=lambda: self.stdout.write(f"Lilo is at http://{host}:{port}/  (Ctrl-C stops it)"),
        )
        with ExitStack() as stack:
            stack.callback(write_used)  # last of all: what was counted since the last time it was written
            stack.enter_context(embedded.worker())
            stack.enter_context(embedded.relay())
            threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
            server.run()


def _warm_up() -> None:
    """Load what the first message would wait for: the screen before the rest."""
    from companion.safety import screen
    from knowledge.public import KnowledgeUnavailable, warm_up

    screen.warm_up()
    try:
        warm_up()
    except KnowledgeUnavailable:
        log.warning("no knowledge is published yet: Lilo answers that it is not sure until it is")
