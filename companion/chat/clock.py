"""How long each step of a turn takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import Histogram

BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5)
STEP_SECONDS = Histogram("lilo_turn_step_seconds", "Time by step of a turn.", ["step"], buckets=BUCKETS)


class Clock:
    """Times the steps of one turn, in milliseconds since its start."""

    def __init__(self) -> None:
        self._started = perf_counter()
        self.steps_ms: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the time of the block to a step, and to the metrics."""
        begun = perf_counter()
        try:
            yield
        finally:
            took = perf_counter() - begun
            STEP_SECONDS.labels(name).observe(took)
            self.steps_ms[name] = round(self.steps_ms.get(name, 0.0) + took * 1000, 2)

    def first(self, name: str) -> None:
        """Note how long it took to get here, the first time only."""
        if name not in self.steps_ms:
            self.steps_ms[name] = self.elapsed_ms
            STEP_SECONDS.labels(name).observe(self.elapsed_ms / 1000)

    @property
    def elapsed_ms(self) -> float:
        """Milliseconds since the turn began."""
        return round((perf_counter() - self._started) * 1000, 2)
