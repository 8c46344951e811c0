"""What knowledge learns of turns that were kept: numbers, gathered in memory and written a few seconds later.

Words are read here and let go of. What is lost when a process dies are a few seconds of numbers.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakSet

from django.db import DatabaseError, transaction
from prometheus_client import Counter

from lilo_site.threads import in_thread

log = logging.getLogger(__name__)

#: Seconds from the first of some turns until they are written, and most turns that wait.
WAIT, MOST_WAITING = 5.0, 5_000
LOST = Counter("lilo_turn_notes_lost_total", "Turns whose numbers could not be written.")


@dataclass(frozen=True, slots=True)
class TurnNote:
    """A turn that was kept."""

    kind: str
    """`answer`, `abstention`, `small_talk`, `emergency`, `refusal` or `aside`."""
    question: str
    answer: str
    at: datetime
    similarity: float | None = None
    """Of the question and the best evidence; None where nothing was looked up."""
    asked_more: bool = False
    """Whether the person asked for more of the same."""
    held_back: int = 0
    """Sentences that the guard held back."""
    latency_ms: float = 0.0
    alias: str = ""
    arms: tuple[tuple[int, str], ...] = field(default=())
    """From the `Ways` by which it was answered."""


_waiting: deque[TurnNote] = deque(maxlen=MOST_WAITING)
#: Event loops on which a writing is due already.
_due: WeakSet[asyncio.AbstractEventLoop] = WeakSet()
_writing: set[asyncio.Task[None]] = set()


def note_turn(note: TurnNote) -> None:
    """Take in a turn. Costs nothing but memory; called on the event loop."""
    if len(_waiting) == MOST_WAITING:
        LOST.inc()
    _waiting.append(note)
    loop = asyncio.get_running_loop()
    if loop not in _due:
        _due.add(loop)
        loop.call_later(WAIT, _begin_writing, loop)


def _begin_writing(loop: asyncio.AbstractEventLoop) -> None:
    _due.discard(loop)
    task = loop.create_task(in_thread(write_turns))
    _writing.add(task)
    task.add_done_callback(_writing.discard)


def write_turns() -> None:
    """Write what waits. Blocks."""
    notes = list(_take())
    if not notes:
        return
    try:
        _write(notes)
    except DatabaseError:
        LOST.inc(len(notes))
        log.exception("the numbers of some turns could not be written", extra={"turns": len(notes)})


def _take() -> Sequence[TurnNote]:
    taken = []
    while _waiting:
        taken.append(_waiting.popleft())
    return taken


def _write(notes: Sequence[TurnNote]) -> None:
    from knowledge.evaluation.drift.actions import add_turns as add_to_days
    from knowledge.evaluation.experiments.actions import add_turns as add_to_experiments

    with transaction.atomic():
        add_to_days(notes)
        add_to_experiments(notes)
