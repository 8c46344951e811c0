"""How fast the emergency screen answers: the floor, the whole screen alone, and 32 callers at once.

python benchmarks/screen.py [--messages 400]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lilo_site.settings")

from companion.safety.screen import floor, warm_up
from companion.safety.screen.examples import read_examples
from companion.safety.screen.learned import learned
from companion.safety.screen.serving import Batcher

CALLERS = 32


def _p(values: list[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def _row(name: str, seconds: list[float]) -> None:
    shown = (statistics.median(seconds), _p(seconds, 0.95), _p(seconds, 0.99), max(seconds))
    print(f"{name:<34}" + "".join(f"{value * 1000:>10.2f}" for value in shown))


def _timed_floor(messages: list[tuple[str, tuple[str, ...]]]) -> list[float]:
    seconds = []
    for text, recent in messages:
        began = time.perf_counter()
        floor(text, recent)
        seconds.append(time.perf_counter() - began)
    return seconds


async def _screen(batcher: Batcher, text: str, recent: tuple[str, ...]) -> float:
    began = time.perf_counter()
    floor(text, recent)
    await asyncio.wrap_future(batcher.submit((text, recent)))
    return time.perf_counter() - began


async def _one_at_a_time(batcher: Batcher, messages: list[tuple[str, tuple[str, ...]]]) -> tuple[list[float], float]:
    began = time.perf_counter()
    seconds = [await _screen(batcher, text, recent) for text, recent in messages]
    return seconds, len(messages) / (time.perf_counter() - began)


async def _together(batcher: Batcher, messages: list[tuple[str, tuple[str, ...]]]) -> tuple[list[float], float]:
    waiting = list(messages)
    seconds: list[float] = []

    async def caller() -> None:
        while waiting:
            text, recent = waiting.pop()
            seconds.append(await _screen(batcher, text, recent))

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return seconds, len(messages) / (time.perf_counter() - began)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=400)
    count = parser.parse_args().messages
    chance = random.Random(7)
    rows = chance.sample(read_examples(), min(3 * count, len(read_examples())))
    every = [(row.text, row.context) for row in rows]
    parts = every[:count], every[count : 2 * count], every[2 * count : 3 * count]
    warm_up()
    print(f"{count} messages of our own, each seen once; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print(f"{'milliseconds':<34}" + "".join(f"{name:>10}" for name in ("p50", "p95", "p99", "most")))
    _row("floor", _timed_floor(parts[0]))
    batcher = Batcher(learned)
    alone, alone_rate = asyncio.run(_one_at_a_time(batcher, parts[1]))
    _row("whole screen, one at a time", alone)
    together, together_rate = asyncio.run(_together(batcher, parts[2]))
    _row(f"whole screen, {CALLERS} callers", together)
    print(f"\n{alone_rate:.0f} messages a second one at a time, {together_rate:.0f} with {CALLERS} callers: ", end="")
    print(f"{together_rate / alone_rate:.1f} times")


if __name__ == "__main__":
    main()
