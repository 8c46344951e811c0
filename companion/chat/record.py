"""The two ends of a turn that touch what is outside it: may this person speak now, and is what was said kept."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import DatabaseError
from django.utils import timezone

from billing.public import plan_for
from companion.accounts import limits
from companion.chat import disclosure
from companion.chat.activity import note_talk
from companion.chat.history import StoredMessage, StoredTurn, history
from companion.chat.questions.actions import settle
from companion.chat.rules import Act, act_of
from companion.safety.check_ins import sign_of_life
from knowledge.public import TurnNote, note_turn, note_used
from lilo_site.threads import in_thread

if TYPE_CHECKING:
    from companion.chat.reply import Reply
    from companion.chat.turn import Speaker, Turn

log = logging.getLogger(__name__)


async def admit(user_id: UUID) -> float | None:
    """None when the person may speak now, else the seconds to wait."""
    plan = plan_for(user_id)
    capacity, refill = plan.messages_at_once, plan.messages_per_second
    return await limits.atake("chat", str(user_id), capacity=capacity, refill_per_s=refill, fail_open=True)


async def keep(turn: Turn, reply: Reply, *, said: str, text: str) -> bool:
    """Keep both sides of the turn, durably. False when the store does not answer."""
    now = timezone.now()
    asked = StoredMessage(turn.turn_id, turn.message_id, "senior", said, turn.said_at)
    answered = StoredMessage(
        turn.turn_id,
        turn.message_id,
        "lilo",
        text,
        now,
        kind=reply.kind,
        sources=reply.sources,
        entries=reply.entries,
        suggestions=reply.suggestions,
        choices=reply.choices,
        searched=reply.searched,
        about=reply.about,
    )
    try:
        await in_thread(_store, turn.speaker, StoredTurn(asked, answered))
    except DatabaseError:
        log.exception("a turn could not be kept", extra={"trace_id": turn.trace_id})
        return False
    return True


def note(turn: Turn, reply: Reply, text: str, *, held_back: int, latency_ms: float) -> None:
    """Let knowledge take the numbers of a kept turn. Costs a turn nothing; the words are read and let go of."""
    note_turn(
        TurnNote(
            kind=reply.kind,
            question=reply.searched or turn.text,
            answer=text,
            at=turn.said_at,
            similarity=reply.similarity,
            asked_more=act_of(turn.text) is Act.MORE,
            held_back=held_back,
            latency_ms=latency_ms,
            alias=reply.ways.alias,
            arms=reply.ways.arms,
        )
    )


def _store(speaker: Speaker, turn: StoredTurn) -> None:
    history().append(speaker.user_id, turn)
    disclosure.note(speaker.user_id, turn.answered.text, turn.answered.created_at)
    sign_of_life(speaker.user_id)  # who talks with Lilo is about: today's check-in is done
    note_talk(speaker.user_id, speaker.kind)
    settle(speaker.user_id, turn.said.text)
    note_used(turn.answered.entries)
