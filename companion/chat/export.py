"""What the conversation holds about a person, for their own copy of it."""

from __future__ import annotations

from django.db.models import Q

from companion.accounts.export import Row, offer, rows_of
from companion.accounts.models import User
from companion.chat.family_messages.models import FamilyMessage
from companion.chat.models import Disclosure, Feedback, PassedQuestion, PassingOn, TakesPart
from companion.chat.selectors import recent_messages

ALL = 1_000_000
#: Of no use to people, or the thread by which others could find them.
HIDDEN = frozenset({"question_index", "ticket", "ticket_index"})


def offer_all() -> None:
    """Hand each part down to the room that makes the archive."""
    offer("talk", _talk)
    offer("messages", _messages)
    offer("answers-that-did-not-help", lambda person: rows_of(Feedback.objects.filter(user=person)))
    offer("questions-passed-on", lambda person: rows_of(PassedQuestion.objects.filter(user=person), without=HIDDEN))
    offer("passing-questions-on", lambda person: rows_of(PassingOn.objects.filter(user=person)))
    offer("told-that-lilo-is-a-program", lambda person: rows_of(Disclosure.objects.filter(user=person)))
    offer("takes-part", lambda person: rows_of(TakesPart.objects.filter(user=person), without=("alias",)))


def _talk(person: User) -> list[Row]:
    return [
        {"at": message.created_at, "who": message.role, "text": message.text}
        for message in recent_messages(person.pk, limit=ALL)
    ]


def _messages(person: User) -> list[Row]:
    """What was written to the person by their people, and by them."""
    return rows_of(FamilyMessage.objects.filter(Q(senior=person) | Q(person=person)), without=("key",))
