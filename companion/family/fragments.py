"""The pieces of the portal's own pages that are kept fresh while they are open."""

from __future__ import annotations

from typing import Any

from companion.accounts.models import User
from companion.family import selectors
from companion.family.live.fragment import TIME_PASSED, Fragment, OwnFragment
from companion.family.selectors import Picture
from companion.safety.selectors import open_alerts

ALERT, DOSE, JOURNAL = "alert.changed", "dose.changed", "journal.changed"
MESSAGE, CALENDAR, ACTIVITY = "message.changed", "calendar.changed", "activity.changed"


def _nothing_more(picture: Picture) -> dict[str, Any]:
    return {}


def _day(picture: Picture) -> dict[str, Any]:
    talks = picture.talks_today
    return {"talks": None if talks is None else [(talk, picture.topics(talk)) for talk in talks]}


def _bell(person: User) -> dict[str, Any]:
    return {"open_count": open_alerts(person).count()}


def _inbox(person: User) -> dict[str, Any]:
    return {"cards": selectors.inbox(person)}


def _people(person: User) -> dict[str, Any]:
    people = selectors.people_of(person)
    return {"pictures": people.pictures, "others": people.others}


FRAGMENTS = (
    Fragment(
        "status",
        "family/parts/status.html",
        frozenset({ALERT, DOSE, ACTIVITY, TIME_PASSED}),
        _nothing_more,
        is_personal=True,
    ),
    Fragment("alerts", "family/parts/alerts.html", frozenset({ALERT, TIME_PASSED}), _nothing_more, is_personal=True),
    Fragment("day", "family/parts/day.html", frozenset({ACTIVITY, DOSE, CALENDAR}), _day),
    Fragment("kept", "family/parts/kept.html", frozenset(), _nothing_more),
)
OWN_FRAGMENTS = (
    OwnFragment("bell", "family/parts/bell.html", frozenset({ALERT}), _bell),
    OwnFragment("inbox", "family/parts/inbox.html", frozenset({ALERT, TIME_PASSED}), _inbox),
    OwnFragment("people", "family/parts/people.html", frozenset({ALERT, DOSE, ACTIVITY, TIME_PASSED}), _people),
)
