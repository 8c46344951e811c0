"""The family portal of a real server: from a change to the open dashboards, and a dashboard's first response.

    python -m benchmarks.portal [--cores 2]

Embedded default. Bars: with 200 dashboards open, a dose taken, a message and an alert are on those that show them
within 300 ms p95; a dashboard's first response p95 at most 80 ms with two years of data, by as few queries as ever.
Changes are made through the API of the same server. A time runs from sending the request to the new fragment on the
dashboard; the client's, over loopback, on the same machine.

Two towns: 50 seniors with four dashboards each; and, as the worst case, one senior with all 200.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any

import httpx
import websockets

from benchmarks.figures import print_head, print_row
from benchmarks.sockets import Server

if TYPE_CHECKING:
    from companion.circle.models import Senior

TOWNS = {"50 x 4": (50, 4), "1 x 200": (1, 200)}
CHANGES = {"50 x 4": 50, "1 x 200": 12}
#: One person may not write more at once.
MESSAGES_A_HOUSE = 5
FIRST = 100
START_SECONDS = 120
PATIENCE = 20.0
HANDSHAKES_AT_ONCE = 20
DAYS_OF_TOWN = 30
FRAGMENTS = ("status", "alerts", "day", "medicines", "journal", "message", "visits", "kept")


@dataclass(frozen=True, slots=True)
class House:
    """One senior and those who look, each with a cookie."""

    senior_id: str
    token: str
    member_token: str
    """Of the first who looks."""
    cookies: tuple[str, ...]
    dose_id: str


@dataclass(slots=True)
class Dashboard:
    """An open dashboard, and what waits for words to come on it."""

    socket: Any
    reading: asyncio.Task[None] | None = None
    words: str = ""
    arrived: asyncio.Future[float] | None = None

    async def read(self) -> None:
        """Note when the words come."""
        async for text in self.socket:
            now = perf_counter()
            if self.arrived is not None and not self.arrived.done() and self.words in str(text):
                self.arrived.set_result(now)

    def expect(self, words: str) -> asyncio.Future[float]:
        """When these words come."""
        self.words, self.arrived = words, asyncio.get_running_loop().create_future()
        return self.arrived


def set_up() -> None:
    """An empty Lilo in a folder of its own: nothing here is asked of its knowledge."""
    folder = tempfile.mkdtemp(prefix="lilo-benchmark-")
    os.environ.update(LILO_DATA_DIR=folder, DJANGO_SETTINGS_MODULE="lilo_site.settings", LOG_LEVEL="ERROR")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def make_house(name: str, people: int, *, days: int) -> House:
    """A senior who shares everything, so many people who look, and days of life."""
    from django.utils import timezone

    from benchmarks.lives import live
    from companion.accounts.actions import create_user
    from companion.accounts.clients import Client as Device
    from companion.accounts.models import Kind
    from companion.accounts.sign_ins import begin
    from companion.circle.actions import create_profile
    from companion.circle.models import Item, Membership, Role, Sharing

    user = create_user(username=name, full_name=f"Margaret {name}", kind=Kind.SENIOR)
    senior = create_profile(user)
    Sharing.objects.bulk_create([Sharing(senior=senior, item=item, is_on=True) for item in Item])
    circle = [create_user(username=f"{name}-{number}", full_name=f"Person {number}") for number in range(people)]
    Membership.objects.bulk_create(
        [
            Membership(senior=senior, user=person, role=Role.FAMILY, order=order, accepted_at=timezone.now())
            for order, person in enumerate(circle)
        ]
    )
    live(senior, circle[:2], days=days)
    device = Device(address="127.0.0.1", agent="benchmark")
    own, member = (begin(one, device).access for one in (user, circle[0]))
    return House(str(user.pk), own, member, tuple(_cookie(person) for person in circle), _dose_now(senior))


def _cookie(person: Any) -> str:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(person, backend="companion.accounts.backends.PersonBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _dose_now(senior: Senior) -> str:
    """A dose that is due just now."""
    from django.utils import timezone

    from companion.care.medicines.models import DoseState, Occurrence

    dose = Occurrence.objects.filter(senior=senior).order_by("-local_date", "-due_at")[0]
    now = timezone.now()
    dose.state, dose.due_at, dose.opens_at = DoseState.PENDING, now - timedelta(minutes=5), now - timedelta(hours=1)
    dose.late_at, dose.closes_at = now + timedelta(hours=2), now + timedelta(hours=4)
    dose.taken_at = dose.settled_at = dose.settled_by = None
    dose.save()
    return str(dose.pk)


async def open_dashboards(server: Server, houses: list[House]) -> dict[str, list[Dashboard]]:
    """Open every dashboard of these houses, and wait until each shows everything."""
    gate = asyncio.Semaphore(HANDSHAKES_AT_ONCE)

    async def open_one(house: House, cookie: str) -> Dashboard:
        async with gate:
            socket = await websockets.connect(
                f"ws://127.0.0.1:{server.port}/ws/live/",
                additional_headers={"Cookie": cookie, "Origin": f"http://127.0.0.1:{server.port}"},
                compression=None,
                open_timeout=60,
                ping_interval=None,
            )
            page = Dashboard(socket)
            shown = page.expect('id=\\"kept\\"')
            page.reading = asyncio.create_task(page.read())
            watch = {"type": "watch", "seniors": {house.senior_id: FRAGMENTS}, "own": ["bell"]}
            await socket.send(json.dumps(watch))
            await asyncio.wait_for(shown, PATIENCE)
            return page

    opened = {house.senior_id: [open_one(house, cookie) for cookie in house.cookies] for house in houses}
    return {senior_id: list(await asyncio.gather(*pages)) for senior_id, pages in opened.items()}


async def change(
    client: httpx.AsyncClient, address: str, token: str, body: dict[str, Any], expected: list[Any]
) -> list[float]:
    """Make one change; milliseconds to each dashboard that shows it."""
    begun = perf_counter()
    headers = {"Authorization": f"Bearer {token}"}
    answered = await client.post(address, json=body, headers=headers)
    if answered.status_code >= 400:
        raise SystemExit(f"{address} answered {answered.status_code}: {answered.text[:200]}")
    arrived = await asyncio.wait_for(asyncio.gather(*expected), PATIENCE)
    await asyncio.sleep(0.05)
    return [1000 * (at - begun) for at in arrived]


async def measure_live(server: Server, town: str, houses: list[House]) -> None:
    """Open the town's dashboards and change things in each house in turn."""
    pages = await open_dashboards(server, houses)
    print(f"\n{town}: {sum(map(len, pages.values()))} dashboards open")
    times: dict[str, list[float]] = {"dose taken": [], "dose taken back": [], "message": [], "alert": []}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}/api/v1", timeout=30) as client:
        for number in range(CHANGES[town]):
            house = houses[number % len(houses)]
            mine, seniors = pages[house.senior_id], f"/seniors/{house.senior_id}"
            dose = f"{seniors}/doses/{house.dose_id}"
            taken = [page.expect('id=\\"day\\"') for page in mine]
            times["dose taken"] += await change(client, f"{dose}/taken", house.token, {}, taken)
            back = [page.expect('id=\\"day\\"') for page in mine]
            times["dose taken back"] += await change(client, f"{dose}/undo", house.token, {}, back)
            if number < MESSAGES_A_HOUSE * len(houses):
                words = f"Number {number}"
                told = [mine[0].expect(words)]
                body = {"text": words}
                times["message"] += await change(client, f"{seniors}/messages", house.member_token, body, told)
            if number < len(houses):  # a further call for help within half an hour would join the first
                helped = [page.expect("needs help") for page in mine]
                times["alert"] += await change(client, "/help", house.token, {}, helped)
    for name, values in times.items():
        print_row(name, values)
    for page in [page for of_house in pages.values() for page in of_house]:
        await page.socket.close()


