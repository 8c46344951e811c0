"""A piece of a page that can be rendered again by itself. Its template has one root element, with an `id`, by which an
open page finds what to put it in the place of, and `data-fragment` with the fragment's name, which asks for it.

`data-news` on the root are the words that are read out when they changed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from companion.accounts.models import User
from companion.family.picture import Picture

#: Not sent by anybody: the minute has passed, so what is told in words of time may be another now.
TIME_PASSED = "time.passed"
#: What every fragment listens to: who may see what.
CIRCLE_CHANGED = "circle.changed"


def by_rights(picture: Picture) -> Hashable:
    """People with the same rights see the same."""
    return picture.rights


def by_person(picture: Picture) -> Hashable:
    """Each sees their own."""
    return picture.person.pk


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece about one senior.

    Args:
        name: as in `data-fragment`.
        template: what it is rendered with.
        hints: the types of hint after which it may look different.
        context: what the template is given besides `senior`, `picture` and `csrf_token`. It says kindly what is not
            shared.
        alike: to whom it looks the same: it is rendered once for all of whom this says the same.
        comes_at_once: whether a page that begins to watch is sent it; a page of hundreds compares itself as a whole.
    """

    name: str
    template: str
    hints: frozenset[str]
    context: Callable[[Picture], dict[str, Any]]
    alike: Callable[[Picture], Hashable] = by_rights
    comes_at_once: bool = True


@dataclass(frozen=True, slots=True)
class OwnFragment:
    """A piece about everybody whom the person on the page looks after."""

    name: str
    template: str
    hints: frozenset[str]
    context: Callable[[User], dict[str, Any]]
