"""When somebody talked with Lilo and what it was about, for those they share it with. Never a word of what was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from companion.accounts import limits
from companion.accounts.models import Kind
from companion.chat.history import Spoken, history
from companion.circle.events import announce
from knowledge.public import KnowledgeUnavailable, entry_page

#: A pause after which somebody talks anew.
PAUSE = timedelta(minutes=15)
#: Open pages are told of talking at most so often.
HINTS_A_SECOND = 1 / 60
#: Categories that say nothing of what somebody has on their mind.
NO_TOPICS = frozenset({"lilo", "small-talk"})


@dataclass(frozen=True, slots=True)
class Talk:
    """Some turns with no long pause between them."""

    began: datetime
    ended: datetime
    turns: int
    entries: tuple[str, ...]

    @property
    def minutes(self) -> int:
        """How long it took, at least one minute."""
        return max(1, round((self.ended - self.began).total_seconds() / 60))


def last_talked(user_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When each of these people talked last; without those who never did. Blocks."""
    return history().last_spoken(list(user_ids))


def talks_of(user_id: UUID, *, since: datetime, until: datetime) -> list[Talk]:
    """The talks of a person in a time, newest first. Blocks."""
    return gather(history().spoken(user_id, since=since, until=until))


def gather(spoken: Sequence[Spoken]) -> list[Talk]:
    """Turns, oldest first, as talks, newest first. Pure."""
    talks: list[Talk] = []
    for turn in spoken:
        if talks and turn.at - talks[-1].ended <= PAUSE:
            last = talks[-1]
            talks[-1] = Talk(last.began, turn.at, last.turns + 1, last.entries + turn.entries)
        else:
            talks.append(Talk(turn.at, turn.at, 1, turn.entries))
    return talks[::-1]


def topics_of(talk: Talk) -> tuple[str, ...]:
    """What a talk was about, by the categories of the entries that answers rested on, in order. Blocks."""
    topics: dict[str, None] = {}
    for key in dict.fromkeys(talk.entries):
        try:
            page = entry_page(key)
        except KnowledgeUnavailable:
            return ()
        if page is not None and page.category not in NO_TOPICS:
            topics[page.category.replace("-", " ")] = None
    return tuple(topics)


def note_talk(user_id: UUID, kind: str) -> None:
    """A senior talked, and it is stored: let open pages know, at most once a minute."""
    if kind != Kind.SENIOR:
        return
    if limits.take("activity", str(user_id), capacity=1, refill_per_s=HINTS_A_SECOND, fail_open=True) is None:
        announce(user_id, {"type": "activity.changed", "senior_id": str(user_id)})
