"""Joining, ordering, sharing, leaving: each with its right, its audit row, and nothing done on a refusal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from companion.accounts.models import AuditLog, User
from companion.circle import actions
from companion.circle.access import NotYoursError
from companion.circle.actions import RefusedError
from companion.circle.models import ContactPoint, Invitation, Item, Membership, Role, Sharing
from tests.companion.circle.conftest import join, person


def test_code_read_out_opens_the_circle_however_it_is_typed(senior: User, stranger: User) -> None:
    invited = actions.invite(senior, senior.pk, role=Role.CARER, relation="nurse")
    typed = invited.code.lower().replace("-", " ")
    member = actions.accept_invitation(stranger, typed)
    assert (member.role, member.relation, member.user, member.receives_alerts) == ("carer", "nurse", stranger, True)


def test_invitation_works_once(senior: User, stranger: User) -> None:
    invited = actions.invite(senior, senior.pk)
    actions.accept_invitation(stranger, invited.token)
    with pytest.raises(RefusedError):
        actions.accept_invitation(person("second", "Second Guest"), invited.code)
    assert Membership.objects.count() == 1


def test_invitation_ends_after_a_week(senior: User, stranger: User) -> None:
    invited = actions.invite(senior, senior.pk)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(RefusedError):
        actions.accept_invitation(stranger, invited.token)
    assert not Membership.objects.exists()


def test_secrets_of_an_invitation_are_nowhere_in_the_database(senior: User) -> None:
    invited = actions.invite(senior, senior.pk)
    row = Invitation.objects.values().get()
    kept = " ".join(str(value) for value in row.values())
    assert invited.token not in kept
    assert invited.code.replace("-", "") not in kept


def test_senior_cannot_join_their_own_circle(senior: User) -> None:
    invited = actions.invite(senior, senior.pk)
    with pytest.raises(RefusedError):
        actions.accept_invitation(senior, invited.token)
    assert Invitation.objects.get().used_at is None


@pytest.mark.parametrize("who", ["son", "visitor", "stranger"])
def test_only_senior_and_first_contact_invite(senior: User, who: str, request: pytest.FixtureRequest) -> None:
    by = request.getfixturevalue(who)
    before = (Invitation.objects.count(), AuditLog.objects.filter(action="circle.invited").count())
    with pytest.raises(NotYoursError):
        actions.invite(by, senior.pk)
    assert (Invitation.objects.count(), AuditLog.objects.filter(action="circle.invited").count()) == before


def test_first_contact_cannot_decide_what_is_shared(senior: User, daughter: User) -> None:
    with pytest.raises(NotYoursError):
        actions.set_sharing(daughter, senior.pk, Item.JOURNAL, is_on=True)
    assert not Sharing.objects.exists()


def test_order_of_contact_is_as_given_and_the_others_follow(senior: User, daughter: User, son: User) -> None:
    carer = person("cara", "Cara Moss")
    join(senior, carer, Role.CARER)
    last = Membership.objects.get(user=carer)
    actions.change_order(daughter, senior.pk, [last.pk])
    assert [member.user for member in senior.profile.members.all()] == [carer, daughter, son]


def test_order_refuses_people_of_another_circle(senior: User, daughter: User, stranger: User) -> None:
    other = person("olaf", "Olaf Other", "senior")
    foreign = join(other, stranger, Role.FAMILY)
    with pytest.raises(NotYoursError):
        actions.change_order(senior, senior.pk, [foreign.pk])
    assert Membership.objects.get(pk=foreign.pk).order == foreign.order


def test_member_may_leave_but_not_put_out_another(senior: User, daughter: User, son: User) -> None:
    with pytest.raises(NotYoursError):
        actions.remove_member(son, senior.pk, Membership.objects.get(user=daughter).pk)
    actions.remove_member(son, senior.pk, Membership.objects.get(user=son).pk)
    assert [member.user for member in senior.profile.members.all()] == [daughter]


def test_each_change_has_its_audit_row_without_names(senior: User, daughter: User) -> None:
    actions.set_sharing(senior, senior.pk, Item.ALERTS, is_on=False)
    rows = list(AuditLog.objects.filter(subject_id=senior.pk).order_by("at").values_list("action", "actor_id"))
    assert ("circle.invited", senior.pk) in rows
    assert ("circle.joined", daughter.pk) in rows
    assert rows[-1] == ("sharing.set", senior.pk)


def test_verified_address_counts_from_joining_and_an_unverified_one_does_not(senior: User) -> None:
    verified = person("vic", "Vic True")
    unverified = person("una", "Una Unproved")
    unverified.is_verified = False
    unverified.save(update_fields=["is_verified"])
    for user in (verified, unverified):
        join(senior, user, Role.FAMILY)
    accepted = ContactPoint.objects.filter(accepted_at__isnull=False)
    assert [point.address for point in accepted] == ["vic@example.org"]


def test_contact_point_counts_after_its_link_is_followed(stranger: User) -> None:
    point = actions.add_contact_point(stranger, "sms", "+12025550199")
    assert point.accepted_at is None
    found = actions.find_contact_point(actions.contact_token(point.pk))
    assert found == point
    actions.accept_contact_point(found)
    point.refresh_from_db()
    assert (point.accepted_at is not None, point.last_result) == (True, "ok")
    assert actions.find_contact_point("made-up") is None


def test_profile_is_the_seniors_and_its_texts_are_sealed(senior: User, daughter: User) -> None:
    actions.create_profile(senior, preferred_name="Peggy", address=" 4 Elm Road ", conditions="low thyroid")
    senior.profile.refresh_from_db()
    assert (senior.profile.name, senior.profile.address) == ("Peggy", "4 Elm Road")
    with pytest.raises(RefusedError):
        actions.create_profile(daughter)
    with pytest.raises(ValueError, match="no shoe_size"):
        actions.create_profile(senior, shoe_size="39")
