"""What is read about privacy: who sees which item, who has looked, and what stands in the profile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from companion.accounts.models import AuditLog, User
from companion.circle import seen
from companion.circle.access import Need, access_senior, profile_rights
from companion.circle.models import SHARED_AT_FIRST, AccessLog, Item, Looked, Membership, Senior, Sharing
from companion.circle.organisations.models import StaffMember
from companion.circle.organisations.selectors import home_of, home_sharing
from companion.circle.selectors import members_of
from companion.circle.wording import ITEM_WORDS, LOOKED_AT, PROFILE_WORDS, names_in_words


@dataclass(frozen=True, slots=True)
class MemberSees:
    """Whether one member sees one item."""

    member: Membership
    sees: bool
    is_own_word: bool
    """The senior has said so of this member; else the word about everyone counts."""


@dataclass(frozen=True, slots=True)
class ItemSharing:
    """One item: what was said of everyone, and what that comes to for each member and for the home."""

    item: Item
    is_on: bool
    members: tuple[MemberSees, ...]
    home: bool | None = None
    """Whether the home sees it; None where the senior lives in none."""

    @property
    def seen_by(self) -> str:
        """Who sees it, as a sentence for the senior."""
        seeing = [each.member.user.short_name for each in self.members if each.sees]
        if self.home:
            seeing.append("your home")
        if not seeing:
            return "Only you see it"
        if len(self.members) > 1 and all(each.sees for each in self.members) and self.home is not False:
            return "Everyone in your circle sees it"
        return f"{names_in_words(seeing)} {'sees' if len(seeing) == 1 else 'see'} it"

    @property
    def is_seen(self) -> bool:
        """Whether anybody sees it."""
        return bool(self.home) or any(each.sees for each in self.members)


def sharing_table(senior_id: UUID) -> list[ItemSharing]:
    """Who sees what of a senior's: each item, for everyone, for each accepted member, and for the home."""
    members = list(members_of(senior_id).filter(accepted_at__isnull=False))
    said = {
        (row.member_id, row.item): row.is_on
        for row in Sharing.objects.filter(senior_id=senior_id).only("member", "item", "is_on")
    }
    home = _home_table(senior_id)
    table = []
    for item in Item:
        general = said.get((None, item.value), item in SHARED_AT_FIRST)
        each = tuple(
            MemberSees(member, said.get((member.pk, item.value), general), (member.pk, item.value) in said)
            for member in members
        )
        table.append(ItemSharing(item, general, each, home.get(item)))
    return table


def items_of_member(table: Iterable[ItemSharing], member_id: UUID) -> list[tuple[ItemSharing, MemberSees]]:
    """The rows of the table about one member."""
    return [(row, each) for row in table for each in row.members if each.member.pk == member_id]


def seen_in_words(table: Iterable[ItemSharing], member_id: UUID) -> str:
    """What one member sees: `calls for help, medicines and journal`; nothing where it is nothing."""
    return names_in_words(
        [ITEM_WORDS[row.item].of_another.lower() for row, each in items_of_member(table, member_id) if each.sees]
    )


def _home_table(senior_id: UUID) -> dict[Item, bool]:
    """What the home sees; that help is needed it must hear in any case."""
    residency = home_of(senior_id)
    return {} if residency is None else {Item.ALERTS: True, **dict(home_sharing(residency))}


@dataclass(frozen=True, slots=True)
class Look:
    """One line of the access log, in words."""

    at: datetime
    who: str
    relation: str
    item: str
    what: str
    """As in "Anna looked at your medicines"."""


def access_log(by: User, senior_id: UUID) -> QuerySet[AccessLog]:
    """Every look at a senior's data, the newest first. The senior alone reads it.

    Raises:
        NotYoursError: `by` is not the senior.
    """
    return AccessLog.objects.filter(senior=access_senior(by, senior_id, need=Need.DECIDE))


def in_words(rows: Sequence[AccessLog]) -> list[Look]:
    """Rows of one senior's access log, with the names of who looked: at most three queries."""
    if not rows:
        return []
    people = User.everyone.in_bulk({row.person_id for row in rows})
    relations = dict(
        Membership.objects.filter(senior=rows[0].senior_id, user__in=people).values_list("user_id", "relation")
    )
    staff = dict(StaffMember.objects.filter(user__in=people).values_list("user_id", "organisation__name"))
    return [
        Look(
            at=row.at,
            who=_name(people.get(row.person_id)),
            relation=relations.get(row.person_id) or staff.get(row.person_id) or "",
            item=row.item,
            what=LOOKED_AT[Looked(row.item)],
        )
        for row in rows
    ]


def _name(person: User | None) -> str:
    if person is None or person.deleted_at is not None:
        return "Somebody who has left"
    return person.full_name or person.username


@dataclass(frozen=True, slots=True)
class Profile:
    """A senior's profile as one person may see it; what is not theirs to see is None."""

    senior: Senior
    details: dict[str, str] | None
    """`address`, `doctor`, `pharmacy`."""
    health: dict[str, str] | None
    """`conditions`, `allergies`, `notes`."""
    country: str
    changes: frozenset[str]
    """The names of the texts that the person may change."""
    in_emergency: bool
    """They see some of it only because they were called to an emergency."""


DETAILS = ("address", "doctor", "pharmacy")
HEALTH = ("conditions", "allergies", "notes")


def profile_of(person: User, senior_id: UUID) -> Profile:
    """A senior's profile, as far as the person may see it. A look at it goes into the access log.

    Raises:
        NotYoursError: they are not of this circle.
    """
    rights = profile_rights(person, senior_id)
    senior = access_senior(person, senior_id, need=Need.BELONG)
    texts: dict[str, str] = Senior.objects.values(*DETAILS, *HEALTH).get(pk=senior_id)
    if rights.sees_details:
        seen.note_seen(person, [senior_id], Looked.DETAILS)
    if rights.sees_health:
        seen.note_seen(person, [senior_id], Looked.HEALTH)
    changes = [*(("preferred_name", "country", *DETAILS) if rights.changes_details else ())]
    changes += HEALTH if rights.changes_health else ()
    return Profile(
        senior=senior,
        details={name: texts[name] for name in DETAILS} if rights.sees_details else None,
        health={name: texts[name] for name in HEALTH} if rights.sees_health else None,
        country=senior.user.country,
        changes=frozenset(changes),
        in_emergency=rights.in_emergency,
    )


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """Somebody wrote a part of the profile."""

    at: datetime
    who: str
    words: str
    """Which part, as it is called on the page."""


def profile_history(senior_id: UUID, *, limit: int = 5) -> list[ProfileChange]:
    """The last changes of a profile, from the audit log: who wrote which part, never what."""
    rows = list(
        AuditLog.objects.filter(action="profile.written", subject_id=senior_id, details__has_key="field")[:limit]
    )
    people = User.everyone.in_bulk({row.actor_id for row in rows})
    return [ProfileChange(row.at, _name(people.get(row.actor_id)), PROFILE_WORDS[row.details["field"]]) for row in rows]
