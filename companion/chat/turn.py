"""The turn: one message in, events out. Every face uses this and nothing else answers a person.

screen -> admit -> retrieve -> context -> generate -> guard -> record; docs/design.md has each step's rule and budget.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from uuid import UUID

from django.db import DatabaseError
from django.utils import timezone
from prometheus_client import Counter

from companion.accounts.models import Kind
from companion.chat import disclosure, doses, phrases, record
from companion.chat.after_all_clear import answer_after_all_clear
from companion.chat.answers import take_answer
from companion.chat.choices import take_choice
from companion.chat.clock import Clock
from companion.chat.danger import emergency_event, hear, is_danger, look_again, with_cry_for_help
from companion.chat.events import Accepted, Delta, Done, Emergency, Error, Sources, TurnEvent
from companion.chat.family_messages.actions import pass_on
from companion.chat.journal_offer import danger_in, with_offer
from companion.chat.pressed import Said
from companion.chat.questions import asking
from companion.chat.reply import Exchange, Reply, asked_in, plan_reply
from companion.safety.audience import CONFIDENTIAL
from companion.safety.guard import check_sentence
from companion.safety.languages import Language, foreign_language, only_english
from companion.safety.models import Alert
from companion.safety.numbers import emergency_numbers
from companion.safety.screen import Assessment, Level
from knowledge.public import prefetch
from lilo_site.threads import in_thread

__all__ = ["Exchange", "Speaker", "Turn", "answer"]

log = logging.getLogger(__name__)

WORDS_A_DELTA = 4
#: Seconds that the card of a danger waits for the words to be passed on to the family.
PASS_ON_PATIENCE = 2.0
TURNS = Counter("lilo_turns_total", "Turns by how they ended.", ["kind"])
GUARDED = Counter("lilo_guarded_sentences_total", "Sentences that the guard held back.", ["reason"])


@dataclass(frozen=True, slots=True)
class Speaker:
    """What a turn needs to know of the person, read once per connection."""

    user_id: UUID
    name: str
    kind: str
    country: str
    time_zone: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message to answer."""

    turn_id: UUID
    message_id: str
    """The client's own id of the message: the same id is never answered twice."""
    text: str
    speaker: Speaker
    trace_id: str
    said_at: datetime = field(default_factory=timezone.now)
    session_id: str = ""
    recent: Sequence[Exchange] = field(default=())
    """Earlier turns, oldest first."""
    to: UUID | None = None
    """The person of the circle whom the words are for; None: they are for Lilo."""
    use_knowledge: bool = True
    max_tokens: int | None = None


async def answer(turn: Turn) -> AsyncIterator[TurnEvent]:
    """Answer one message.

    Yields `accepted`, then `emergency` if danger was heard, `sources`, `delta`s, and last `done` or `error`. `done`
    comes only after both sides of the turn are durably kept. Never raises: a fault ends in an `error` event.
    """
    yield Accepted(turn_id=turn.turn_id, message_id=turn.message_id, trace_id=turn.trace_id)
    try:
        async for event in _events(turn, Clock()):
            yield event
            if isinstance(event, Done):
                TURNS.labels(event.kind).inc()
    except Exception:  # the outer edge of a turn: whatever broke, the person is told, kindly
        log.exception("a turn failed", extra={"trace_id": turn.trace_id})
        TURNS.labels("fault").inc()
        yield _error(turn, "fault", phrases.BROKEN, retry_after=60)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a message leads to: the card of a danger, what is said, or how long to wait; and the words that are kept."""

    reply: Reply | None = None
    emergency: Emergency | None = None
    wait: float = 0.0
    said: str = ""
    cleared: Alert | None = None
    """The alert whose question the person has just answered with a clear no."""
    look: asyncio.Task[Emergency | None] | None = None
    """A second look at the words, under way."""


async def _plan(turn: Turn, clock: Clock) -> _Plan:
    """Danger first: an answer to a question of safety, then the screen; only then limits and knowledge.

    Words for somebody else are screened as well, but never taken for an answer to Lilo's question.
    """
    if turn.to is not None:
        assessment = await _listen(turn, clock)
        look = look_again(turn, assessment)
        return replace(await _plan_to_pass_on(assessment, turn, turn.to, clock), look=look)
    outcome = await take_answer(turn.text, turn.speaker, turn.turn_id, trace_id=turn.trace_id)
    if outcome is not None:
        reply = Reply.fixed(outcome.text, kind="emergency", strategy="safety_answer")
        return _Plan(reply, outcome.emergency, said=outcome.said, cleared=outcome.cleared)
    pressed = await take_choice(turn.text, turn.speaker.user_id, turn.message_id)
    if pressed is not None:
        return _aside(pressed, "choice")
    early = asyncio.create_task(prefetch(turn.text))  # one core embeds the question while another listens for danger
    try:
        assessment = await _listen(turn, clock)
        look = look_again(turn, assessment)
        return replace(await _plan_after(assessment, turn, clock, early), look=look)
    finally:
        early.cancel()


async def _listen(turn: Turn, clock: Clock) -> Assessment:
    """What the screen hears, and a cry for help in a language that it does not understand."""
    with clock.step("screen"):
        return with_cry_for_help(await hear(turn.text, turn.recent), turn.text)


async def _plan_after(assessment: Assessment, turn: Turn, clock: Clock, early: asyncio.Task[None]) -> _Plan:
    """What the screen's assessment leads to."""
    if assessment.level is not Level.EMERGENCY:
        category = assessment.category if is_danger(assessment) else ""
        if (card := await danger_in(turn, category=category)) is not None:
            return _Plan(Reply.fixed(card.text, kind="emergency", strategy=f"emergency:{card.category}"), card)
    if is_danger(assessment):
        return await _plan_for_danger(assessment, turn, clock)
    with clock.step("admit"):
        wait = await record.admit(turn.speaker.user_id)
    if wait is not None:
        return _Plan(wait=wait)
    if (language := foreign_language(turn.text)) is not None:
        return _Plan(_refusal(language, turn.speaker.country))
    if (heard := await _hear_of_doses(turn)) is not None:
        return _aside(heard, "doses")
    with clock.step("embed"):
        await early
    reply = await plan_reply(asked_in(turn), clock, knowledge=turn.use_knowledge, most=turn.max_tokens)
    return _Plan(with_offer(reply, turn))


