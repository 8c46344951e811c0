"""The one place that answers who may see what of a senior."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from companion.accounts.models import User
from companion.circle.models import SHARED_AT_FIRST, Item, Membership, Role, Senior, Sharing
from companion.circle.organisations.models import HomeSharing, Post, Residency, StaffMember
from companion.circle.seen import note_seen


class Need(StrEnum):
    """What somebody wants to do with a senior's data."""

    BELONG = "belong"  # be of the circle at all: see the name and who else is in it
    ALERTS = "alerts"
    MEDICINES = "medicines"
    JOURNAL = "journal"
    ACTIVITY = "activity"
    TOPICS = "topics"
    DETAILS = "details"  # where they live, their doctor and pharmacy: first contacts, carers and staff
    MANAGE = "manage"  # invite and remove people, set the order of contact
    DECIDE = "decide"  # say what is shared: the senior alone


ITEMS = frozenset(Need(item.value) for item in Item)
#: Every one of these that is read by another person is in the access log.
LOGGED = ITEMS | {Need.DETAILS}
#: Texts of the profile: sealed, large, and not what most readers of a senior came for.
PROFILE_TEXTS = ("address", "doctor", "pharmacy", "conditions", "allergies", "notes")
DETAILS_ROLES = (Role.PRIMARY, Role.CARER, Role.FACILITY_STAFF)


EmergencyRule = Callable[[User, UUID], bool]
_emergency_rules: list[EmergencyRule] = []


class NotYoursError(Http404):
    """There is no such senior, or not for this person: nobody can tell which."""

    def __init__(self) -> None:
        super().__init__("There is nothing here, or it is not yours to see.")


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do with one senior's data."""

    needs: frozenset[Need]
    may_write: bool
    """Whether they may change what they see: a visitor only looks."""


EVERYTHING = Rights(frozenset(Need), may_write=True)
NOTHING = Rights(frozenset(), may_write=False)
#: What the staff of a home may, whatever the resident says.
AT_HOME = frozenset({Need.BELONG, Need.DETAILS, Need.ALERTS})


def access_senior(person: User, senior_id: UUID, *, need: Need, to_write: bool = False) -> Senior:
    """The senior's profile, where `person` may do what they need. A look at shared data goes into the access log.

    Args:
        person: who asks.
        senior_id: whose data.
        need: which of it.
        to_write: whether it is to be changed: a visitor only looks.

    Raises:
        NotYoursError: unknown or forbidden, with the same words.
    """
    if not person.is_active or person.deleted_at is not None:
        raise NotYoursError
    senior = _seniors().filter(pk=senior_id).first()
    if senior is None or not _may(person, senior.pk, need, to_write=to_write):
        raise NotYoursError
    if need in LOGGED and not to_write:
        note_seen(person, [senior.pk], need)
    return senior


def _seniors() -> QuerySet[Senior]:
    """Seniors whose account is open. Texts of the profile are left sealed until somebody reads them."""
    return Senior.objects.select_related("user").defer(*PROFILE_TEXTS).filter(user__deleted_at=None)


def visible_seniors(person: User, *, need: Need = Need.BELONG) -> QuerySet[Senior]:
    """Every senior for whom `access_senior` with the same need would let the person in.

    Whoever shows data of these calls `seen.note_seen` for them: a list alone is no look.
    """
    if not person.is_active or person.deleted_at is not None:
        return Senior.objects.none()
    others = Membership.objects.filter(_membership_allows(need), senior=OuterRef("pk"), user=person)
    at_home = residents_for(person, need).filter(senior=OuterRef("pk"))
    return _seniors().filter(Q(pk=person.pk) | Exists(others) | Exists(at_home))


def shared_items(person: User, senior_id: UUID) -> frozenset[Item]:
    """Which items a person may see now: for a page that has to choose what to show. It is no look at any of them."""
    if not person.is_active or person.deleted_at is not None:
        return frozenset()
    if person.pk == senior_id:
        return frozenset(Item)
    rights = rights_of([person.pk], senior_id).get(person.pk)
    return frozenset(item for item in Item if rights is not None and Need(item.value) in rights.needs)


def rights_of(people: Collection[UUID], senior_id: UUID) -> dict[UUID, Rights]:
    """What each of these people may do with one senior's data now; those who may nothing are left out.

    For open pages, which ask again at every hint: a few plain queries however many people ask, where the conditions of
    one question for each need took Django longer to write than the database to answer. It answers as `access_senior`
    would, and a test compares the two.
    """
    if not Senior.objects.filter(pk=senior_id, user__deleted_at=None).exists():
        return {}
    awake = set(User.objects.filter(pk__in=people, is_active=True, deleted_at=None).values_list("pk", flat=True))
    home = Residency.objects.filter(senior=senior_id, moved_out_at=None)
    posts = StaffMember.objects.filter(user__in=awake)
    places = Membership.objects.filter(senior=senior_id, user__in=awake)
    found = {person_id: rights for (person_id, _), rights in _rights(places, home, posts).items()}
    if senior_id in awake:
        found[senior_id] = EVERYTHING
    return found


