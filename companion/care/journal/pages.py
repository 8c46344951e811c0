"""What the journal's pages have in common: who looks at whose journal, and how days and times are read and said."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from companion.accounts.models import User
from companion.circle.access import Need, access_senior, may_manage, rights_of
from companion.circle.models import Senior
from companion.circle.refusals import RefusedError
from companion.safety import clock


def day_words(day: date, today: date) -> str:
    """A day as people say it: `Today`, `Yesterday`, `Tuesday, 3 March`."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return f"{day:%A}, {day.day} {day:%B}{f' {day.year}' if day.year != today.year else ''}"


def about(person: User, senior: Senior) -> dict[str, Any]:
    """What every page of a journal shows of whose it is and what this person may do with it."""
    is_own = person.pk == senior.pk
    rights = None if is_own else rights_of([person.pk], senior.pk).get(person.pk)
    return {
        "senior": senior,
        "zone": senior.user.time_zone,
        "is_own": is_own,
        "may_write": is_own or (rights is not None and rights.may_write),
        "may_manage": may_manage(person, senior.pk),
    }


def page(request: HttpRequest, senior_id: UUID, *, to_write: bool = False) -> tuple[User, Senior]:
    """Who looks, and at whose journal.

    Raises:
        NotYoursError: it is not shared with them.
    """
    person = person_of(request)
    return person, access_senior(person, senior_id, need=Need.JOURNAL, to_write=to_write)


def today_of(senior: Senior) -> date:
    """The day by the senior's own clock."""
    return clock.now().astimezone(ZoneInfo(senior.user.time_zone)).date()


def time_of(text: str, senior: Senior) -> datetime | None:
    """The time of a form's field, by the senior's clock; None where it is empty.

    Raises:
        RefusedError: it is no time.
    """
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(senior.user.time_zone))
    except ValueError:
        raise RefusedError("Please choose the day and the time.") from None


def form_key_of(text: str) -> str:
    """The key of a form, which makes two presses of its button one; empty where it is none of ours."""
    found = uuid_of(text)
    return str(found) if found is not None else ""


def uuid_of(text: str) -> UUID | None:
    """An id from outside, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def person_of(request: HttpRequest) -> User:
    """Who is signed in."""
    if not isinstance(request.user, User):
        raise TypeError("login_required lets nobody else in")
    return request.user