async def _plan_for_danger(assessment: Assessment, turn: Turn, clock: Clock) -> _Plan:
    with clock.step("alert"):
        emergency = await emergency_event(turn.turn_id, turn.text, turn.speaker, assessment, trace_id=turn.trace_id)
    reply = Reply.fixed(emergency.text, kind="emergency", strategy=f"emergency:{emergency.category}")
    return _Plan(reply, emergency)


async def _plan_to_pass_on(assessment: Assessment, turn: Turn, to: UUID, clock: Clock) -> _Plan:
    """Words for one of the circle, screened before. In danger they go there too, unless that one may be the cause."""
    if is_danger(assessment):
        plan = await _plan_for_danger(assessment, turn, clock)
        if plan.emergency is not None and assessment.category in CONFIDENTIAL:
            card = plan.emergency.model_copy(update={"text": f"{plan.emergency.text} {phrases.KEPT_BACK}"})
            return _Plan(Reply.fixed(card.text, kind="emergency", strategy=f"emergency:{card.category}"), card)
        try:
            async with asyncio.timeout(PASS_ON_PATIENCE):
                sent = await in_thread(pass_on, turn.speaker.user_id, to, turn.text, key=turn.message_id)
        except (DatabaseError, TimeoutError):  # the alert stands; its card must not wait for this
            log.exception("words in danger could not be passed on", extra={"trace_id": turn.trace_id})
            return plan
        return replace(plan, said=sent.said)
    with clock.step("admit"):
        wait = await record.admit(turn.speaker.user_id)
    if wait is not None:
        return _Plan(wait=wait)
    sent = await in_thread(pass_on, turn.speaker.user_id, to, turn.text, key=turn.message_id)
    return _Plan(Reply.fixed(sent.reply, kind="aside", strategy="family_message"), said=sent.said)


async def _hear_of_doses(turn: Turn) -> Said | None:
    """Plain words about the senior's own medicines. A database that does not answer leaves them to what Lilo knows."""
    if turn.speaker.kind != Kind.SENIOR or not doses.are_about_doses(turn.text):
        return None
    try:
        return await in_thread(doses.hear, turn.text, turn.speaker.user_id)
    except DatabaseError:
        log.exception("medicines could not be looked at", extra={"trace_id": turn.trace_id})
        return None


def _refusal(language: Language, country: str) -> Reply:
    """Honest words to a language that Lilo does not understand, with the number to ring."""
    number = emergency_numbers(country)[0].number
    return Reply.fixed(only_english(language, number), kind="refusal", strategy="language", confidence=0.0)


def _aside(outcome: Said, strategy: str) -> _Plan:
    reply = Reply.fixed(outcome.reply, kind="aside", strategy=strategy, choices=outcome.choices)
    return _Plan(reply, said=outcome.said)


async def _events(turn: Turn, clock: Clock) -> AsyncIterator[TurnEvent]:
    to_tell = asyncio.create_task(disclosure.due(turn.speaker.user_id))  # beside the plan: nobody waits for it
    try:
        plan = await _plan(turn, clock)
        if plan.reply is not None and plan.reply.kind in disclosure.TALK and await to_tell:
            plan = replace(plan, reply=disclosure.with_notice(plan.reply))
    finally:
        to_tell.cancel()
    async for event in _tell(plan, turn, clock):
        yield event


@dataclass(slots=True)
class _Spoken:
    """What was said so far, and how many sentences the guard held back."""

    sentences: list[str] = field(default_factory=list)
    held_back: int = 0


