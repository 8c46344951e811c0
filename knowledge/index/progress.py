"""How far a build is, for a person at a terminal."""

from __future__ import annotations

import sys

from knowledge.index.writer import Progress


def terminal_progress() -> Progress | None:
    """A bar for each step of a build on standard error; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        return None
    from tqdm import tqdm

    bars: dict[str, tqdm[None]] = {}

    def show(step: str, done: int, total: int) -> None:
        bar = bars.get(step) or bars.setdefault(step, tqdm(desc=step, total=total or None, leave=True))
        bar.update(done - bar.n)
        if done == total:
            bar.close()

    return show
