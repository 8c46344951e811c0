"""The chat socket of a real server: first words alone and with 50 people at once, and what an open socket weighs.

    python -m benchmarks.sockets [--cores 2] [--data FOLDER]

Bars: first `delta` p50 at most 40 ms alone and 150 ms with 50 people asking at once, no turn lost, at most 60 KiB of
memory a socket at 1,000 open. `--data` takes a folder that `manage.py demo --prepare-only` made, to save its time.
Times are the client's, over loopback, from sending the frame to the first words; the client shares the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

import websockets

from benchmarks.figures import print_head, print_row
from benchmarks.household import set_up
from benchmarks.turn import QUESTIONS

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 250
SOCKETS_A_PERSON = 4
ROUNDS = 5
ALONE = 40
AT_ONCE = 50
START_SECONDS = 180
TURN_SECONDS = 30
HANDSHAKES_AT_ONCE = 40
ASKED = [line.strip() for line in QUESTIONS.strip().splitlines()]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one turn went, in milliseconds; `first` is None where no answer came."""

    first: float | None
    whole: float | None
    kind: str


def make_people() -> list[str]:
    """Sign people in; the keys of their sessions come back."""
    from django.conf import settings
    from django.test import Client

    from companion.accounts.actions import create_user
    from companion.accounts.models import Kind, User

    keys = []
    for number in range(PEOPLE):
        name = f"bench{number}"
        user = User.objects.filter(username=name).first()
        user = user or create_user(username=name, full_name=f"Bench {number}", kind=Kind.SENIOR)
        client = Client()
        client.force_login(user, backend="companion.accounts.backends.PersonBackend")
        keys.append(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")
    return keys


class Server:
    """`manage.py serve` in a process of its own."""

    def __init__(self, cores: int) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        command = [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(self.port)]
        pinned = ["taskset", "-c", f"0-{cores - 1}", *command] if cores else command
        self._process = subprocess.Popen(pinned, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @property
    def memory_kib(self) -> int:
        """Resident memory."""
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self._process.pid}/status").read_text())
        return int(found[1]) if found else 0

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(60)

    def connect(self, cookie: str) -> Any:
        """Open a socket as a page of the site does."""
        headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{self.port}"}
        address = f"ws://127.0.0.1:{self.port}/ws/chat/"
        return websockets.connect(
            address, additional_headers=headers, compression=None, open_timeout=60, ping_interval=None
        )


async def ask(page: Any, words: str) -> Outcome:
    """One question, from the frame to `done`."""
    message_id, first, begun = str(uuid4()), None, perf_counter()
    await page.send(json.dumps({"type": "message", "message_id": message_id, "text": words}))
    try:
        async with asyncio.timeout(TURN_SECONDS):
            while True:
                event = json.loads(await page.recv())
                if event["type"] == "delta" and first is None:
                    first = 1000 * (perf_counter() - begun)
                elif event["type"] in {"done", "error"}:
                    return Outcome(first, 1000 * (perf_counter() - begun), event.get("kind", event.get("code")))
    except (TimeoutError, websockets.ConnectionClosed):
        return Outcome(first, None, "lost")


async def warm_up(server: Server, cookie: str) -> None:
    """Until a question is answered from knowledge."""
    for _ in range(START_SECONDS):
        try:
            async with server.connect(cookie) as page:
                if (await ask(page, ASKED[0])).kind == "answer":
                    return
        except OSError:
            pass
        await asyncio.sleep(1)
    raise SystemExit("The server did not answer in time.")


async def measure(server: Server, cookies: list[str]) -> None:
    """Print the table."""
    await warm_up(server, cookies[-1])
    print_head()
    alone = []
    for turn in range(ALONE):
        async with server.connect(cookies[turn % 10]) as page:
            alone.append(await ask(page, ASKED[turn % len(ASKED)]))
    report("alone", alone)
    crowd: list[Outcome] = []
    for turn in range(ROUNDS):
        people = cookies[10 + turn * AT_ONCE % 200 :][:AT_ONCE]
        pages = await asyncio.gather(*(server.connect(cookie) for cookie in people))
        questions = [ASKED[(turn * 7 + number) % len(ASKED)] for number in range(AT_ONCE)]
        crowd += await asyncio.gather(*(ask(page, words) for page, words in zip(pages, questions, strict=True)))
        await asyncio.gather(*(page.close() for page in pages))
    report(f"{AT_ONCE} at once", crowd)
    print(f"\nturns lost: {sum(outcome.whole is None for outcome in alone + crowd)} of {len(alone + crowd)}")
    await weigh(server, cookies)


def report(name: str, outcomes: list[Outcome]) -> None:
    """First words and whole turns of those that were answered."""
    print_row(f"{name}, first words", [outcome.first for outcome in outcomes if outcome.first is not None])
    print_row(f"{name}, whole turn", [outcome.whole for outcome in outcomes if outcome.whole is not None])
    kinds = sorted({outcome.kind for outcome in outcomes})
    print("  " + ", ".join(f"{kind}: {sum(outcome.kind == kind for outcome in outcomes)}" for kind in kinds))


async def weigh(server: Server, cookies: list[str]) -> None:
    """Memory of the server before and after a thousand sockets are open."""
    gate = asyncio.Semaphore(HANDSHAKES_AT_ONCE)

    async def open_one(cookie: str) -> Any:
        async with gate:
            return await server.connect(cookie)

    await asyncio.sleep(2)
    before = server.memory_kib
    pages = await asyncio.gather(*(open_one(cookie) for cookie in cookies for _ in range(SOCKETS_A_PERSON)))
    await asyncio.sleep(5)
    after = server.memory_kib
    print(f"{len(pages)} sockets open: {(after - before) / len(pages):.1f} KiB each ({before / 1024:.0f} MiB before)")
    await asyncio.gather(*(page.close() for page in pages))


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cores", type=int, default=2, help="cores for the server; 0 for all")
    parser.add_argument("--data", help="a prepared data folder")
    arguments = parser.parse_args()
    if arguments.data:
        import django

        os.environ.update(LILO_DATA_DIR=arguments.data, DJANGO_SETTINGS_MODULE="lilo_site.settings", LOG_LEVEL="ERROR")
        django.setup()
    else:
        set_up()
    cookies = make_people()
    server = Server(arguments.cores)
    try:
        asyncio.run(measure(server, cookies))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
