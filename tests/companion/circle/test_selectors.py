"""Whom to ring, and who cannot be reached."""

from __future__ import annotations

from companion.accounts.models import User
from companion.circle import actions, selectors
from companion.circle.models import Item, Membership, Role
from tests.companion.circle.conftest import join, person


def test_help_contacts_come_in_order_with_numbers_as_people_dial_them(senior: User, daughter: User, son: User) -> None:
    ben, anna = Membership.objects.get(user=son), Membership.objects.get(user=daughter)
    actions.change_order(senior, senior.pk, [ben.pk, anna.pk])
    found = [(one.name, one.relation, one.number, one.tel) for one in selectors.help_contacts(senior.pk)]
    assert found == [
        ("Ben Doyle", "son", "+44 20 7946 0018", "tel:+442079460018"),
        ("Anna Doyle", "daughter", "(202) 555-0123", "tel:+12025550123"),
    ]


def test_help_contacts_leave_out_those_without_phone_and_those_not_yet_in(senior: User, visitor: User) -> None:
    invited = person("ida", "Ida Invited", phone="+12025550177")
    Membership.objects.create(senior=senior.profile, user=invited)
    assert selectors.help_contacts(senior.pk) == ()


def test_person_without_profile_has_no_contacts(stranger: User) -> None:
    assert selectors.help_contacts(stranger.pk) == ()


def test_members_whose_channels_fail_are_named(senior: User, daughter: User, son: User) -> None:
    assert selectors.unreachable_members(senior.pk) == []
    actions.note_contact_result(daughter.contact_points.get().pk, works=False, tested=True)
    silent = person("sid", "Sid Silent")
    silent.email = ""
    silent.save(update_fields=["email"])
    join(senior, silent, Role.FAMILY)
    names = [member.user.username for member in selectors.unreachable_members(senior.pk)]
    assert names == ["anna", "sid"]


def test_nobody_is_unreachable_when_alerts_are_not_shared(senior: User, daughter: User) -> None:
    actions.note_contact_result(daughter.contact_points.get().pk, works=False, tested=True)
    actions.set_sharing(senior, senior.pk, Item.ALERTS, is_on=False)
    assert selectors.alert_members(senior.pk) == []
    assert selectors.unreachable_members(senior.pk) == []