def rights_over(person: User) -> dict[UUID, Rights]:
    """What a person may do with the data of each senior they look after, by the senior's id; their own too."""
    if not person.is_active or person.deleted_at is not None:
        return {}
    posts = StaffMember.objects.filter(user=person)
    homes = Residency.objects.filter(unit__organisation__in=posts.filter(left_at=None).values("organisation"))
    places = Membership.objects.filter(user=person, senior__user__deleted_at=None)
    homes = homes.filter(moved_out_at=None, senior__user__deleted_at=None)
    found = {senior_id: rights for (_, senior_id), rights in _rights(places, homes, posts).items()}
    return found | ({person.pk: EVERYTHING} if Senior.objects.filter(pk=person.pk).exists() else {})


def _rights(
    places: QuerySet[Membership], homes: QuerySet[Residency], posts: QuerySet[StaffMember]
) -> dict[tuple[UUID, UUID], Rights]:
    """The rule once more, over plain rows: rights by person and senior."""
    found = _rights_at_home(homes, posts)
    members = list(places.filter(accepted_at__isnull=False).values_list("pk", "user", "senior", "role"))
    rows = Sharing.objects.filter(senior__in={senior_id for _, _, senior_id, _ in members}) if members else ()
    said = {(row.senior_id, row.member_id, row.item): row.is_on for row in rows}
    for key, person_id, senior_id, role in members:
        needs = {Need.BELONG} | ({Need.MANAGE} if role == Role.PRIMARY else set())
        needs |= {Need.DETAILS} if role in DETAILS_ROLES else set()
        for item in Item:
            general = said.get((senior_id, None, item.value), item in SHARED_AT_FIRST)
            needs |= {Need(item.value)} if said.get((senior_id, key, item.value), general) else set()
        at_home = found.get((person_id, senior_id), NOTHING)
        may_write = at_home.may_write or role != Role.VIEWER
        found[person_id, senior_id] = Rights(at_home.needs | needs, may_write=may_write)
    return found


def _rights_at_home(homes: QuerySet[Residency], posts: QuerySet[StaffMember]) -> dict[tuple[UUID, UUID], Rights]:
    staff = []
    for post in posts.filter(left_at=None).exclude(user=None).prefetch_related("units"):
        covers_all = post.role == Post.LEAD or post.is_safeguarding_lead
        staff.append((post.user_id, post.organisation_id, covers_all, {unit.pk for unit in post.units.all()}))
    residents = list(homes.values_list("pk", "senior", "unit", "unit__organisation")) if staff else []
    shared: dict[UUID, set[Need]] = {}
    granted = HomeSharing.objects.filter(residency__in=[key for key, *_ in residents], is_on=True)
    for residency_id, item in granted.values_list("residency", "item") if residents else ():
        shared.setdefault(residency_id, set()).add(Need(item))
    return {
        (worker, senior_id): Rights(AT_HOME | shared.get(key, set()), may_write=True)
        for key, senior_id, unit, organisation in residents
        for worker, works_for, covers_all, units in staff
        if worker is not None and works_for == organisation and (covers_all or unit in units)
    }


def sharing_members(item: Item) -> QuerySet[Membership]:
    """Every circle's accepted members, in order of contact, who may see an item now. Closed accounts are left out."""
    return Membership.objects.select_related("user").filter(
        _membership_allows(Need(item)), user__is_active=True, user__deleted_at=None, senior__user__deleted_at=None
    )


def _may(person: User, senior_id: UUID, need: Need, *, to_write: bool = False) -> bool:
    if person.pk == senior_id:
        return True
    places = Membership.objects.filter(_membership_allows(need), senior=senior_id, user=person)
    if (places.exclude(role=Role.VIEWER) if to_write else places).exists():
        return True
    return residents_for(person, need).filter(senior=senior_id).exists()


