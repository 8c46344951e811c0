"""What is done in a conversation: a message answered in full, an opinion of an answer kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.utils import timezone

from companion.accounts.models import User
from companion.chat import selectors
from companion.chat.events import Accepted, Delta, Done, Emergency, Error, SourceItem, Sources, Thanks, TurnEvent
from companion.chat.history import StoredMessage
from companion.chat.models import Feedback, Message
from companion.chat.questions.asking import thanks_for
from companion.chat.reply import Exchange
from companion.chat.taking_part import alias_of
from companion.chat.turn import Speaker, Turn, answer
from knowledge.public import note_opinion
from lilo_site.logs import new_trace_id, trace_id
from lilo_site.threads import in_thread

MAX_CHARACTERS = 4_000
#: Earlier turns that a turn is given.
REMEMBERED = 5

#: Turns under way over HTTP; the event loop itself holds tasks only weakly.
_running: set[asyncio.Task[None]] = set()


@dataclass(frozen=True, slots=True)
class FullAnswer:
    """The outcome of a turn, for faces that do not stream. Exactly one of `done` and `error` is set."""

    done: Done | None
    error: Error | None
    sources: tuple[SourceItem, ...] = ()
    emergency: Emergency | None = None


def speaker_of(user: User) -> Speaker:
    """What a turn needs to know of a signed-in person."""
    first = user.full_name.split()[0] if user.full_name.strip() else user.username
    return Speaker(user.id, first, user.kind, user.country, user.time_zone, user.language)


def recent_exchanges(user_id: UUID) -> tuple[Exchange, ...]:
    """The person's last turns, oldest first. Blocks: call it from a thread."""
    said: dict[UUID, str] = {}
    exchanges = []
    for message in selectors.recent_messages(user_id, limit=2 * REMEMBERED):
        if message.role == "senior":
            said[message.turn_id] = message.text
        elif message.turn_id in said:
            aside = message.kind == "aside"
            words = message.about or said[message.turn_id]
            exchanges.append(Exchange(words, message.text, message.entries, is_aside=aside))
    return tuple(exchanges)


async def new_turn(
    user: User,
    text: str,
    *,
    message_id: str = "",
    session_id: str = "",
    to: UUID | None = None,
    use_knowledge: bool = True,
    max_tokens: int | None = None,
) -> Turn:
    """A turn of a signed-in person, with what went before it. `to` is whom the words are for, where not Lilo."""
    recent = await in_thread(recent_exchanges, user.id)
    return Turn(
        turn_id=uuid4(),
        message_id=message_id or str(uuid4()),
        text=text,
        speaker=speaker_of(user),
        trace_id=trace_id.get() or new_trace_id(),
        session_id=session_id,
        recent=recent,
        to=to,
        use_knowledge=use_knowledge,
        max_tokens=max_tokens,
    )


def begin(turn: Turn) -> AsyncIterator[TurnEvent]:
    """Begin a turn, and give its events. A message id that was answered before gets that answer again.

    The turn is a task of its own, which goes on when nobody reads any more: a server gives up a request whose phone
    has lost its signal, and the alert of that message must be stored all the same.
    """
    events: asyncio.Queue[TurnEvent | None] = asyncio.Queue()
    task = asyncio.create_task(_run(turn, events))
    _running.add(task)
    task.add_done_callback(_running.discard)
    return _read(events, task)


async def answer_fully(turn: Turn) -> FullAnswer:
    """Run a turn to its end, even where the caller is cancelled meanwhile."""
    return collect([event async for event in begin(turn)])


async def _run(turn: Turn, events: asyncio.Queue[TurnEvent | None]) -> None:
    try:
        kept = await in_thread(selectors.find_turn, turn.speaker.user_id, turn.message_id)
        if kept is not None:
            for told in kept_events(kept.answered, trace=turn.trace_id):
                events.put_nowait(told)
            return
        async for event in answer(turn):
            events.put_nowait(event)
    finally:
        events.put_nowait(None)


async def _read(events: asyncio.Queue[TurnEvent | None], task: asyncio.Task[None]) -> AsyncIterator[TurnEvent]:
    while (event := await events.get()) is not None:
        yield event
    await task  # raises what it raised


def kept_events(said: StoredMessage, *, trace: str) -> Iterator[TurnEvent]:
    """The events that tell a kept answer again."""
    turn_id = said.turn_id
    yield Accepted(turn_id=turn_id, message_id=said.message_id, trace_id=trace)
    if said.sources:
        yield Sources(turn_id=turn_id, items=said.sources)
    yield Delta(turn_id=turn_id, sequence=0, text=said.text)
    yield Done.model_validate(
        {
            "turn_id": turn_id,
            "message_id": said.message_id,
            "text": said.text,
            "kind": said.kind or "answer",
            "strategy": "kept",
            "confidence": 1.0,
            "rung": "kept",
            "suggestions": said.suggestions,
            "choices": said.choices,
            "entries": said.entries,
            "about": said.about,
            "latency_ms": 0.0,
            "steps_ms": {},
            "trace_id": trace,
        }
    )


def collect(events: list[TurnEvent]) -> FullAnswer:
    """The outcome of a finished turn, from its events."""
    last = events[-1]
    sources = next((event.items for event in reversed(events) if isinstance(event, Sources)), ())
    emergency = next((event for event in reversed(events) if isinstance(event, Emergency)), None)  # the gravest is last
    return FullAnswer(
        last if isinstance(last, Done) else None, last if isinstance(last, Error) else None, sources, emergency
    )


def record_feedback(user_id: UUID, turn_id: UUID, *, helpful: bool) -> Thanks | None:
    """Keep whether an answer helped, and say thank you; after one that did not, Lilo may ask to pass the question on.

    None when it is not an answer to this person. Blocks: call it from a thread.
    """
    if not Message.objects.filter(user_id=user_id, turn_id=turn_id).exists():
        return None
    now = timezone.now()
    before = Feedback.objects.filter(user_id=user_id, turn_id=turn_id).values_list("helpful", flat=True).first()
    Feedback.objects.update_or_create(user_id=user_id, turn_id=turn_id, defaults={"helpful": helpful, "given_at": now})
    if alias := alias_of(user_id):
        note_opinion(alias, helpful=helpful, before=before, at=now)
    said = thanks_for(user_id, turn_id, helpful=helpful)
    return Thanks(turn_id=turn_id, helpful=helpful, text=said.text, choices=said.choices)
