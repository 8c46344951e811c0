"""What leads do, and what is refused in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from companion.accounts.actions import issue_sign_in_code, redeem_pass
from companion.accounts.models import AuditLog, SignInPass, User
from companion.circle import actions as circle
from companion.circle.models import ContactPoint, Invitation, Role
from companion.circle.organisations import actions, admissions
from companion.circle.organisations.models import HomeSharing, Post, Residency, StaffMember
from companion.circle.organisations.selectors import home_of, home_sharing
from companion.circle.refusals import RefusedError
from companion.circle.selectors import help_contacts
from tests.companion.circle.organisations.homes import ZONE, Home, worker


def test_only_operators_open_homes(stranger: User) -> None:
    with pytest.raises(PermissionDenied):
        actions.open_organisation(stranger, name="Mine", lead=stranger, time_zone=ZONE, country="US")


def test_link_brings_in_one_person_once_and_they_can_be_told(home: Home, stranger: User) -> None:
    invited = actions.invite_staff(home.lead, home.organisation.pk, name="New", unit_ids=[home.garden.pk])
    joined = actions.join_as_staff(stranger, invited.token)
    assert (joined.user, joined.name, joined.link_digest) == (stranger, stranger.full_name, "")
    assert ContactPoint.objects.filter(user=stranger, accepted_at__isnull=False).exists()
    with pytest.raises(RefusedError, match="has been used"):
        actions.join_as_staff(worker("second"), invited.token)


def test_link_ends_after_a_week_and_by_a_newer_one(home: Home, stranger: User) -> None:
    old = actions.invite_staff(home.lead, home.organisation.pk, name="New")
    new = actions.invite_again(home.lead, old.member.pk)
    assert actions.find_staff_invitation(old.token) is None
    StaffMember.objects.filter(pk=old.member.pk).update(
        invited_at=new.member.invited_at - StaffMember.INVITATION_LIFE  # type: ignore[operator]
    )
    with pytest.raises(RefusedError):
        actions.join_as_staff(stranger, new.token)


def test_residents_and_those_who_work_here_already_cannot_join(home: Home) -> None:
    resident = home.admit(home.garden).senior.user
    invited = actions.invite_staff(home.lead, home.organisation.pk, name="New")
    for person in (resident, home.nurse):
        with pytest.raises(RefusedError):
            actions.join_as_staff(person, invited.token)
    assert actions.find_staff_invitation(invited.token) is not None


def test_somebody_always_runs_the_home(home: Home) -> None:
    lead = home.post(home.lead)
    with pytest.raises(RefusedError, match="Somebody must run the home"):
        actions.remove_staff(home.lead, lead.pk)
    with pytest.raises(RefusedError, match="Somebody must run the home"):
        actions.change_staff(home.lead, lead.pk, role=Post.CARER, unit_ids=[], is_safeguarding_lead=False)
    nurse = home.post(home.nurse)
    actions.change_staff(home.lead, nurse.pk, role=Post.LEAD, unit_ids=[], is_safeguarding_lead=False)
    actions.remove_staff(home.lead, lead.pk)
    assert not StaffMember.objects.filter(user=home.lead, left_at=None).exists()


def test_units_have_names_of_their_own(home: Home, elsewhere: Home) -> None:
    with pytest.raises(RefusedError, match="of that name already"):
        actions.add_unit(home.lead, home.organisation.pk, name="Garden")
    with pytest.raises(RefusedError, match="write a name"):
        actions.add_unit(home.lead, home.organisation.pk, name="  ")
    assert elsewhere.garden.name == home.garden.name


def test_who_moves_in_has_no_password_and_signs_in_by_a_code(home: Home) -> None:
    residency = home.admit(home.garden, "Zoë O'Hara", room="3b", agreed=["medicines"])
    resident = residency.senior.user
    assert (resident.username, resident.has_usable_password(), resident.time_zone) == ("zoe.o.hara", False, ZONE)
    code = issue_sign_in_code(resident, home.lead)
    assert redeem_pass(SignInPass.Form.CODE, code) == resident
    with pytest.raises(PermissionDenied):
        issue_sign_in_code(resident, home.carer)


def test_names_alike_get_accounts_of_their_own(home: Home) -> None:
    names = [home.admit(home.garden, name).senior.user.username for name in ("Ann Lee", "Ann Lee", "Ann. Lee", "李")]
    assert names == ["ann.lee", "ann.lee.2", "ann.lee.3", "resident"]


def test_each_item_is_stored_as_it_was_answered(home: Home) -> None:
    residency = home.admit(home.garden, agreed=["journal"])
    answers = dict(HomeSharing.objects.filter(residency=residency).values_list("item", "is_on"))
    assert answers == {"medicines": False, "journal": True, "activity": False, "topics": False}
    log = AuditLog.objects.get(action="resident.admitted", subject_id=residency.senior_id)
    assert (log.actor_id, log.details) == (home.lead.pk, {"agreed": "journal"})
    with pytest.raises(RefusedError):
        home.admit(home.garden, agreed=["alerts"])


def test_nobody_is_taken_in_without_an_invitation_for_a_home(home: Home, senior: User, daughter: User) -> None:
    for role in (Role.FAMILY, Role.PRIMARY):
        code = circle.invite(daughter, senior.pk, role=role).code
        with pytest.raises(RefusedError, match="does not fit"):
            admissions.admit_by_code(home.lead, home.garden.pk, code)
    code = circle.invite(daughter, senior.pk, role=Role.FACILITY_STAFF).code
    residency = admissions.admit_by_code(home.lead, home.garden.pk, code, room="4")
    assert home_of(senior.pk) == residency
    assert not any(is_on for _, is_on in home_sharing(residency))
    with pytest.raises(RefusedError):
        admissions.admit_by_code(home.lead, home.terrace.pk, code)
    assert Invitation.objects.get(used_by=home.lead).senior_id == senior.pk


def test_move_keeps_the_history_and_one_place_at_a_time(home: Home) -> None:
    residency = home.admit(home.garden, room="1")
    admissions.move_resident(home.lead, residency.senior_id, home.garden.pk, room="2")
    admissions.move_resident(home.lead, residency.senior_id, home.terrace.pk, room="30")
    stays = Residency.objects.filter(senior=residency.senior_id)
    assert [(stay.unit, stay.room, stay.moved_out_at is None) for stay in stays] == [
        (home.garden, "2", False),
        (home.terrace, "30", True),
    ]
    assert stays[0].moved_out_at <= stays[1].moved_in_at + timedelta(seconds=1)  # type: ignore[operator]


def test_help_rings_the_desk_first_then_the_house_then_the_family(home: Home, senior: User, daughter: User) -> None:
    code = circle.invite(senior, senior.pk, role=Role.FACILITY_STAFF).code
    admissions.admit_by_code(home.lead, home.garden.pk, code)
    actions.change_unit(home.lead, home.garden.pk, name="Garden", phone="(202) 555-0141")
    assert [(one.name, one.tel) for one in help_contacts(senior.pk)] == [
        ("Garden", "tel:+12025550141"),
        ("Anna Doyle", "tel:+12025550123"),
    ]


def test_help_rings_who_runs_the_home_where_no_desk_has_a_telephone(home: Home) -> None:
    home.lead.phone = "+12025550144"
    home.lead.save(update_fields=["phone"])
    home.carer.phone = "+12025550145"
    home.carer.save(update_fields=["phone"])
    resident = home.admit(home.garden).senior_id
    assert [one.tel for one in help_contacts(resident)] == ["tel:+12025550144"]  # the carer is not on shift
