"""What Lilo will say to one message, and what it rests on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from companion.chat import phrases
from companion.chat.clock import Clock
from companion.chat.context import MAX_SENTENCES, Context, build_context
from companion.chat.events import SourceItem
from companion.chat.generation import Request, generator
from companion.chat.opening import opener
from companion.chat.rules import Act, act_of, whole_question
from knowledge.public import Evidence, KnowledgeUnavailable, Retrieval, find_evidence

log = logging.getLogger(__name__)

Kind = Literal["answer", "abstention", "small_talk", "emergency", "refusal"]
FULL_RAG_TIMEOUT = 5.0
EVIDENCE = 5
#: At or above this confidence an answer is more likely right than not; below it Lilo says that it is not sure.
SURE = 0.5
SUGGESTIONS = 2
#: An entry less like the question than this is not worth offering as "perhaps you meant".
NEAR = 0.35
TELL_ME_MORE = "Tell me more"
#: What Lilo says of itself and in small talk has no public page behind it.
OWN_CATEGORIES = frozenset({"small-talk", "lilo"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One earlier turn."""

    said: str
    answered: str
    entries: tuple[str, ...] = ()
    """Keys of the entries that the answer rested on."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A planned answer. `sentences` is consumed once, while it is spoken."""

    kind: Kind
    sentences: AsyncIterator[str]
    strategy: str
    confidence: float = 1.0
    rung: str = "full_rag"
    sources: tuple[SourceItem, ...] = ()
    grounds: tuple[str, ...] = ()
    """The texts that every factual sentence must be supported by."""
    suggestions: tuple[str, ...] = ()
    is_guarded: bool = False

    @classmethod
    def fixed(
        cls,
        text: str,
        *,
        kind: Kind,
        strategy: str,
        confidence: float = 1.0,
        rung: str = "full_rag",
        suggestions: tuple[str, ...] = (),
    ) -> Reply:
        """Words of Lilo's own, said as they stand."""
        return cls(kind, _each([text]), strategy, confidence=confidence, rung=rung, suggestions=suggestions)

    @property
    def entries(self) -> tuple[str, ...]:
        """Keys of the entries the answer rests on."""
        return tuple(item.key for item in self.sources)


async def plan_reply(
    said: str, name: str, recent: Sequence[Exchange], clock: Clock, *, knowledge: bool = True, most: int | None = None
) -> Reply:
    """Decide what to answer: small talk from phrases, everything else from the evidence, or that Lilo is not sure.

    Args:
        said: the person's words.
        name: how to call them.
        recent: earlier turns, oldest first.
        clock: takes the times of the steps.
        knowledge: False answers without looking anything up.
        most: most tokens of the answer.
    """
    before = len(recent)
    act = act_of(said)
    small_talk = {Act.THANKS: phrases.THANKS, Act.GREETING: phrases.GREETING, Act.GOODBYE: phrases.GOODBYE}
    if act in small_talk:
        return Reply.fixed(
            phrases.chosen(small_talk[act], before).format(name=name), kind="small_talk", strategy="phrase"
        )
    question = _topic(recent) if act is Act.MORE else whole_question(said, [exchange.said for exchange in recent])
    if not question:
        return Reply.fixed(phrases.NOTHING_BEFORE, kind="small_talk", strategy="phrase")
    found = await _look_up(question, clock) if knowledge else None
    if found is None:
        return Reply.fixed(
            phrases.UNAVAILABLE, kind="refusal", strategy="none", confidence=0.0, rung="ultimate_fallback"
        )
    if act is not Act.MORE and found.confidence < SURE:
        return _abstention(found, before)
    return _answer(said, question, found, recent, clock, act=act, most=most)


async def _look_up(question: str, clock: Clock) -> Retrieval | None:
    try:
        with clock.step("retrieve"):
            found = await asyncio.wait_for(find_evidence(question, limit=EVIDENCE), FULL_RAG_TIMEOUT)
    except (KnowledgeUnavailable, TimeoutError):
        log.exception("nothing could be looked up")
        return None
    clock.steps_ms.update({f"retrieve.{step}": round(took, 2) for step, took in found.timings.items()})
    return found


