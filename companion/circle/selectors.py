"""What is read of circles."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from companion.accounts.fields import UnreadableError
from companion.accounts.models import User
from companion.circle.access import sharing_members
from companion.circle.models import (
    SHARED_AT_FIRST,
    UNREADABLE,
    ContactPoint,
    Invitation,
    Item,
    Membership,
    Senior,
    Sharing,
)
from companion.circle.organisations.selectors import home_of, looks_after, staff_of_resident

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HelpContact:
    """Somebody of the circle to ring."""

    name: str
    relation: str
    number: str
    tel: str


def help_contacts(senior_id: UUID) -> tuple[HelpContact, ...]:
    """Whom to ring: the home's desk and staff where the senior lives in one, then the members who have a phone.

    Blocks: call it from a thread.
    """
    members = members_of(senior_id).filter(accepted_at__isnull=False).exclude(user__phone_index="")
    return _home_contacts(senior_id) + tuple(
        HelpContact(
            member.user.full_name or member.user.username,
            member.relation,
            as_dialled(member.user.phone, member.senior.user.country),
            f"tel:{member.user.phone}",
        )
        for member in members
    )


def _home_contacts(senior_id: UUID) -> tuple[HelpContact, ...]:
    """The unit's desk, or the house; without either, the telephones of who is on shift and of who runs the home."""
    residency = home_of(senior_id)
    if residency is None:
        return ()
    unit, house, country = residency.unit, residency.unit.organisation, residency.senior.user.country
    desks = [(unit.name, house.name, unit.phone), (house.name, "", house.phone)]
    if not any(number for _, _, number in desks):
        staff = sorted(staff_of_resident(senior_id, timezone.now()), key=lambda duty: not duty.is_on_shift)
        on_duty = [duty.member for duty in staff if duty.is_on_shift or duty.member.is_lead]
        desks = [(member.name, house.name, member.user.phone if member.user else "") for member in on_duty]
    return tuple(
        HelpContact(name, relation, as_dialled(number, country), f"tel:{number}")
        for name, relation, number in desks
        if number
    )


def members_of(senior_id: UUID) -> QuerySet[Membership]:
    """Everyone in the circle whose account is open, invited or accepted, in order of contact."""
    open_accounts = Q(user__is_active=True, user__deleted_at=None)
    return Membership.objects.select_related("user", "senior__user").filter(open_accounts, senior_id=senior_id)


def alert_members(senior_id: UUID) -> list[Membership]:
    """The members to whom an emergency may be told, in order of contact."""
    return list(sharing_members(Item.ALERTS).filter(senior_id=senior_id, receives_alerts=True))


def is_alert_member(senior_id: UUID, user_id: UUID) -> bool:
    """Whether a person is one of those to whom an emergency may be told now: of the circle, or of the senior's home."""
    members = sharing_members(Item.ALERTS).filter(senior_id=senior_id, user_id=user_id, receives_alerts=True)
    return members.exists() or looks_after(user_id, senior_id)


def contact_points(user_ids: list[UUID]) -> list[ContactPoint]:
    """The accepted ways to reach these people, oldest first; without those that cannot be read."""
    return readable(ContactPoint.objects.filter(user__in=user_ids, accepted_at__isnull=False))


def readable(points: QuerySet[ContactPoint]) -> list[ContactPoint]:
    """These contact points, without those whose address does not open: one member's must not stop the others'."""
    try:
        return list(points)
    except UnreadableError:
        return [point for key in points.values_list("pk", flat=True) if (point := _readable_point(key)) is not None]


def _readable_point(key: UUID) -> ContactPoint | None:
    try:
        return ContactPoint.objects.filter(pk=key).first()
    except UnreadableError:
        log.exception("a contact point cannot be read", extra={"contact_point": str(key)})
        return None


def sharing_of(senior_id: UUID) -> list[tuple[Item, bool]]:
    """Each item and whether it is shared with the whole circle."""
    said = dict(Sharing.objects.filter(senior_id=senior_id, member=None).values_list("item", "is_on"))
    return [(item, said.get(item.value, item in SHARED_AT_FIRST)) for item in Item]


