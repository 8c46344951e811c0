"""How each person is answered now: read from memory by every turn, refreshed beside it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from knowledge.evaluation.experiments.assignment import arm_of
from knowledge.evaluation.experiments.levers import USUAL, Ways, ways
from lilo_site.threads import in_thread

log = logging.getLogger(__name__)

#: Seconds after which it is read anew, and after which it is no longer believed: then everybody is answered as usual.
FRESH, BELIEVED = 30.0, 120.0

Participants = Callable[[], Mapping[UUID, str]]


@dataclass(frozen=True, slots=True)
class Running:
    """What runs, and on whom."""

    experiments: tuple[Mapping[str, Any], ...] = ()
    aliases: Mapping[UUID, str] = field(default_factory=dict)


class _State:
    """Of this process. At first nothing runs; the first look comes when the program warms up, or later."""

    def __init__(self) -> None:
        self.running = Running()
        self.read_at = time.monotonic()
        self.participants: Participants | None = None
        self.reading: asyncio.Task[None] | None = None


_state = _State()


def hand_over_participants(participants: Participants) -> None:
    """Called once, when the program starts: who takes part now, each with the name that stands for them.

    Nobody who did not agree, who is not an adult that Lilo looks after, or who has an alert open.
    """
    _state.participants = participants


def participants() -> Mapping[UUID, str]:
    """Who takes part now. Blocks."""
    return _state.participants() if _state.participants else {}


def ways_for(person: UUID) -> Ways:
    """How to answer a person. From memory: no query, no waiting. Called on the event loop."""
    age = time.monotonic() - _state.read_at
    if age > FRESH and (_state.reading is None or _state.reading.done()):
        _state.reading = asyncio.get_running_loop().create_task(in_thread(refresh))
    alias = _state.running.aliases.get(person) if age <= BELIEVED else None
    return _ways_in(_state.running, alias) if alias else USUAL


def _ways_in(running: Running, alias: str) -> Ways:
    chosen: dict[str, str] = {}
    arms = []
    for experiment in running.experiments:
        name = arm_of(experiment["arms"], salt=experiment["salt"], alias=alias, traffic=experiment["traffic"])
        if name is not None:
            chosen[experiment["lever"]] = next(arm["value"] for arm in experiment["arms"] if arm["name"] == name)
            arms.append((experiment["id"], name))
    return ways(chosen, alias=alias, arms=tuple(arms))


def refresh() -> None:
    """Read what runs, and on whom. Blocks. Where the database does not answer, the last reading stands a while."""
    from knowledge.evaluation.experiments.models import Experiment

    try:
        rows = tuple(
            Experiment.objects.filter(state=Experiment.State.RUNNING)
            .order_by("pk")
            .values("id", "arms", "salt", "traffic", "lever")
        )
        _state.running = Running(rows, participants() if rows else {})
    except DatabaseError:
        log.exception("it is not known which experiments run")
    else:
        _state.read_at = time.monotonic()
