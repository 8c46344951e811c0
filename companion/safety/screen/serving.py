"""The screen as others call it: the floor at once, the learned layer in batches beside it, the graver of the two.

One thread judges. It takes whatever waits, so that messages that arrive together share one pass through the encoder and
one that arrives alone does not wait for company.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import lru_cache

from prometheus_client import Counter, Histogram

from companion.safety.screen.floor import floor, floor_stands, sure_level
from companion.safety.screen.learned import Judgement, Learned, LearnedLayerMissing, Message, learned
from companion.safety.screen.levels import Assessment, Level

logger = logging.getLogger(__name__)

LARGEST_BATCH = 32
PATIENCE_S = 2.0
"""After this the floor answers alone: a late answer to an emergency is a missed one."""
LOADING_PATIENCE_S = 30.0
"""The same in a process that was not warmed up: what the rules did not hear is worth waiting for the model."""
_AGAIN_AFTER = 1_000
"""A missing layer is logged at the first message and then at every this many, not at each."""

FLOOR_ALONE = Counter("lilo_screen_floor_alone_total", "Messages that the learned layer did not see.", ["why"])
_absences = itertools.count()
LEVELS_HEARD = Counter("lilo_screen_levels_total", "Messages by the level the screen gave them.", ["level"])
BATCHES = Histogram("lilo_screen_batch_size", "Messages judged together.", buckets=(1, 2, 4, 8, 16, 32))


class Batcher:
    """Judges messages in a thread of its own, those that wait together in one batch."""

    def __init__(self, layer: Callable[[], Learned]) -> None:
        self._layer = layer
        self.ready = False
        self._waiting: queue.SimpleQueue[tuple[Message, Future[Judgement]]] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="screen", daemon=True).start()

    def submit(self, message: Message) -> Future[Judgement]:
        """Queue a message; the future holds the judgement, or LearnedLayerMissing."""
        answer: Future[Judgement] = Future()
        self._waiting.put((message, answer))
        return answer

    def _work(self) -> None:
        while True:
            batch = [self._waiting.get()]
            while len(batch) < LARGEST_BATCH and not self._waiting.empty():
                batch.append(self._waiting.get())
            wanted = [(message, answer) for message, answer in batch if answer.set_running_or_notify_cancel()]
            if wanted:
                self._answer([message for message, _ in wanted], [answer for _, answer in wanted])

    def _answer(self, messages: list[Message], answers: list[Future[Judgement]]) -> None:
        try:
            judgements = self._layer().judge(messages)
        except Exception as error:  # noqa: BLE001 - the outer edge of a thread: whoever waits must hear of it
            for answer in answers:
                answer.set_exception(error)
            return
        self.ready = True
        BATCHES.observe(len(messages))
        for answer, judgement in zip(answers, judgements, strict=True):
            answer.set_result(judgement)


@lru_cache(maxsize=1)
def batcher() -> Batcher:
    """The batcher of this process."""
    return Batcher(learned)


async def screen(text: str, *, recent: Sequence[str] = ()) -> Assessment:
    """Assess a message before anything else is done with it.

    A missing, broken or slow model is logged and counted, and the floor answers alone.

    Args:
        text: the message, typed or heard.
        recent: the person's earlier turns, oldest first; the last five count.
    """
    heard, sure = floor(text, recent), sure_level(text, recent)
    if sure is not Level.EMERGENCY and text.strip():
        heard = together(heard, await _second_opinion((text, tuple(recent))), sure=sure)
    LEVELS_HEARD.labels(heard.level.value).inc()
    return heard


async def _second_opinion(message: Message) -> Assessment | None:
    judges = batcher()
    patience = PATIENCE_S if judges.ready else LOADING_PATIENCE_S
    try:
        judgement = await asyncio.wait_for(asyncio.wrap_future(judges.submit(message)), patience)
        return learned().assess(judgement)
    except TimeoutError:
        _note_absence("late")
    except LearnedLayerMissing:
        _note_absence("missing")
    except Exception:
        FLOOR_ALONE.labels("failed").inc()
        logger.exception("The learned layer of the screen failed; the floor answered alone.")
    return None


def _note_absence(why: str) -> None:
    FLOOR_ALONE.labels(why).inc()
    if next(_absences) % _AGAIN_AFTER == 0:
        logger.error("The learned layer of the screen is %s; the floor answers alone.", why)


def together(heard: Assessment, second: Assessment | None, *, sure: Level) -> Assessment:
    """Both layers: the graver level stands with its category, and the reasons of both are kept.

    Neither silences the other. What the floor is not sure of is no alarm yet: see `floor_stands`.
    """
    if second is None:
        return heard
    own = floor_stands(heard.level, sure, second.score)
    level, category = (second.level, second.category) if second.level.rank > own.rank else (own, heard.category)
    reasons = tuple(dict.fromkeys((*heard.reasons, *second.reasons)))
    score = max(heard.score, second.score) if own is heard.level else second.score
    return Assessment(level, category if level is not Level.NONE else "none", score, reasons)


def screen_many(messages: Sequence[Message], *, batch: int = LARGEST_BATCH) -> list[Assessment]:
    """Assess many messages, each with its earlier turns, for commands and measurements.

    Raises:
        LearnedLayerMissing: the weights cannot be read. A measurement must not pass for one of the whole screen.
    """
    layer = learned()
    found: list[Assessment] = []
    for start in range(0, len(messages), batch):
        part = messages[start : start + batch]
        for (text, recent), judgement in zip(part, layer.judge(part), strict=True):
            second = layer.assess(judgement)
            found.append(together(floor(text, recent), second, sure=sure_level(text, recent)))
    return found


def warm_up() -> None:
    """Load what the first message would otherwise wait for; with no model, only the rules."""
    floor("hello, cannto breathe")
    try:
        batcher().submit(("hello", ())).result()
    except LearnedLayerMissing:
        _note_absence("missing")
