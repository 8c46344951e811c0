"""What a person said is answered after all, once they have said that the danger Lilo heard in it is none.

The all-clear is acted on and spoken before: nothing here, slow or broken, holds it up or takes it back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from companion.chat import disclosure, phrases, record
from companion.chat.clock import Clock
from companion.chat.reply import Asked, Exchange, Reply, asked_in, each_of, plan_reply
from companion.safety.audience import CONFIDENTIAL
from companion.safety.clock import steady
from companion.safety.languages import foreign_language
from companion.safety.models import Alert
from companion.safety.selectors import words_heard
from lilo_site.threads import in_thread

if TYPE_CHECKING:
    from companion.chat.turn import Turn

log = logging.getLogger(__name__)

#: After these the gentle words stand alone.
GENTLE: Final = CONFIDENTIAL | {"self_harm"}
#: A question of safety is answered within a minute, or people are told; one that stayed open longer is of another day.
FRESH: Final = timedelta(minutes=30)
#: Seconds for all of it; then the all-clear stands alone.
PATIENCE: Final = 5.0


async def answer_after_all_clear(cleared: Alert, turn: Turn, clock: Clock) -> Reply | None:
    """The answer that follows an all-clear, every sentence of it at hand; None where there is none.

    Args:
        cleared: the alert whose question the person has answered with a clear no.
        turn: the one of the all-clear.
        clock: takes the times of the steps.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            return await _answer(cleared, turn, clock)
    except Exception:  # an outer edge: the all-clear is spoken, and must be kept whatever breaks here
        log.exception("nothing could be answered after an all-clear", extra={"trace_id": turn.trace_id})
        return None


async def _answer(cleared: Alert, turn: Turn, clock: Clock) -> Reply | None:
    if not turn.use_knowledge or cleared.category in GENTLE or cleared.raised_at < steady() - FRESH:
        return None
    asked = asked_in(turn)
    before = _up_to(await in_thread(words_heard, cleared), asked.recent)
    if not before or await record.admit(turn.speaker.user_id) is not None:
        return None
    asked = replace(asked, said=before[-1].said, recent=before[:-1])
    reply = await sure_answer(asked, cleared.category, clock, most=turn.max_tokens)
    if reply is None or not await disclosure.due(turn.speaker.user_id):
        return reply
    return disclosure.with_notice(reply)


def _up_to(heard: frozenset[str], talk: Sequence[Exchange]) -> Sequence[Exchange]:
    """The talk up to the last message that the alert was raised by; nothing where it is too long ago."""
    places = (place for place in range(len(talk), 0, -1) if talk[place - 1].said in heard)
    return talk[: next(places, 0)]


async def sure_answer(asked: Asked, category: str, clock: Clock, *, most: int | None = None) -> Reply | None:
    """What knowledge says to a message that was cleared up, where Lilo is sure; its sentences still pass the guard.

    Args:
        asked: the message, and what went before it.
        category: of the danger that was heard in it.
        clock: takes the times of the steps.
        most: most tokens of the answer.
    """
    if category in GENTLE or foreign_language(asked.said) is not None:
        return None
    reply = await plan_reply(asked, clock, most=most)
    if reply.kind != "answer":
        return None
    sentences = [phrases.BACK_TO_IT, *[sentence async for sentence in reply.sentences]]
    grounds = (*reply.grounds, phrases.BACK_TO_IT)
    return replace(reply, sentences=each_of(sentences), grounds=grounds, about=asked.said)