def _answer(
    said: str, question: str, found: Retrieval, recent: Sequence[Exchange], clock: Clock, *, act: Act, most: int | None
) -> Reply:
    shown = _already_said(found.evidence, recent) if act is Act.MORE else set()
    with clock.step("context"):
        context = build_context(_topic_first(found.evidence, recent, act), shown=shown, most=MAX_SENTENCES)
    if context.is_empty:
        return Reply.fixed(phrases.NOTHING_TO_ADD, kind="small_talk", strategy="phrase")
    first = context.evidence[0]
    own = first.category in OWN_CATEGORIES
    if own:  # small talk needs no numbers: there is no page behind it
        context = replace(context, sentences=tuple(replace(sentence, number=0) for sentence in context.sentences))
    before = len(recent)
    words = (
        phrases.chosen(phrases.MORE, before)
        if act is Act.MORE
        else opener(said, category=first.category, turns_before=before)
    )
    request = Request(question, context, words, [(item.said, item.answered) for item in recent], most)
    return Reply(
        kind="small_talk" if own else "answer",
        sentences=generator().sentences(request),
        strategy=found.strategy,
        confidence=found.confidence,
        sources=() if own else _sources(context),
        grounds=(words, *(sentence.text for item in context.evidence for sentence in item.sentences)),
        suggestions=_suggestions(found.evidence, first, context, shown),
        is_guarded=True,
    )


def _abstention(found: Retrieval, before: int) -> Reply:
    near = tuple(
        item.question for item in found.evidence if item.similarity >= NEAR and item.category not in OWN_CATEGORIES
    )
    not_sure = phrases.chosen(phrases.NOT_SURE, before)
    text = f"{not_sure} {phrases.ASK_A_PROFESSIONAL} {phrases.ASK_ANOTHER_WAY} {phrases.IF_UNWELL}"
    return Reply.fixed(
        text, kind="abstention", strategy=found.strategy, confidence=found.confidence, suggestions=near[:SUGGESTIONS]
    )


def _topic(recent: Sequence[Exchange]) -> str:
    """The last question that was answered from an entry, in full."""
    said = [exchange.said for exchange in recent]
    for place in range(len(recent) - 1, -1, -1):
        if recent[place].entries and act_of(said[place]) is Act.QUESTION:
            return whole_question(said[place], said[:place])
    return ""


def _topic_first(evidence: Sequence[Evidence], recent: Sequence[Exchange], act: Act) -> Sequence[Evidence]:
    """For "tell me more", only what belongs to the entry that was talked of; else all of it, best first."""
    if act is not Act.MORE:
        return evidence
    talked_of = next((exchange.entries for exchange in reversed(recent) if exchange.entries), ())
    return [item for item in evidence if item.key in talked_of]


def _already_said(evidence: Iterable[Evidence], recent: Sequence[Exchange]) -> set[str]:
    answers = " ".join(exchange.answered for exchange in recent)
    return {sentence.text for item in evidence for sentence in item.sentences if sentence.text in answers}


def _sources(context: Context) -> tuple[SourceItem, ...]:
    items = []
    for number, evidence in enumerate(context.evidence, start=1):
        page = evidence.sources[0] if evidence.sources else None
        items.append(
            SourceItem(
                number=number,
                key=evidence.key,
                title=page.title if page else evidence.question,
                publisher=page.publisher if page else "",
                url=page.url if page else "",
                checked=page.date.isoformat() if page else "",
                used=tuple(sentence.text for sentence in context.sentences if sentence.number == number),
            )
        )
    return tuple(items)


def _suggestions(evidence: Sequence[Evidence], first: Evidence, context: Context, shown: set[str]) -> tuple[str, ...]:
    """ "Tell me more" while there is more, then what the other evidence would answer."""
    said = shown | {sentence.text for sentence in context.sentences}
    more = () if all(sentence.text in said for sentence in first.sentences) else (TELL_ME_MORE,)
    other = tuple(item.question for item in evidence if item.key != first.key and item.category == first.category)
    return (*more, *other[:SUGGESTIONS])


async def _each(texts: Iterable[str]) -> AsyncIterator[str]:
    for text in texts:
        yield text