def measure_first(server: Server, house: House) -> None:
    """The dashboard's first response over HTTP, with a session that is there already."""
    times, size = [], 0
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", headers={"Cookie": house.cookies[0]}) as client:
        for _ in range(FIRST + 5):
            begun = perf_counter()
            answer = client.get(f"/family/{house.senior_id}/")
            times.append(1000 * (perf_counter() - begun))
            size = len(answer.content)
            if answer.status_code != 200 or "Ramipril" not in answer.text:
                raise SystemExit(f"the dashboard answered {answer.status_code}")
    print_row("first response", times[5:])
    print(f"  {size / 1024:.0f} KiB")


def count_queries(house: House) -> int:
    """The queries of one dashboard."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    name, _, value = house.cookies[0].partition("=")
    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    client.cookies[name] = value
    client.get(f"/family/{house.senior_id}/")
    with CaptureQueriesContext(connection) as found:
        client.get(f"/family/{house.senior_id}/")
    return len(found)


def wait_for(server: Server) -> None:
    """Until it answers."""
    for _ in range(START_SECONDS):
        try:
            httpx.get(f"http://127.0.0.1:{server.port}/healthz", timeout=5)
        except httpx.TransportError:
            sleep(1)
        else:
            sleep(5)  # the models load meanwhile
            return
    raise SystemExit("The server did not answer in time.")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cores", type=int, default=2, help="cores for the server; 0 for all")
    arguments = parser.parse_args()
    set_up()
    old = make_house("old", 4, days=730)
    week = make_house("week", 4, days=8)
    print(f"queries of a dashboard: {count_queries(week)} after a week, {count_queries(old)} after two years")
    towns = {
        town: [make_house(f"{town[0]}town{number}", people, days=DAYS_OF_TOWN) for number in range(houses)]
        for town, (houses, people) in TOWNS.items()
    }
    server = Server(arguments.cores)
    try:
        wait_for(server)
        print_head()
        for town, houses in towns.items():
            asyncio.run(measure_live(server, town, houses))
        print("\nnobody else there")
        measure_first(server, old)  # last: by now the server has loaded its models
    finally:
        server.stop()


if __name__ == "__main__":
    main()
