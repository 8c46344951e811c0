"""A progress bar for commands: on a terminal only, so that logs and pipes stay clean."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def terminal_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function to call with a step's name, how much of it is done, and how much there is (0: unknown)."""
    with tqdm(disable=None) as bar:
        current = ""

        def advance(step: str, done: int, total: int) -> None:
            nonlocal current
            if step != current:
                current = step
                bar.reset(total=total or None)
                bar.set_description(step, refresh=False)
            bar.update(done - bar.n)

        yield advance