def name_of(senior_id: UUID) -> str:
    """What to call a senior, with or without a profile."""
    profile = Senior.objects.select_related("user").filter(pk=senior_id).first()
    if profile is not None:
        return profile.name
    person = User.objects.filter(pk=senior_id).first()
    return person.short_name if person else "Somebody"


def unreachable_members(senior_id: UUID) -> list[Membership]:
    """Those who should be told in an emergency and cannot be: no accepted way to reach them, or every one failed."""
    members = alert_members(senior_id)
    points = contact_points([member.user_id for member in members])
    reachable = {point.user_id for point in points if point.last_result != ContactPoint.Result.FAILED}
    return [member for member in members if member.user_id not in reachable]


def as_dialled(number: str, country: str) -> str:
    """A number as people of that country write it."""
    import phonenumbers  # its tables are large: only when a number is really shown

    parsed = phonenumbers.parse(number)
    at_home = phonenumbers.region_code_for_number(parsed) == country
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


@dataclass(frozen=True, slots=True)
class Helper:
    """One of a senior's people, as the circle's page shows them."""

    member: Membership
    number: str
    """As it is dialled where the senior lives; empty where there is none."""
    tel: str
    is_unreachable: bool
    """They should be told in an emergency, and cannot be."""
    sees: str = ""
    """What they see, in words, where the page says so."""

    @property
    def name(self) -> str:
        """Their whole name."""
        return self.member.user.full_name or self.member.user.username


def people_of(senior_id: UUID) -> list[Helper]:
    """Everyone who has joined a senior's circle, in order of contact."""
    unreachable = {member.pk for member in unreachable_members(senior_id)}
    return [
        Helper(
            member,
            as_dialled(member.user.phone, member.senior.user.country) if member.user.phone else "",
            f"tel:{member.user.phone}" if member.user.phone else "",
            member.pk in unreachable,
        )
        for member in members_of(senior_id).filter(accepted_at__isnull=False)
    ]


def open_invitations(senior_id: UUID) -> list[Invitation]:
    """Those that nobody has used: still good, too old, or declined; the newest first."""
    return list(Invitation.objects.filter(senior=senior_id, used_at=None).select_related("made_by"))


#: What a person types in; other kinds are added by what they are: a browser that takes push messages, say.
TYPED = ("email", "sms", "apprise")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach a person, and whether messages arrive."""

    point: ContactPoint
    address: str
    """Empty where it does not open, or where it would only puzzle people: it is no address they know by heart."""

    @property
    def works(self) -> bool:
        """Whether it counts: shown to work, and not failing."""
        return self.point.accepted_at is not None and self.point.last_result != ContactPoint.Result.FAILED


def ways_to_reach(user_id: UUID) -> list[Way]:
    """Every way to reach a person, confirmed or not, the oldest first."""
    return [way_of(point) for point in readable(ContactPoint.objects.filter(user=user_id))]


def way_of(point: ContactPoint) -> Way:
    """A contact point, as its person is shown it."""
    return Way(point, point.address if point.kind in (ContactPoint.Kind.EMAIL, ContactPoint.Kind.SMS) else "")


def is_in_a_circle(user_id: UUID) -> bool:
    """Whether somebody counts on being able to reach this person."""
    return Membership.objects.filter(user=user_id, accepted_at__isnull=False).exists()


def names_round(user_id: UUID) -> set[str]:
    """Every name that tells who somebody is: their own, their seniors', those of the circles they are in and of the
    homes, their doctor's and pharmacy's. For taking names out of words."""
    belongs = Membership.objects.filter(user=user_id).values("senior")
    seniors = Senior.objects.filter(Q(pk=user_id) | Q(pk__in=belongs)).select_related("user")
    people = User.objects.filter(Q(pk=user_id) | Q(memberships__senior__in=seniors))
    names = {name for person in people.distinct() for name in (person.full_name, person.username)}
    for senior in seniors:
        names |= {senior.preferred_name, senior.user.full_name, senior.user.username, senior.doctor, senior.pharmacy}
        names |= {duty.member.name for duty in staff_of_resident(senior.pk, timezone.now())}
        if (residency := home_of(senior.pk)) is not None:
            names |= {residency.unit.organisation.name, residency.unit.name}
    return names - {"", UNREADABLE}
