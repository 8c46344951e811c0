"""What is read of messages between a senior and their people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from companion.accounts.models import User
from companion.chat.events import Choice
from companion.chat.family_messages import rules
from companion.chat.family_messages.models import FamilyMessage
from companion.chat.history import StoredMessage
from companion.chat.pressed import value_of
from companion.chat.selectors import PAGE as RECENT

#: What the values of quick answers begin with.
KIND = "message"
MOST_CARDS = 20
PAGE = 50


@dataclass(frozen=True, slots=True)
class Card:
    """A message as the senior's page shows it."""

    id: UUID
    sender_id: UUID
    sender: str
    text: str
    created_at: datetime
    is_new: bool
    choices: tuple[Choice, ...]
    """Quick answers, while nothing was answered yet."""
    role: str = "family"


def unread_messages(senior_id: UUID) -> list[FamilyMessage]:
    """What people wrote to a senior who has not looked at it yet, oldest first."""
    return list(_to_senior(senior_id).filter(seen_at=None).order_by("written_at", "id"))


def last_message(senior_id: UUID, person: User) -> FamilyMessage | None:
    """The newest message between a senior and one person, either way."""
    return FamilyMessage.objects.filter(senior=senior_id, person=person).order_by("-written_at", "-id").first()


def unread_of(person: User, senior_id: UUID) -> int:
    """How many messages of the senior's the person has not looked at yet."""
    return FamilyMessage.objects.filter(senior=senior_id, person=person, by_senior=True, seen_at=None).count()


def cards_since(senior_id: UUID, since: datetime | None) -> list[Card]:
    """The cards of the senior's talk page: what came since a moment, and whatever is not read yet; oldest first."""
    rows = _to_senior(senior_id)
    newest = rows.filter(written_at__gte=since) if since else rows
    found = {row.pk: row for row in newest.order_by("-written_at")[:MOST_CARDS]}
    found |= {row.pk: row for row in rows.filter(seen_at=None)}
    answered = _answered_at(senior_id, {row.person_id for row in found.values()})
    cards = [as_card(row, answered_at=answered.get(row.person_id)) for row in found.values()]
    return sorted(cards, key=lambda card: card.created_at)


def with_cards(senior_id: UUID, said: Sequence[StoredMessage]) -> list[StoredMessage | Card]:
    """A senior's talk with the family's messages in it, oldest first; what was not read yet comes last."""
    cards = cards_since(senior_id, said[0].created_at if len(said) >= RECENT else None)
    read: list[StoredMessage | Card] = [*said, *(card for card in cards if not card.is_new)]
    return [*sorted(read, key=lambda item: item.created_at), *(card for card in cards if card.is_new)]


def as_card(message: FamilyMessage, *, answered_at: datetime | None = None) -> Card:
    """A message to the senior as a card; its quick answers go once that person was answered."""
    is_open = answered_at is None or answered_at < message.written_at
    answers = rules.quick_answers(message.text) if is_open else ()
    return Card(
        message.pk,
        message.person_id,
        message.person.short_name,
        message.text,
        message.written_at,
        message.seen_at is None,
        tuple(Choice(label=answer.label, value=value_of(KIND, message.pk, answer.verb)) for answer in answers),
    )


def threads(senior_id: UUID, people: Iterable[User]) -> list[tuple[User, FamilyMessage | None]]:
    """Each person with the newest message between them and the senior, whoever wrote last coming first."""
    found = [(person, last_message(senior_id, person)) for person in people]
    return sorted(found, key=lambda pair: -pair[1].written_at.timestamp() if pair[1] else 0.0)


def came_after(senior_id: UUID, moment: datetime) -> bool:
    """Whether a message came for the senior after a moment."""
    return _to_senior(senior_id).filter(told_at__gt=moment).exists()


def _to_senior(senior_id: UUID) -> QuerySet[FamilyMessage]:
    return FamilyMessage.objects.select_related("person").filter(senior=senior_id, by_senior=False)


def _answered_at(senior_id: UUID, people: set[UUID]) -> dict[UUID, datetime]:
    """When the senior last wrote to each of these people."""
    mine = FamilyMessage.objects.filter(senior=senior_id, person__in=people, by_senior=True).order_by("written_at")
    return dict(mine.values_list("person_id", "written_at"))