def residents_for(person: User, need: Need) -> QuerySet[Residency]:
    """Where the residents live now whom a person looks after as staff of their home, as far as the need is granted.

    The rule for homes: staff of where somebody lives now, and of their unit or of all units. Alerts always; the rest as
    the resident lets the home see it. Nobody of a home decides for a resident, nor manages the family's circle.
    """
    if not person.is_active or person.deleted_at is not None or need in (Need.MANAGE, Need.DECIDE):
        return Residency.objects.none()
    posts = StaffMember.objects.filter(user=person, left_at=None, organisation=OuterRef("unit__organisation"))
    covering = Q(role=Post.LEAD) | Q(is_safeguarding_lead=True) | Q(units=OuterRef("unit"))
    residents = Residency.objects.filter(Exists(posts.filter(covering)), moved_out_at=None)
    if need not in ITEMS - {Need.ALERTS}:
        return residents
    return residents.filter(Exists(HomeSharing.objects.filter(residency=OuterRef("pk"), item=need.value, is_on=True)))


def _membership_allows(need: Need) -> Q:
    """The rule itself, as a condition on memberships, so that one row and lists can never disagree."""
    accepted = Q(accepted_at__isnull=False)
    if need is Need.BELONG:
        return accepted
    if need is Need.MANAGE:
        return accepted & Q(role=Role.PRIMARY)
    if need is Need.DETAILS:
        return accepted & Q(role__in=DETAILS_ROLES)
    if need is Need.DECIDE:
        return Q(pk__in=[])
    item = Item(need)
    own = Sharing.objects.filter(member=OuterRef("pk"), item=item)
    general = Sharing.objects.filter(senior=OuterRef("senior"), member=None, item=item)
    shared_with_all = Q(Exists(general.filter(is_on=True)))
    if item in SHARED_AT_FIRST:
        shared_with_all = shared_with_all | Q(~Exists(general))
    return accepted & (Q(Exists(own.filter(is_on=True))) | (Q(~Exists(own)) & shared_with_all))


def may_write(person: User, senior_id: UUID, *, need: Need) -> bool:
    """Whether `access_senior` would let the person change what they need."""
    return person.is_active and person.deleted_at is None and _may(person, senior_id, need, to_write=True)


def safeguarded_seniors(person: User) -> QuerySet[Senior]:
    """The seniors for whom a person is the one to be told of abuse and neglect: in their circle, or in their home."""
    members = Membership.objects.filter(user=person, accepted_at__isnull=False, is_safeguarding_lead=True)
    posts = StaffMember.objects.filter(user=person, left_at=None, is_safeguarding_lead=True)
    at_home = Residency.objects.filter(moved_out_at=None, unit__organisation__in=posts.values("organisation"))
    return Senior.objects.filter(Q(pk__in=members.values("senior")) | Q(pk__in=at_home.values("senior")))


def may_manage(person: User, senior_id: UUID) -> bool:
    """Whether the person may invite and remove people and set the order of contact: the senior, and first contacts."""
    return person.is_active and _may(person, senior_id, Need.MANAGE)


def may_hand_over(senior: User, by: User) -> bool:
    """Whether `by` may hand a senior a code or a link to sign in with: first contacts, and who runs the home."""
    if may_manage(by, senior.pk):
        return True
    runs = StaffMember.objects.filter(
        user=by, left_at=None, role=Post.LEAD, organisation=OuterRef("unit__organisation")
    )
    return by.is_active and Residency.objects.filter(Exists(runs), senior=senior.pk, moved_out_at=None).exists()


@dataclass(frozen=True, slots=True)
class ProfileRights:
    """Which parts of a senior's profile a person may see, and which they may change."""

    sees_details: bool
    """Address, doctor, pharmacy: first contacts, carers, home staff."""
    sees_health: bool
    """Conditions, allergies, notes: whoever may see the medicines."""
    changes_details: bool
    changes_health: bool
    in_emergency: bool = False
    """They see some of it only because the senior needs help now and they were called."""


def open_in_emergency(rule: EmergencyRule) -> None:
    """Let a higher room say who has been called to an emergency of a senior's that is still open.

    Args:
        rule: told the person and the senior's id; one rule that says yes is enough.
    """
    if rule not in _emergency_rules:
        _emergency_rules.append(rule)


def profile_rights(person: User, senior_id: UUID) -> ProfileRights:
    """What a person may do with a senior's profile.

    The senior everything. A first contact keeps address, doctor and pharmacy right; conditions and allergies go with
    the medicines, so that the senior's word on these holds for both. Whoever was called to an emergency sees both until
    it is over: an ambulance asks for them.

    Raises:
        NotYoursError: they are not of this circle.
    """
    access_senior(person, senior_id, need=Need.BELONG)
    if person.pk == senior_id:
        return ProfileRights(True, True, True, True)
    details, health = _may(person, senior_id, Need.DETAILS), _may(person, senior_id, Need.MEDICINES)
    manages = _may(person, senior_id, Need.MANAGE)
    called = not (details and health) and any(rule(person, senior_id) for rule in _emergency_rules)
    return ProfileRights(details or called, health or called, manages, manages and health, called)
