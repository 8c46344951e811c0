"""The stores: how each is opened, closed and probed. One module each.

An adapter asks its store's module for a client; nobody else opens a connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from lilo_site.stores import cassandra, mongodb, postgresql, redis

log = logging.getLogger(__name__)
PROBE_TIMEOUT = 2.0


@dataclass(frozen=True, slots=True)
class Check:
    """The answer of one store."""

    name: str
    kind: str
    ok: bool
    latency_ms: float

    def as_json(self) -> dict[str, object]:
        """What /readyz says of it: never an address, a version or an error's text."""
        return {"kind": self.kind, "ok": self.ok, "latency_ms": self.latency_ms}


Probe = tuple[str, Callable[[], str], Callable[[], None]]
PROBES: tuple[Probe, ...] = (
    ("database", postgresql.kind, postgresql.probe),
    ("cache", redis.kind, redis.probe),
    ("vectors", mongodb.kind, mongodb.probe),
    ("history", cassandra.kind, cassandra.probe),
)


async def probe_all() -> list[Check]:
    """Ask every store at the same time, each in a thread and with a time limit."""
    return list(await asyncio.gather(*(_probe(*probe) for probe in PROBES)))


async def _probe(name: str, kind: Callable[[], str], ask: Callable[[], None]) -> Check:
    started = perf_counter()
    try:
        await asyncio.wait_for(asyncio.to_thread(ask), PROBE_TIMEOUT)
        ok = True
    except Exception:
        log.warning("store does not answer", extra={"store": name}, exc_info=True)
        ok = False
    return Check(name, kind(), ok, round((perf_counter() - started) * 1000, 1))
