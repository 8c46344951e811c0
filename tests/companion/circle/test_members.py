"""Roles, hand-over, order, leaving; invitations renewed, taken back and declined."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from companion.accounts.models import AuditLog, User
from companion.circle import actions
from companion.circle.access import Need, NotYoursError, access_senior, may_manage
from companion.circle.actions import RefusedError
from companion.circle.models import Invitation, Item, Membership, Role, Sharing
from tests.companion.circle.conftest import join, person


def place_of(user: User) -> Membership:
    return Membership.objects.get(user=user)


def test_a_first_contact_changes_family_but_not_another_first_contact(senior: User, daughter: User, son: User) -> None:
    actions.change_member(daughter, senior.pk, place_of(son).pk, role=Role.PRIMARY)
    for act in (
        lambda: actions.change_member(daughter, senior.pk, place_of(son).pk, role=Role.VIEWER),
        lambda: actions.remove_member(daughter, senior.pk, place_of(son).pk),
    ):
        with pytest.raises(RefusedError, match="Only Margaret"):
            act()
    assert place_of(son).role == Role.PRIMARY
    actions.change_member(senior, senior.pk, place_of(son).pk, role=Role.CARER)
    assert place_of(son).role == Role.CARER


def test_a_visitor_is_not_called(senior: User, son: User) -> None:
    changed = actions.change_member(senior, senior.pk, place_of(son).pk, role=Role.VIEWER)
    assert (changed.role, changed.receives_alerts, changed.relation) == (Role.VIEWER, False, "son")


def test_what_is_not_named_stays(senior: User, son: User) -> None:
    actions.change_member(senior, senior.pk, place_of(son).pk, relation=" eldest son ")
    place = place_of(son)
    assert (place.role, place.relation, place.receives_alerts) == (Role.FAMILY, "eldest son", True)


def test_handing_over_gives_the_place_and_keeps_the_giver(senior: User, daughter: User, son: User) -> None:
    actions.hand_over(daughter, senior.pk, place_of(son).pk)
    assert [(m.user, m.role) for m in senior.profile.members.all()] == [(son, "primary"), (daughter, "family")]
    assert (may_manage(son, senior.pk), may_manage(daughter, senior.pk)) == (True, False)
    with pytest.raises(NotYoursError):
        actions.hand_over(daughter, senior.pk, place_of(son).pk)


def test_nobody_hands_over_to_themselves(senior: User, daughter: User) -> None:
    with pytest.raises(RefusedError):
        actions.hand_over(daughter, senior.pk, place_of(daughter).pk)
    assert place_of(daughter).role == Role.PRIMARY


def test_being_called_earlier_and_later_stops_at_the_ends(senior: User, daughter: User, son: User) -> None:
    cara = person("cara", "Cara Moss")
    join(senior, cara, Role.CARER)
    key = place_of(cara).pk
    for step, expected in ((-1, [daughter, cara, son]), (-1, [cara, daughter, son]), (-1, [cara, daughter, son])):
        actions.move_member(senior, senior.pk, key, by_places=step)
        assert [m.user for m in senior.profile.members.all()] == expected
    actions.move_member(daughter, senior.pk, key, by_places=9)
    assert [m.user for m in senior.profile.members.all()] == [daughter, son, cara]


def test_one_who_is_removed_leaves_no_door_open(senior: User, daughter: User, son: User) -> None:
    kept = actions.invite(senior, senior.pk)
    own = actions.invite(daughter, senior.pk)
    actions.remove_member(senior, senior.pk, place_of(daughter).pk)
    assert actions.find_invitation(own.token) is None
    assert actions.find_invitation(kept.token) is not None


def test_renewing_ends_the_old_secrets_and_begins_a_new_week(senior: User) -> None:
    old = actions.invite(senior, senior.pk, guest="Lotte")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    fresh = actions.renew_invitation(senior, senior.pk, old.invitation.pk)
    assert [
        actions.find_invitation(secret) is not None for secret in (old.token, old.code, fresh.token, fresh.code)
    ] == [
        False,
        False,
        True,
        True,
    ]
    assert Invitation.objects.get().guest == "Lotte"


def test_a_withdrawn_invitation_opens_nothing_and_a_used_one_cannot_be_withdrawn(senior: User, stranger: User) -> None:
    first, second = actions.invite(senior, senior.pk), actions.invite(senior, senior.pk)
    actions.withdraw_invitation(senior, senior.pk, first.invitation.pk)
    with pytest.raises(RefusedError):
        actions.accept_invitation(stranger, first.token)
    actions.accept_invitation(stranger, second.token)
    for act in (actions.withdraw_invitation, actions.renew_invitation):
        with pytest.raises(RefusedError):
            act(senior, senior.pk, second.invitation.pk)


def test_declined_is_over_and_can_be_asked_again(senior: User, stranger: User) -> None:
    made = actions.invite(senior, senior.pk)
    actions.decline_invitation(made.code)
    with pytest.raises(RefusedError):
        actions.accept_invitation(stranger, made.token)
    again = actions.renew_invitation(senior, senior.pk, made.invitation.pk)
    assert actions.accept_invitation(stranger, again.token).user == stranger
    assert AuditLog.objects.get(action="circle.declined").actor_id is None


@pytest.mark.parametrize("who", ["son", "visitor", "stranger"])
def test_only_who_manages_sees_to_invitations(senior: User, who: str, request: pytest.FixtureRequest) -> None:
    by, made = request.getfixturevalue(who), actions.invite(senior, senior.pk)
    for act in (actions.renew_invitation, actions.withdraw_invitation):
        with pytest.raises(NotYoursError):
            act(by, senior.pk, made.invitation.pk)
    assert actions.find_invitation(made.token) is not None


def test_invitations_of_another_circle_are_not_there(senior: User, stranger: User) -> None:
    other = person("olaf", "Olaf Other", "senior")
    actions.create_profile(other)
    foreign = actions.invite(other, other.pk)
    with pytest.raises(NotYoursError):
        actions.withdraw_invitation(senior, senior.pk, foreign.invitation.pk)


def test_who_is_in_already_spends_no_invitation_and_loses_no_rank(senior: User, daughter: User) -> None:
    made = actions.invite(daughter, senior.pk, role=Role.VIEWER)
    with pytest.raises(RefusedError, match="already"):
        actions.accept_invitation(daughter, made.token)
    assert place_of(daughter).role == Role.PRIMARY
    assert actions.find_invitation(made.token) is not None


def test_taking_back_from_all_takes_it_from_those_named_too(senior: User, daughter: User, son: User) -> None:
    actions.set_sharing(senior, senior.pk, Item.JOURNAL, is_on=True, member_id=place_of(son).pk)
    actions.set_sharing(senior, senior.pk, Item.JOURNAL, is_on=False)
    with pytest.raises(NotYoursError):
        access_senior(son, senior.pk, need=Need.JOURNAL)


def test_undo_brings_back_each_word_and_no_more(senior: User, daughter: User, son: User) -> None:
    actions.set_sharing(senior, senior.pk, Item.JOURNAL, is_on=True, member_id=place_of(son).pk)
    before = actions.set_sharing(senior, senior.pk, Item.JOURNAL, is_on=False)
    actions.restore_sharing(senior, senior.pk, before)
    rows = list(Sharing.objects.values_list("member__user", "item", "is_on"))
    assert rows == [(son.pk, "journal", True)]
    with pytest.raises(NotYoursError):
        actions.restore_sharing(daughter, senior.pk, before)
