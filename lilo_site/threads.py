"""The one way from the event loop to blocking code: a bounded pool of threads, a clean database connection each call.

Bounded, because a thread per request means a database connection per request, and a stuck store would pile them up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import lru_cache
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

THREADS = 8
#: For what must never wait behind a stuck store: alerts.
RESERVED_THREADS = 4

P = ParamSpec("P")
T = TypeVar("T")


@lru_cache(maxsize=2)
def _pool(name: str, size: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(size, thread_name_prefix=name)


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking code in the pool, in the caller's context, and return what it returns or raise what it raises."""
    return await _run(_pool("lilo", THREADS), function, *args, **kwargs)


async def in_reserved_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`in_thread` for alerts, in a pool that nothing else can fill."""
    return await _run(_pool("lilo-alert", RESERVED_THREADS), function, *args, **kwargs)


async def _run(pool: ThreadPoolExecutor, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    context = copy_context()

    def call() -> T:
        close_old_connections()
        try:
            return context.run(function, *args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(pool, call)
