"""From a message that speaks of danger to the stored alert, and to the first notice on the portal.

    python -m benchmarks.alerts [--cores 2] [--alerts 60] [--others 200]

Embedded default: SQLite, the relay as a thread, the real screen. Bars, p95: 300 ms alone, 500 ms while 200 others chat.
"""

from __future__ import annotations

import argparse
import asyncio
import threading
from dataclasses import replace
from itertools import cycle
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

from benchmarks.figures import print_head, print_row
from benchmarks.household import set_up
from benchmarks.turn import QUESTIONS

WORDS = ("I fell and I can't get up", "I can't breathe", "My chest hurts badly and I feel sick", "I smell gas")


class Portal:
    """An open family page: it hears the hints of every senior of the benchmark, and when."""

    def __init__(self) -> None:
        self.heard: dict[str, asyncio.Future[float]] = {}

    async def listen(self, seniors: list[UUID]) -> None:
        """Join the seniors' groups and note when the first hint of each comes."""
        from channels.layers import get_channel_layer

        layer: Any = get_channel_layer()
        channel = await layer.new_channel()
        for senior in seniors:
            self.heard[str(senior)] = asyncio.get_running_loop().create_future()
            await layer.group_add(f"senior.{senior}", channel)
        while True:
            hint = await layer.receive(channel)
            waiting = self.heard[hint["senior_id"]]
            if not waiting.done():
                waiting.set_result(perf_counter())


async def one_alert(senior: UUID, words: str, portal: Portal) -> tuple[float, float]:
    """Say it; milliseconds to the stored alert and to the portal's notice."""
    from companion.chat.events import Emergency
    from companion.chat.turn import Speaker, Turn, answer

    speaker = Speaker(senior, "Margaret", "senior", "US", "UTC")
    started = perf_counter()
    stored = 0.0
    async for event in answer(Turn(uuid4(), str(uuid4()), words, speaker, uuid4().hex)):
        if isinstance(event, Emergency) and event.level == "E":
            stored = perf_counter()
    if not stored:
        raise SystemExit(f"no emergency was heard in {words!r}")
    noticed = await asyncio.wait_for(portal.heard[str(senior)], 30)
    return (stored - started) * 1000, (noticed - started) * 1000


async def chat_on(senior: UUID, stop: asyncio.Event, done: list[float]) -> None:
    """Another person, who asks one question after another, reading each answer for a while."""
    from companion.chat.turn import Speaker, Turn, answer

    speaker = Speaker(senior, "Sam", "senior", "US", "UTC")
    for number, question in enumerate(cycle(QUESTIONS.strip().splitlines())):
        if stop.is_set():
            return
        started = perf_counter()
        async for _ in answer(
            Turn(uuid4(), str(uuid4()), f"{question} {senior.hex[:6]}{number}", speaker, uuid4().hex)
        ):
            pass
        done.append((perf_counter() - started) * 1000)
        await asyncio.sleep(PAUSE)


#: Seconds that a person reads before asking again.
PAUSE = 20.0


async def measure(alerts: list[UUID], others: list[UUID]) -> None:
    """Raise every alert, a quarter of a second apart, and print the table."""
    portal = Portal()
    listener = asyncio.create_task(portal.listen(alerts))
    stop, turns = asyncio.Event(), list[float]()
    chats = []
    for senior in others:
        chats.append(asyncio.create_task(chat_on(senior, stop, turns)))
        await asyncio.sleep(PAUSE / len(others))
    await asyncio.sleep(0.1)
    times = []
    for senior, words in zip(alerts, cycle(WORDS), strict=False):
        times.append(await one_alert(senior, words, portal))
        await asyncio.sleep(0.25)
    stop.set()
    listener.cancel()
    for chat in chats:
        chat.cancel()
    await asyncio.gather(*chats, return_exceptions=True)
    name = f"{len(others)} others chat" if others else "alone"
    print_row(f"stored, {name}", [stored for stored, _ in times])
    print_row(f"on portal, {name}", [noticed for _, noticed in times])
    if turns:
        print_row("the others' turns", turns)


def make_seniors(count: int, prefix: str) -> list[UUID]:
    """Seniors, each with a daughter who can be reached."""
    from django.utils import timezone

    from companion.accounts.models import User
    from companion.circle.models import ContactPoint, Membership, Senior

    now = timezone.now()
    seniors = [User(username=f"{prefix}{n}", full_name=f"Senior {n}", kind="senior") for n in range(count)]
    helpers = [User(username=f"{prefix}-helper{n}", full_name=f"Helper {n}") for n in range(count)]
    User.objects.bulk_create([*seniors, *helpers])
    Senior.objects.bulk_create([Senior(user=user) for user in seniors])
    pairs = list(zip(seniors, helpers, strict=True))
    Membership.objects.bulk_create(
        [Membership(senior_id=senior.pk, user=helper, role="primary", accepted_at=now) for senior, helper in pairs]
    )
    known = {"accepted_at": now, "asked_at": now, "last_tested_at": now}
    ContactPoint.objects.bulk_create(
        [ContactPoint(user=helper, kind="email", address="helper@example.org", **known) for helper in helpers]
    )
    return [senior.pk for senior in seniors]


def main() -> None:
    """Prepare, warm up, measure alone and in company."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cores", type=int, default=2)
    options.add_argument("--alerts", type=int, default=60)
    options.add_argument("--others", type=int, default=200)
    chosen = options.parse_args()
    set_up(threads=chosen.cores)
    from django.conf import settings

    from billing import public
    from companion.safety import bell, relay
    from companion.safety.screen import floor
    from knowledge.public import warm_up

    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    public.EVERYBODY = replace(public.EVERYBODY, messages_at_once=1_000_000)
    warm_up()
    floor(WORDS[0], ())
    stop = threading.Event()
    runner = threading.Thread(target=relay.run, args=(stop,))
    runner.start()
    print_head()
    asyncio.run(measure(make_seniors(3, "warm"), []))
    asyncio.run(measure(make_seniors(chosen.alerts, "alone"), []))
    asyncio.run(measure(make_seniors(chosen.alerts, "company"), make_seniors(chosen.others, "other")))
    stop.set()
    bell.rung.set()
    runner.join()


if __name__ == "__main__":
    main()
