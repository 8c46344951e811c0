"""Processes that can really be killed, for fault tests: relays, and a driver that does what a web process does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
DRIVER = """
import json, os, signal, sys, threading, time, traceback
import django
django.setup()
from companion.accounts.models import User
from companion.circle import actions as circle
from companion.safety import actions, address_book, selectors, spool
from companion.safety.models import Alert, AlertEvent, Delivery
from tests.companion.safety.world import fall, make_households
def say(value):
    print("ANSWER " + json.dumps(value, default=str), flush=True)
while line := sys.stdin.readline():
    try:
        exec(json.loads(line))
    except BaseException:
        print("FAULT " + json.dumps(traceback.format_exc()), flush=True)
    print("DONE", flush=True)
"""


def make_households(people: list[tuple[str, str]], *, count: int = 1) -> None:
    """Seniors `senior0` and so on, each with these people: role and Apprise address, in order of contact."""
    from django.utils import timezone

    from companion.accounts.models import User
    from companion.circle.models import ContactPoint, Membership, Senior
    from companion.safety import address_book

    now = timezone.now()
    seniors = [User(username=f"senior{n}", full_name=f"Senior {n}", kind="senior") for n in range(count)]
    User.objects.bulk_create(seniors)
    Senior.objects.bulk_create([Senior(user=user) for user in seniors])
    for order, (role, address) in enumerate(people):
        helpers = [User(username=f"helper{order}-{n}", full_name=f"Helper {order}") for n in range(count)]
        User.objects.bulk_create(helpers)
        Membership.objects.bulk_create(
            [
                Membership(senior_id=senior.pk, user=helper, role=role, order=order, accepted_at=now)
                for senior, helper in zip(seniors, helpers, strict=True)
            ]
        )
        known = {"accepted_at": now, "asked_at": now, "last_tested_at": now}
        ContactPoint.objects.bulk_create(
            [ContactPoint(user=helper, kind="apprise", address=address, **known) for helper in helpers]
        )
    address_book.save()


def fall(username: str = "senior0", **more: Any) -> Any:
    """Somebody falls and says so."""
    from companion.accounts.models import User
    from companion.safety.actions import raise_alert

    given = {"level": "E", "category": "fall", "words": "I fell", "reasons": ("fell",), "source": "chat", **more}
    senior_id = given.pop("senior_id", None) or User.objects.get(username=username).pk
    return raise_alert(senior_id=senior_id, **given)


class World:
    """The processes of one installation.

    Args:
        folder: its data folder.
        divisor: how many times as fast its ladder runs.
        **environment: further settings, as `DATABASE_URL`.
    """

    def __init__(self, folder: Path, *, divisor: int = 1, **environment: str) -> None:
        keep = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
        self.environment = {name: os.environ[name] for name in keep if name in os.environ}
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "lilo_site.settings",
            "LILO_DATA_DIR": str(folder),
            "PYTHONPATH": str(ROOT),
            "ALERT_TIME_DIVISOR": str(divisor),
            "ALERT_PROBE_SECONDS": "0",
            "LOG_LEVEL": "ERROR",
            **environment,
        }
        self._processes: list[subprocess.Popen[str]] = []
        self._driver: subprocess.Popen[str] | None = None

    def migrate(self) -> None:
        """Make the tables."""
        self._finish(self._start("manage.py", "migrate", "--skip-checks", "-v0"))

    def run(self, script: str) -> Any:
        """Run a script in the driver; what it said last. None where it killed the driver."""
        if self._driver is None or self._driver.poll() is not None:
            self._driver = self._start("-c", DRIVER)
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.write(json.dumps(textwrap.dedent(script)) + "\n")
        self._driver.stdin.flush()
        answer = None
        for line in self._driver.stdout:
            kind, _, value = line.partition(" ")
            assert kind != "FAULT", json.loads(value)
            if kind == "ANSWER":
                answer = json.loads(value)
            if line == "DONE\n":
                return answer
        self._driver.wait(10)
        return answer

    def start_relay(self, **environment: str) -> subprocess.Popen[str]:
        """Start a relay as an operator does."""
        return self._start("manage.py", "relay", "--skip-checks", **environment)

    def end(self) -> None:
        """Stop what is still running."""
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            self._finish(process)

    def _start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env={**self.environment, **environment},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._processes.append(process)
        return process

    def _finish(self, process: subprocess.Popen[str]) -> None:
        process.wait(60)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def eventually(condition: Callable[[], Any], *, within: float = 20.0, every: float = 0.05) -> Any:
    """Wait for something to become true; its value."""
    ends = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < ends, "it did not come true in time"
        time.sleep(every)
    return value
