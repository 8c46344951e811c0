"""Answers without a person: what Lilo would say, made by the parts of a turn, with nothing kept and nobody told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from companion.chat import phrases
from companion.chat.after_all_clear import sure_answer
from companion.chat.clock import Clock
from companion.chat.danger import hear
from companion.chat.reply import Asked, Exchange, Reply, plan_reply
from companion.chat.wording import clean
from companion.safety.guard import check_sentence
from companion.safety.screen import Level
from knowledge.public import Answered, AnswerSentence

#: The number of its source at the end of a sentence.
NUMBER = re.compile(r"\[(\d+)\]$")


async def try_answer(
    message: str, *, before: Sequence[str] = (), by_senior: bool = True, is_well: bool = False
) -> Answered:
    """Answer as a turn does: see `knowledge.answering.Answering`. A danger that is heard is named, not acted on."""
    recent: list[Exchange] = []
    for said in before:
        answered = await _answered(clean(said), recent, by_senior=by_senior, is_well=is_well)
        recent.append(Exchange(said, answered.text, answered.entries))
    return await _answered(clean(message), recent, by_senior=by_senior, is_well=is_well)


async def _answered(said: str, recent: Sequence[Exchange], *, by_senior: bool, is_well: bool) -> Answered:
    clock = Clock()
    with clock.step("screen"):
        heard = await hear(said, recent)
    asked = Asked(said, "", recent, by_senior=by_senior)
    if heard.level.rank < Level.ASK.rank:
        return await _told(await plan_reply(asked, clock), heard.level, clock)
    glad: tuple[AnswerSentence, ...] = ()
    if heard.level is Level.ASK and is_well:
        glad = (AnswerSentence(phrases.GLAD_YOU_ARE_WELL),)
        if (reply := await sure_answer(asked, heard.category, clock)) is not None:
            answered = await _told(reply, heard.level, clock)
            return replace(answered, sentences=(*glad, *answered.sentences))
    strategy = f"screen:{heard.level.value}"
    return Answered("emergency", glad, heard.level.value, strategy, "full_rag", 1.0, steps_ms=clock.steps_ms)


async def _told(reply: Reply, level: Level, clock: Clock) -> Answered:
    return Answered(
        kind=reply.kind,
        sentences=await _spoken(reply),
        level=level.value,
        strategy=reply.strategy,
        rung=reply.rung,
        confidence=reply.confidence,
        entries=reply.entries,
        searched=reply.searched,
        steps_ms=clock.steps_ms,
    )


async def _spoken(reply: Reply) -> tuple[AnswerSentence, ...]:
    """The sentences that the guard lets pass, each with the entry that it stands on."""
    spoken = []
    async for sentence in reply.sentences:
        if reply.is_guarded and not check_sentence(sentence, reply.grounds).ok:
            continue
        number = NUMBER.search(sentence)
        entry = reply.entries[int(number[1]) - 1] if number else ""
        spoken.append(AnswerSentence(NUMBER.sub("", sentence), entry))
    return tuple(spoken)
