"""What the circle holds about a person, for their own copy of it."""

from __future__ import annotations

from companion.accounts.export import Row, offer, rows_of
from companion.accounts.models import User
from companion.circle import privacy, selectors
from companion.circle.models import AccessLog, Invitation, Membership, Senior, Sharing
from companion.circle.organisations.models import HomeSharing, Residency, StaffMember


def offer_all() -> None:
    """Hand each part down to the room that makes the archive."""
    offer("profile", lambda person: rows_of(Senior.objects.filter(user=person)))
    offer("people", _people)
    offer("circles", _circles)
    offer("sharing", lambda person: rows_of(Sharing.objects.filter(senior=person.pk), without=("id", "senior")))
    offer("invitations", _invitations)
    offer("who-looked", _who_looked)
    offer("how-lilo-reaches-me", _ways)
    offer("homes", lambda person: rows_of(Residency.objects.filter(senior=person.pk)))
    offer("sharing-with-homes", lambda person: rows_of(HomeSharing.objects.filter(residency__senior=person.pk)))
    offer("work", lambda person: rows_of(StaffMember.objects.filter(user=person), without=("link_digest",)))


def _people(person: User) -> list[Row]:
    """Who looks after them: the names that belong to the ids of other parts."""
    return [
        {
            "id": member.pk,
            "user_id": member.user_id,
            "name": member.user.full_name,
            "role": member.role,
            "relation": member.relation,
            "order": member.order,
            "receives_alerts": member.receives_alerts,
            "joined_at": member.accepted_at,
        }
        for member in selectors.members_of(person.pk)
    ]


def _circles(person: User) -> list[Row]:
    """Whom they look after."""
    places = Membership.objects.filter(user=person).select_related("senior__user").order_by("created_at")
    return [
        {"senior": place.senior.name, "role": place.role, "relation": place.relation, "joined_at": place.accepted_at}
        for place in places
    ]


def _invitations(person: User) -> list[Row]:
    made = Invitation.objects.filter(senior=person.pk)
    return rows_of(made, without=("link_digest", "code_digest"))


def _who_looked(person: User) -> list[Row]:
    rows = list(AccessLog.objects.filter(senior=person.pk))
    return [{"at": look.at, "who": look.who, "item": look.item} for look in privacy.in_words(rows)]


def _ways(person: User) -> list[Row]:
    return [
        {
            "kind": way.point.kind,
            "address": way.address,
            "confirmed_at": way.point.accepted_at,
            "last_tested_at": way.point.last_tested_at,
            "last_result": way.point.last_result,
            "quiet_from": way.point.quiet_from,
            "quiet_to": way.point.quiet_to,
        }
        for way in selectors.ways_to_reach(person.pk)
    ]
