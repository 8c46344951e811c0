"""Who may write to whom: a senior and the people of their circle, each pair by itself.

A member sees only what they and the senior wrote to each other: neither the other members' words nor any of the talk
with Lilo. Whoever leaves the circle, or is taken out, sees nothing of it any more; the senior keeps it.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from companion.accounts.models import User
from companion.chat.family_messages.models import FamilyMessage
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.models import Senior


def access_thread(person: User, senior_id: UUID, *, to_write: bool = False) -> tuple[Senior, QuerySet[FamilyMessage]]:
    """The senior, and what they and this member wrote to each other, newest first.

    Raises:
        NotYoursError: the person is not of the circle, or is the senior, who has a thread with each of them.
    """
    senior = access_senior(person, senior_id, need=Need.BELONG, to_write=to_write)
    if person.pk == senior_id:
        raise NotYoursError
    return senior, FamilyMessage.objects.filter(senior=senior_id, person=person).order_by("-written_at", "-id")


def person_to_write_to(senior_id: UUID, person_id: UUID) -> User:
    """Somebody of the senior's circle.

    Raises:
        NotYoursError: there is no such person in it.
    """
    person = User.objects.filter(pk=person_id).exclude(pk=senior_id).first()
    if person is None:
        raise NotYoursError
    access_senior(person, senior_id, need=Need.BELONG)
    return person
