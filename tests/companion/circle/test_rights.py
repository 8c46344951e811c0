"""What open pages ask at every hint answers as the door to one senior does."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from companion.accounts.models import User
from companion.circle import actions
from companion.circle.access import Need, NotYoursError, access_senior, rights_of, rights_over
from companion.circle.models import Item, Membership
from companion.circle.organisations.models import HomeSharing, Organisation, Post, Residency, StaffMember, Unit
from tests.companion.circle.conftest import join, person


def may(who: User, senior: User, need: Need, *, to_write: bool = False) -> bool:
    try:
        access_senior(who, senior.pk, need=need, to_write=to_write)
    except NotYoursError:
        return False
    return True


def compare(senior: User, *people: User) -> None:
    found = rights_of([one.pk for one in people], senior.pk)
    for one in people:
        rights = found.get(one.pk)
        assert rights_over(one).get(senior.pk) == rights, one.username
        assert {need for need in Need if may(one, senior, need)} == (rights.needs if rights else set()), one.username
        assert may(one, senior, Need.BELONG, to_write=True) == bool(rights and rights.may_write), one.username


@pytest.mark.parametrize("shared", [(), (Item.MEDICINES,), (Item.JOURNAL, Item.ACTIVITY), tuple(Item)])
def test_rights_of_many_are_those_of_each(
    senior: User, daughter: User, son: User, visitor: User, stranger: User, shared: tuple[Item, ...]
) -> None:
    for item in shared:
        actions.set_sharing(senior, senior.pk, item, is_on=True)
    place = Membership.objects.get(user=son)
    actions.set_sharing(senior, senior.pk, Item.ALERTS, is_on=False, member_id=place.pk)
    actions.set_sharing(senior, senior.pk, Item.MEDICINES, is_on=True, member_id=place.pk)
    carer, invited = person("carla", "Carla Carer"), person("ida", "Ida Invited")
    join(senior, carer, "carer")
    Membership.objects.create(senior_id=senior.pk, user=invited)
    compare(senior, senior, daughter, son, visitor, carer, invited, stranger)


def test_rights_of_staff_are_those_of_each(senior: User, daughter: User) -> None:
    home = Organisation.objects.create(name="Rose House")
    here, there = (Unit.objects.create(organisation=home, name=name) for name in ("North", "South"))
    residency = Residency.objects.create(senior_id=senior.pk, unit=here, moved_in_at=timezone.now())
    HomeSharing.objects.create(residency=residency, item=Item.MEDICINES, is_on=True)
    HomeSharing.objects.create(residency=residency, item=Item.JOURNAL, is_on=False)
    staff = {name: person(name, name.title()) for name in ("lead", "guard", "near", "far", "left", "other")}
    joined = {"joined_at": timezone.now()}
    posts: dict[str, dict[str, Any]] = {
        "lead": {"role": Post.LEAD},
        "guard": {"is_safeguarding_lead": True},
        "near": {},
        "far": {},
        "left": {"left_at": timezone.now()},
    }
    for name, more in posts.items():
        post = StaffMember.objects.create(organisation=home, user=staff[name], name=name, **joined, **more)
        post.units.add(there if name == "far" else here)
    elsewhere = Organisation.objects.create(name="Lily House")
    StaffMember.objects.create(organisation=elsewhere, user=staff["other"], name="other", role=Post.LEAD, **joined)
    compare(senior, daughter, *staff.values())
    Residency.objects.update(moved_out_at=timezone.now())
    compare(senior, daughter, *staff.values())


def test_nobody_has_rights_to_or_from_a_closed_account(senior: User, daughter: User) -> None:
    User.objects.filter(pk=daughter.pk).update(is_active=False)
    assert rights_of([daughter.pk], senior.pk) == {}
    User.objects.filter(pk=daughter.pk).update(is_active=True)
    User.everyone.filter(pk=senior.pk).update(deleted_at=timezone.now())
    assert rights_of([daughter.pk], senior.pk) == {}


def test_many_cost_no_more_queries_than_one(
    senior: User, daughter: User, son: User, django_assert_num_queries: Any
) -> None:
    for people in ([daughter.pk], [senior.pk, daughter.pk, son.pk]):
        with django_assert_num_queries(5):
            rights_of(people, senior.pk)


def test_rights_over_everybody_are_those_over_each(senior: User, daughter: User, son: User, stranger: User) -> None:
    other = person("olga", "Olga Older", "senior")
    join(other, daughter, "viewer")
    join(senior, other, "family")
    actions.set_sharing(senior, senior.pk, Item.JOURNAL, is_on=True)
    for who in (senior, daughter, son, stranger, other):
        found = rights_over(who)
        for whom in (senior, other):
            assert found.get(whom.pk) == rights_of([who.pk], whom.pk).get(who.pk), f"{who.username} of {whom.username}"
