"""The facility board of a real server: its first response with many residents, and from a change to the open boards.

    python -m benchmarks.facility [--cores 2] [--residents 500] [--boards 20]

Bars: 250 ms for the first response with 500 residents, all of them shown, everything shared, in a fixed number of
queries; a call for help is on the open boards within 300 ms, and only its row is sent. A call is pressed over the API
of the same server; times are the client's, over loopback.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter, sleep
from typing import Any
from uuid import uuid4

import httpx
import websockets

from benchmarks.figures import print_head, print_row
from benchmarks.sockets import Server

FIRST = 60
CALLS = 30
PATIENCE = 20.0
PAUSE = 0.3
START_SECONDS = 120
#: After its start the server loads its models, which is no part of any page.
SETTLE_SECONDS = 30


@dataclass(slots=True)
class Home:
    """A full home: the cookies of staff who have its board open, and the tokens of residents who call."""

    cookies: list[str]
    residents: list[str]
    tokens: dict[str, str]


def set_up(cores: int) -> str:
    """A data folder with tables and nothing else: no model and no index is needed here."""
    folder = tempfile.mkdtemp(prefix="lilo-benchmark-")
    os.environ.update(LILO_DATA_DIR=folder, DJANGO_SETTINGS_MODULE="lilo_site.settings", LOG_LEVEL="ERROR")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:cores]))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    return folder


def make_home(residents: int, boards: int) -> Home:
    """A home with so many residents in four units, and so many of staff who look after all of them."""
    from django.utils import timezone

    from benchmarks.crowd import fill
    from companion.accounts.actions import create_user
    from companion.accounts.models import Kind
    from companion.circle.organisations import actions

    operator = create_user(username="operator", full_name="Operator", kind=Kind.CURATOR, is_superuser=True)
    lead = create_user(username="lead", full_name="Lena Lead", kind=Kind.STAFF)
    home = actions.open_organisation(operator, name="Rosewood", lead=lead, time_zone="America/New_York", country="US")
    units = [actions.add_unit(lead, home.pk, name=name) for name in ("Garden", "Lake", "Orchard", "Terrace")]
    seniors = fill(units, residents, timezone.now())
    staff = [lead]
    for number in range(boards - 1):
        person = create_user(username=f"carer{number}", full_name=f"Carer {number}", kind=Kind.STAFF)
        made = actions.invite_staff(
            lead, home.pk, name=person.full_name, unit_ids=[unit.pk for unit in units], role="nurse"
        )
        actions.join_as_staff(person, made.token)
        staff.append(person)
    quiet = [senior for number, senior in enumerate(seniors) if number % 50][:CALLS]
    return Home(
        [_cookie(person) for person in staff],
        [str(senior.pk) for senior in seniors],
        {str(senior.pk): _token(senior.user) for senior in quiet},
    )


def _cookie(person: Any) -> str:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(person, backend="companion.accounts.backends.PersonBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _token(person: Any) -> str:
    from companion.accounts import sign_ins
    from companion.accounts.clients import Client

    return sign_ins.begin(person, Client("127.0.0.1", "benchmark")).access


def wait_for(server: Server) -> None:
    """Until it answers."""
    ends = perf_counter() + START_SECONDS
    while perf_counter() < ends:
        with suppress(httpx.TransportError):
            if httpx.get(f"{_address(server)}/sign-in/").status_code == HTTPStatus.OK:
                return
        sleep(0.5)
    raise SystemExit("the server did not start")


def _address(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def first_responses(server: Server, home: Home) -> tuple[list[float], list[float]]:
    """Milliseconds to the whole board, one person after another: each one's first look, whose every resident is written
    down in the access log once an hour, and the later ones. One more comes before, to warm it up.
    """
    times = []
    with httpx.Client(base_url=_address(server), timeout=PATIENCE) as client:
        for number in range(FIRST + 1):
            started = perf_counter()
            page = client.get("/facility/", headers={"Cookie": home.cookies[number % len(home.cookies)]})
            times.append((perf_counter() - started) * 1000)
            shown = len(re.findall(r'data-fragment="board-row"', page.text))
            if page.status_code != 200 or shown != len(home.residents):
                raise SystemExit(f"the board answered {page.status_code} with {shown} residents")
    people = len(home.cookies)
    return times[1:people], times[people:]


class Board:
    """One open board: when the row of each who calls came, and how many characters came in all."""

    def __init__(self, callers: Iterable[str]) -> None:
        self.came: dict[str, asyncio.Future[float]] = {
            key: asyncio.get_running_loop().create_future() for key in callers
        }
        self.is_open = asyncio.Event()
        self.characters = 0
        self.rows = 0

    async def watch(self, server: Server, cookie: str, residents: list[str]) -> None:
        """Open it and listen."""
        headers = {"Cookie": cookie, "Origin": _address(server)}
        address = f"ws://127.0.0.1:{server.port}/ws/live/"
        async with websockets.connect(address, additional_headers=headers, max_size=None) as socket:
            await socket.send(json.dumps({"type": "watch", "seniors": {key: ["board-row"] for key in residents}}))
            await socket.send('{"type":"ping"}')
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "pong":
                    self.is_open.set()
                for html in message.get("html", ()):
                    self._note(html)

    def _note(self, html: str) -> None:
        found = re.search(r'data-senior="([^"]+)" data-level="0"', html)
        self.characters += len(html)
        self.rows += 1
        if found and not self.came[found[1]].done():
            self.came[found[1]].set_result(perf_counter())


async def calls(server: Server, home: Home) -> tuple[list[float], list[Board]]:
    """Milliseconds from a press for help to each open board."""
    boards = [Board(home.tokens) for _ in home.cookies]
    watching = [
        asyncio.create_task(board.watch(server, cookie, home.residents))
        for board, cookie in zip(boards, home.cookies, strict=True)
    ]
    await asyncio.wait_for(asyncio.gather(*(board.is_open.wait() for board in boards)), START_SECONDS)
    times: list[float] = []
    async with httpx.AsyncClient(base_url=_address(server), timeout=PATIENCE) as client:
        for key, token in home.tokens.items():
            started = perf_counter()
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
            (await client.post("/api/v1/help", headers=headers)).raise_for_status()
            came = await asyncio.wait_for(asyncio.gather(*(board.came[key] for board in boards)), PATIENCE)
            times += [(moment - started) * 1000 for moment in came]
            await asyncio.sleep(PAUSE)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    return times, boards


def _rows(boards: list[Board]) -> Iterator[str]:
    rows, characters = sum(board.rows for board in boards), sum(board.characters for board in boards)
    yield f"{rows / len(boards) / CALLS:.1f} rows and {characters / max(rows, 1):.0f} characters a call and board"


def main() -> None:
    """Prepare, serve, measure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cores", type=int, default=2)
    options.add_argument("--residents", type=int, default=500)
    options.add_argument("--boards", type=int, default=20)
    chosen = options.parse_args()
    set_up(chosen.cores)
    home = make_home(chosen.residents, chosen.boards)
    server = Server(chosen.cores)
    try:
        wait_for(server)
        sleep(SETTLE_SECONDS)
        first, again = first_responses(server, home)
        live, boards = asyncio.run(calls(server, home))
    finally:
        server.stop()
    print(f"{chosen.residents} residents, {chosen.boards} boards open, {chosen.cores} cores")
    print_head()
    print_row("first look of an hour", first)
    print_row("later looks", again)
    print_row("call to open board", live)
    print(*_rows(boards), sep="\n")


if __name__ == "__main__":
    main()
