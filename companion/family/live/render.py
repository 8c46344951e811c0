"""Fragments for the people who look, each with what they may see at this moment. Everything here blocks."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.template.loader import get_template

from companion.accounts.models import User
from companion.circle.access import Need, NotYoursError, Rights, rights_of, visible_seniors
from companion.circle.models import Senior
from companion.family.live.fragment import Fragment
from companion.family.picture import Picture
from companion.family.registry import FRAGMENTS, OWN_FRAGMENTS

#: Stands where a page keeps its own secret of forms, which it puts in.
TOKEN = "of-the-page"  # noqa: S105  # nosec B105


@dataclass(slots=True)
class Seen:
    """What one person sees of one senior now. Without rights it is nothing at all."""

    rights: Rights | None = None
    html: dict[str, str] = field(default_factory=dict)

    @property
    def needs(self) -> tuple[str, ...]:
        """The rights as a page is told of them."""
        return tuple(sorted(self.rights.needs)) if self.rights else ()


def render(fragment: Fragment, picture: Picture, *, csrf_token: str = TOKEN) -> str:
    """One fragment as this picture's person sees it."""
    context: dict[str, Any] = {"senior": picture.senior, "picture": picture, "csrf_token": csrf_token}
    return get_template(fragment.template).render({**context, **fragment.context(picture)}).strip()


def render_senior(senior_id: UUID, wanted: Mapping[UUID, Collection[str]]) -> dict[UUID, Seen]:
    """The wanted fragments of one senior for each person; what looks the same to several is rendered once."""
    rights = rights_of(wanted.keys(), senior_id)
    seen = {person_id: Seen(rights.get(person_id)) for person_id in wanted}
    senior = Senior.objects.select_related("user").filter(pk=senior_id).first() if rights else None
    if senior is None:
        return seen
    rendered: dict[tuple[str, Hashable], str] = {}
    first: dict[Rights, Picture] = {}
    people = User.objects.defer("email", "phone").in_bulk(list(rights))  # sealed, and not asked for here
    for person_id, person in people.items():
        mine = rights[person_id]
        picture = first.setdefault(mine, Picture(person, senior, mine)).seen_by(person)
        for name in wanted[person_id]:
            key = (name, FRAGMENTS[name].alike(picture))
            try:
                if key not in rendered:
                    rendered[key] = render(FRAGMENTS[name], picture)
            except NotYoursError:  # a piece that is not for this one person: the others, and their pieces, go on
                continue
            seen[person_id].html[name] = rendered[key]
    return seen


def render_own(wanted: Mapping[UUID, Collection[str]]) -> dict[UUID, dict[str, str]]:
    """The wanted fragments about everybody a person looks after, for each person."""
    people = User.objects.filter(is_active=True, deleted_at=None).in_bulk(list(wanted))
    return {
        person_id: {name: _render_own(name, person) for name in wanted[person_id]}
        for person_id, person in people.items()
    }


def _render_own(name: str, person: User) -> str:
    fragment = OWN_FRAGMENTS[name]
    context = {"user": person, "csrf_token": TOKEN}
    return get_template(fragment.template).render({**context, **fragment.context(person)}).strip()


def seniors_to_watch(person_id: UUID, asked: Collection[UUID], *, everybody: bool) -> tuple[set[UUID], set[UUID]]:
    """Which of the asked seniors the person may watch; and everybody they look after, where that is wanted too."""
    person = User.objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        return set(), set()
    allowed = set(visible_seniors(person).filter(pk__in=asked).values_list("pk", flat=True))
    own = set(visible_seniors(person, need=Need.ALERTS).values_list("pk", flat=True)) if everybody else set()
    return allowed, own
