"""The pieces of the portal's own pages that are kept fresh while they are open."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from django.core.paginator import Paginator

from companion.accounts.models import User
from companion.care.calendar.views import days_context
from companion.chat.family_messages.access import access_thread
from companion.chat.family_messages.selectors import PAGE
from companion.family import selectors
from companion.family.live.fragment import TIME_PASSED, Fragment, OwnFragment, by_person, by_rights
from companion.family.picture import Picture

ALERT, DOSE, JOURNAL = "alert.changed", "dose.changed", "journal.changed"
MESSAGE, CALENDAR, ACTIVITY = "message.changed", "calendar.changed", "activity.changed"


def _nothing_more(picture: Picture) -> dict[str, Any]:
    return {}


def _bell(person: User) -> dict[str, Any]:
    return {"open_count": selectors.open_count(person)}


def _inbox(person: User) -> dict[str, Any]:
    return {"cards": selectors.inbox(person)}


def _people(person: User) -> dict[str, Any]:
    people = selectors.people_of(person)
    return {"pictures": people.pictures, "others": people.others}


def _calendar(picture: Picture) -> dict[str, Any]:
    return days_context(picture.person, picture.senior)


def _thread(picture: Picture) -> dict[str, Any]:
    _, found = access_thread(picture.person, picture.senior.pk)
    page = Paginator(found, PAGE).get_page(1)
    return {"page": page, "thread": list(reversed(page.object_list)), "user": picture.person}


def _by_alerts(picture: Picture) -> Hashable:
    """One may be on an alert, or be told of it in confidence; and one may live by another clock."""
    alerts = tuple((card.alert.pk, card.is_mine) for card in picture.alerts)
    return picture.rights, picture.is_elsewhere, alerts


def _fragment(name: str, *hints: str, alike: Callable[[Picture], Hashable] = by_rights) -> Fragment:
    return Fragment(name, f"family/parts/{name}.html", frozenset(hints), _nothing_more, alike)


FRAGMENTS = (
    _fragment("status", ALERT, DOSE, JOURNAL, ACTIVITY, TIME_PASSED, alike=_by_alerts),
    _fragment("alerts", ALERT, TIME_PASSED, alike=_by_alerts),
    _fragment("day", ACTIVITY, DOSE, JOURNAL),
    _fragment("medicines", DOSE, TIME_PASSED),
    _fragment("journal", JOURNAL),
    _fragment("message", MESSAGE, alike=by_person),
    _fragment("visits", CALENDAR, TIME_PASSED, alike=by_person),
    _fragment("kept"),
    Fragment("calendar", "calendar/parts/days.html", frozenset({CALENDAR}), _calendar, alike=by_person),
    Fragment("thread", "messages/parts/thread.html", frozenset({MESSAGE}), _thread, alike=by_person),
)
OWN_FRAGMENTS = (
    OwnFragment("bell", "family/parts/bell.html", frozenset({ALERT}), _bell),
    OwnFragment("inbox", "family/parts/inbox.html", frozenset({ALERT, TIME_PASSED}), _inbox),
    OwnFragment(
        "people", "family/parts/people.html", frozenset({ALERT, DOSE, JOURNAL, ACTIVITY, TIME_PASSED}), _people
    ),
)