async def _tell(plan: _Plan, turn: Turn, clock: Clock) -> AsyncIterator[TurnEvent]:
    if plan.emergency is not None:
        yield plan.emergency
    if plan.reply is not None:
        async for event in _speak(plan, plan.reply, turn, clock):
            yield event
        return
    if (card := await _seen_again(plan)) is not None:
        yield card
    yield _error(turn, "too_fast", phrases.TOO_FAST, retry_after=plan.wait)


async def _speak(plan: _Plan, reply: Reply, turn: Turn, clock: Clock) -> AsyncIterator[TurnEvent]:
    if reply.sources:
        yield Sources(turn_id=turn.turn_id, items=reply.sources)
    spoken = _Spoken()
    numbers = count()
    async for delta in _deltas(turn, reply, clock, spoken, numbers):
        yield delta
    async for card, follow in _follow_ups(plan, reply, turn, clock, spoken):
        if card is not None:
            yield card
        if follow.sources != reply.sources:
            yield Sources(turn_id=turn.turn_id, items=follow.sources)
        reply = follow
        async for delta in _deltas(turn, reply, clock, spoken, numbers):
            yield delta
    text = " ".join(spoken.sentences)
    with clock.step("record"):
        kept = await record.keep(turn, reply, said=plan.said or turn.text, text=text)
    if not kept:
        yield _error(turn, "not_kept", phrases.NOT_KEPT, retry_after=60)
        return
    record.note(turn, reply, text, held_back=spoken.held_back, latency_ms=clock.elapsed_ms)
    if reply.passes_on:
        asking.pass_on_soon(turn)
    yield _done(turn, reply, text, clock)


async def _follow_ups(
    plan: _Plan, reply: Reply, turn: Turn, clock: Clock, spoken: _Spoken
) -> AsyncIterator[tuple[Emergency | None, Reply]]:
    """What is said once the answer is spoken: a danger that a second look saw, or whether to pass the question on.

    After an all-clear, what Lilo first asked back to is answered. Where the guard let no sentence pass, that is said.
    """
    card = await _seen_again(plan)
    if plan.cleared is not None:
        after = await answer_after_all_clear(plan.cleared, turn, clock)
        if after is not None:
            yield None, after
    elif card is not None:
        yield card, reply.overtaken_by(card.text, card.category)
    elif spoken.held_back and reply.sources and not any(sentence.endswith("]") for sentence in spoken.sentences):
        yield None, reply.withheld()
    elif (more := await asking.afterword(turn, reply)) is not None:
        yield None, reply.followed_by(more.text, more.choices, passes_on=more.passes_on)


def _done(turn: Turn, reply: Reply, text: str, clock: Clock) -> Done:
    return Done(
        turn_id=turn.turn_id,
        message_id=turn.message_id,
        text=text,
        kind=reply.kind,
        strategy=reply.strategy,
        confidence=reply.confidence,
        rung=reply.rung,
        suggestions=reply.suggestions,
        choices=reply.choices,
        entries=reply.entries,
        about=reply.about,
        latency_ms=clock.elapsed_ms,
        steps_ms=clock.steps_ms,
        trace_id=turn.trace_id,
    )


async def _seen_again(plan: _Plan) -> Emergency | None:
    """The card of what a second look raised. It ends within its own patience; a turn cut off does not end it."""
    if plan.look is None:
        return None
    try:
        return await asyncio.shield(plan.look)
    except Exception:  # an outer edge: a second look that broke takes nothing from the answer
        log.exception("a second look broke")
        return None


async def _deltas(
    turn: Turn, reply: Reply, clock: Clock, spoken: _Spoken, numbers: Iterator[int]
) -> AsyncIterator[Delta]:
    """Speak the reply a few words at a time; each sentence passes the guard before its first word is shown."""
    async for sentence in reply.sentences:
        with clock.step("guard"):
            verdict = check_sentence(sentence, reply.grounds) if reply.is_guarded else None
        if verdict is not None and not verdict.ok:
            spoken.held_back += 1
            GUARDED.labels(verdict.reason).inc()
            log.warning("the guard held a sentence back", extra={"reason": verdict.reason, "trace_id": turn.trace_id})
            continue
        words = sentence.split()
        for start in range(0, len(words), WORDS_A_DELTA):
            lead = " " if spoken.sentences or start else ""
            clock.first("first_delta")
            yield Delta(
                turn_id=turn.turn_id, sequence=next(numbers), text=lead + " ".join(words[start : start + WORDS_A_DELTA])
            )
            await asyncio.sleep(0)  # let other people's turns in between
        spoken.sentences.append(sentence)


def _error(turn: Turn, code: str, message: str, *, retry_after: float) -> Error:
    return Error(
        code=code,
        message=message,
        message_id=turn.message_id,
        retry_after=round(retry_after, 1),
        trace_id=turn.trace_id,
    )
