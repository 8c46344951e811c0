"""What Lilo will say to one message, and what it rests on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from companion.accounts.models import Kind as PersonKind
from companion.chat import phrases
from companion.chat.answers import talk_in
from companion.chat.clock import Clock
from companion.chat.context import MAX_SENTENCES, Context, build_context
from companion.chat.events import Choice, SourceItem
from companion.chat.generation import Request, generator
from companion.chat.listening import Told, told
from companion.chat.opening import is_about_another, opener
from companion.chat.rules import Act, act_of, in_context, is_follow_up, whole_question
from companion.chat.small_talk import small_talk
from knowledge.public import USUAL, Audience, Evidence, KnowledgeUnavailable, Retrieval, Ways, find_evidence, ways_for

if TYPE_CHECKING:
    from companion.chat.turn import Turn

log = logging.getLogger(__name__)

#: An aside is no talk with Lilo: a pressed button, or words for somebody else.
Kind = Literal["answer", "abstention", "small_talk", "emergency", "refusal", "aside"]
FULL_RAG_TIMEOUT = 5.0
EVIDENCE = 5
#: At or above this confidence Lilo answers; below, it says that it is not sure and offers what may have been meant. Of
#: the golden set's tune half nine answers in ten then rest on a right entry; at 0.5 one in twenty fewer is answered.
SURE = 0.45
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
    """Where Lilo answered what was said before, once the person was well: that."""
    answered: str
    entries: tuple[str, ...] = ()
    """Keys of the entries that the answer rested on."""
    is_aside: bool = False
    """The screen looks at it too; a later question never leans on it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A planned answer. `sentences` is consumed once, while it is spoken."""

    kind: Kind
    sentences: AsyncIterator[str]
    strategy: str
    confidence: float = 1.0
    rung: str = "full_rag"
    sources: tuple[SourceItem, ...] = ()
    entries: tuple[str, ...] = ()
    """Keys of the entries that the answer rests on, small talk's too."""
    grounds: tuple[str, ...] = ()
    """The texts that every factual sentence must be supported by."""
    suggestions: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    """The answers to what Lilo asks."""
    is_guarded: bool = False
    searched: str = ""
    """The words that knowledge was searched with; empty when nothing was looked up."""
    about: str = ""
    """What the person said before and this answers; empty where it answers the message itself."""
    similarity: float | None = None
    """Of the best evidence."""
    ways: Ways = USUAL
    """How this person is answered."""
    passes_on: bool = False
    """The question is passed on to those who write the answers, once this is kept: the person has allowed it."""

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
        choices: tuple[Choice, ...] = (),
    ) -> Reply:
        """Words of Lilo's own, said as they stand."""
        return cls(
            kind,
            each_of([text]),
            strategy,
            confidence=confidence,
            rung=rung,
            suggestions=suggestions,
            choices=choices,
        )

    def overtaken_by(self, text: str, category: str) -> Reply:
        """The same reply once danger was heard after all: fixed words follow it, and nothing is offered any more."""
        return replace(
            self,
            kind="emergency",
            strategy=f"emergency:{category}",
            sentences=each_of([text]),
            suggestions=(),
            choices=(),
            is_guarded=False,
        )

    def followed_by(self, text: str, choices: tuple[Choice, ...], *, passes_on: bool) -> Reply:
        """The same reply, already spoken, with what Lilo asks behind it."""
        return replace(self, sentences=each_of([text]), choices=choices, is_guarded=False, passes_on=passes_on)

    def withheld(self) -> Reply:
        """The same reply where the guard let nothing of it pass: silence would leave the person alone with it."""
        return replace(
            self,
            kind="abstention",
            sentences=each_of([phrases.WITHHELD]),
            sources=(),
            entries=(),
            suggestions=(),
            is_guarded=False,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What was said, and what it takes to understand it."""

    said: str
    name: str
    """How to call the person."""
    recent: Sequence[Exchange] = ()
    """Earlier turns, oldest first."""
    by_senior: bool = True
    time_zone: str = "UTC"
    ways: Ways = USUAL

    @property
    def turns_before(self) -> int:
        """How many turns of this talk there were."""
        return len(self.recent)

    @property
    def talked_of(self) -> tuple[str, ...]:
        """Keys of the entries that the last answer from knowledge rested on."""
        return next((exchange.entries for exchange in reversed(self.recent) if exchange.entries), ())


def asked_in(turn: Turn) -> Asked:
    """What a turn asks, after what was talked of with Lilo before."""
    speaker = turn.speaker
    return Asked(
        turn.text,
        speaker.name,
        talk_in(turn.recent),
        by_senior=speaker.kind == PersonKind.SENIOR,
        time_zone=speaker.time_zone,
        ways=ways_for(speaker.user_id),
    )


async def plan_reply(asked: Asked, clock: Clock, *, knowledge: bool = True, most: int | None = None) -> Reply:
    """Decide what to answer: small talk from phrases, everything else from the evidence, or that Lilo is not sure.

    Args:
        asked: what was said, by whom, after what.
        clock: takes the times of the steps.
        knowledge: False answers without looking anything up.
        most: most tokens of the answer.
    """
    act = act_of(asked.said)
    if (words := small_talk(act, asked.name, asked.turns_before, asked.time_zone)) is not None:
        return Reply.fixed(words, kind="small_talk", strategy="phrase")
    said_before = [exchange.said for exchange in asked.recent]
    question = _topic(asked.recent) if act is Act.MORE else in_context(asked.said, said_before)
    if not question:
        return Reply.fixed(phrases.NOTHING_BEFORE, kind="small_talk", strategy="phrase")
    searched, found = await _look_up(question, asked, act, clock) if knowledge else (question, None)
    if found is None:
        return Reply.fixed(
            phrases.UNAVAILABLE, kind="refusal", strategy="none", confidence=0.0, rung="ultimate_fallback"
        )
    if act is not Act.MORE and found.confidence < SURE:
        reply = _heard(found, asked) or _abstention(found, asked.turns_before)
    else:
        reply = _answer(asked, searched, found, clock, act=act, most=most)
    similarity = found.evidence[0].similarity if found.evidence else None
    return replace(reply, searched=searched, similarity=similarity, ways=asked.ways)


async def _look_up(question: str, asked: Asked, act: Act, clock: Clock) -> tuple[str, Retrieval | None]:
    """What was searched for, and its evidence. Words after others may lean on them or mean a thing of their own: both
    are tried, embedded together."""
    audience: Audience = "senior" if asked.by_senior and not is_about_another(question) else "everyone"
    follows = act is not Act.MORE and question != asked.said
    try:
        with clock.step("retrieve"):
            async with asyncio.timeout(FULL_RAG_TIMEOUT):
                texts = (question, asked.said) if follows else (question,)
                found = await asyncio.gather(
                    *(find_evidence(text, audience=audience, limit=EVIDENCE) for text in texts)
                )
    except (KnowledgeUnavailable, TimeoutError):
        log.exception("nothing could be looked up")
        return question, None
    clock.steps_ms.update({f"retrieve.{step}": round(took, 2) for step, took in found[0].timings.items()})
    alone = follows and _stands_alone(asked, alone=found[1], whole=found[0])
    return (asked.said, found[1]) if alone else (question, found[0])


def _stands_alone(asked: Asked, *, alone: Retrieval, whole: Retrieval) -> bool:
    """Whether the words mean a thing of their own. Those that do not lean by their form are taken together with what
    was said before only if that makes sure what they came near to alone: else the last matter would answer anything."""
    if is_follow_up(asked.said):
        return _is_new_turn(alone, whole, asked.talked_of)
    if alone.confidence >= max(SURE, whole.confidence) or whole.confidence < SURE:
        return True
    return whole.evidence[0].key not in {item.key for item in alone.evidence}


def _is_new_turn(alone: Retrieval, whole: Retrieval, talked_of: Collection[str]) -> bool:
    """Whether the words alone clearly mean another entry of the same kind: "what about naps?" after bad nights."""
    if alone.confidence < SURE or not alone.evidence or not whole.evidence:
        return False
    return alone.evidence[0].key not in talked_of and alone.evidence[0].category == whole.evidence[0].category


def _answer(asked: Asked, question: str, found: Retrieval, clock: Clock, *, act: Act, most: int | None) -> Reply:
    # What was just said of an entry is not said again: neither for "tell me more" nor to a question that leans on it.
    leans = act is Act.MORE or question != asked.said
    shown = _already_said(found.evidence, asked.recent) if leans else set()
    with clock.step("context"):
        context = build_context(
            _candidates(found.evidence, asked, act), shown=shown, most=asked.ways.sentences or MAX_SENTENCES
        )
    if context.is_empty:
        return Reply.fixed(phrases.NOTHING_TO_ADD, kind="small_talk", strategy="phrase")
    first = context.evidence[0]
    own = first.category in OWN_CATEGORIES
    if own:  # small talk needs no numbers: there is no page behind it
        context = replace(context, sentences=tuple(replace(sentence, number=0) for sentence in context.sentences))
    before = asked.turns_before
    words = phrases.chosen(phrases.MORE, before) if act is Act.MORE and not own else ""
    words = words or opener(asked.said, category=first.category, turns_before=before, is_plain=asked.ways.is_plain)
    request = Request(question, context, words, [(item.said, item.answered) for item in asked.recent], most)
    return Reply(
        kind="small_talk" if own else "answer",
        sentences=generator().sentences(request),
        strategy=found.strategy,
        confidence=found.confidence,
        sources=() if own else _sources(context),
        entries=tuple(item.key for item in context.evidence),
        grounds=(words, *(sentence.text for item in context.evidence for sentence in item.sentences)),
        suggestions=_suggestions(found.evidence, first, context, shown),
        is_guarded=True,
    )


def _near(found: Retrieval) -> tuple[str, ...]:
    """Questions that may be what was meant."""
    return tuple(
        item.question for item in found.evidence if item.similarity >= NEAR and item.category not in OWN_CATEGORIES
    )


def _heard(found: Retrieval, asked: Asked) -> Reply | None:
    """Kind words to somebody who tells and asks nothing; None where an answer is wanted."""
    if (feeling := told(asked.said)) is None:
        return None
    near = _near(found)
    words = phrases.chosen(phrases.HEARD[feeling], asked.turns_before)
    text = f"{words} {phrases.ASK_ME_OF_IT}" if near and feeling is not Told.GLAD else words
    return Reply.fixed(text, kind="small_talk", strategy="listening", suggestions=near[:SUGGESTIONS])


def _abstention(found: Retrieval, before: int) -> Reply:
    near = _near(found)
    advice = f"{phrases.ASK_A_PROFESSIONAL} {phrases.IF_UNWELL}" if near else phrases.WHAT_I_KNOW
    text = f"{phrases.chosen(phrases.NOT_SURE, before)} {advice} {phrases.ASK_ANOTHER_WAY}"
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


def _candidates(evidence: Sequence[Evidence], asked: Asked, act: Act) -> Sequence[Evidence]:
    """For "tell me more", only what belongs to the entry that was talked of; else the best evidence and no other."""
    if act is Act.MORE:
        return [item for item in evidence if item.key in asked.talked_of]
    return evidence[:1]


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


async def each_of(texts: Iterable[str]) -> AsyncIterator[str]:
    """Texts that are at hand, as a reply takes them."""
    for text in texts:
        yield text
