"""Who sees and changes the calendar.

It belongs to the whole circle (`Need.BELONG`), not only to those with whom the senior shares their activity: a visit
can only be arranged by people who see the same plan, and what stands in it was written there to be seen by them. What
a senior writes for themselves alone (`is_private`) nobody else sees. Visitors look and change nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from companion.accounts.models import User
from companion.care.calendar.models import CalendarItem
from companion.circle.access import Need, NotYoursError, access_senior, rights_of
from companion.circle.models import Senior


def access_calendar(person: User, senior_id: UUID, *, to_write: bool = False) -> tuple[Senior, QuerySet[CalendarItem]]:
    """The senior, and what the person may see of their calendar.

    Raises:
        NotYoursError: the person is not of the circle, or is a visitor who wants to change something.
    """
    senior = access_senior(person, senior_id, need=Need.BELONG, to_write=to_write)
    items = CalendarItem.objects.filter(senior=senior)
    return senior, items if person.pk == senior.pk else items.filter(is_private=False)


def still_here(people: Collection[UUID], senior_id: UUID) -> frozenset[UUID]:
    """Who of these still looks after the senior: what anybody else had taken on is free again."""
    return frozenset(rights_of(people, senior_id)) if people else frozenset()


def access_item(person: User, senior_id: UUID, item_id: UUID, *, to_write: bool = False) -> CalendarItem:
    """One item that the person may see, or change.

    Raises:
        NotYoursError: there is none, or not for them.
    """
    _, items = access_calendar(person, senior_id, to_write=to_write)
    item = items.select_related("senior__user").filter(pk=item_id).first()
    if item is None:
        raise NotYoursError
    return item
