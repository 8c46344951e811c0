"""Run the relay that brings alerts to people, as a process of its own."""

from __future__ import annotations

import signal
import threading

from django.core.management.base import BaseCommand

from companion.safety import bell, relay


class Command(BaseCommand):
    """The relay. Run one or more on every machine that serves: each also delivers its own machine's spool."""

    help = "Bring alerts to people: deliver, retry, escalate. Stops on SIGTERM after what is under way."

    def handle(self, *args: object, **options: object) -> None:
        stop = threading.Event()

        def end(*_: object) -> None:
            stop.set()
            bell.rung.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        self.stdout.write("The relay runs. (Ctrl-C stops it.)")
        relay.run(stop)
