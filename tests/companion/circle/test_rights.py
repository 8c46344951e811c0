"""What open pages ask at every hint answers as the door to one senior does."""

from __future__ import annotations

import pytest

from companion.accounts.models import User
from companion.circle import actions
from companion.circle.access import Need, NotYoursError, access_senior, rights_of
from companion.circle.models import Item, Membership


def may(person: User, senior: User, need: Need, *, to_write: bool = False) -> bool:
    try:
        access_senior(person, senior.pk, need=need, to_write=to_write)
    except NotYoursError:
        return False
    return True


@pytest.mark.parametrize("shared", [(), (Item.MEDICINES,), (Item.JOURNAL, Item.ACTIVITY)])
def test_rights_of_many_are_those_of_each(
    senior: User, daughter: User, son: User, visitor: User, stranger: User, shared: tuple[Item, ...]
) -> None:
    for item in shared:
        actions.set_sharing(senior, senior.pk, item, is_on=True)
    place = Membership.objects.get(user=son)
    actions.set_sharing(senior, senior.pk, Item.ALERTS, is_on=False, member_id=place.pk)
    people = [senior, daughter, son, visitor, stranger]
    found = rights_of([person.pk for person in people], senior.pk)
    for person in people:
        rights = found.get(person.pk)
        assert {need for need in Need if may(person, senior, need)} == (rights.needs if rights else set())
        assert may(person, senior, Need.BELONG, to_write=True) == bool(rights and rights.may_write)


def test_nobody_has_rights_to_a_closed_account(senior: User, daughter: User) -> None:
    User.objects.filter(pk=daughter.pk).update(is_active=False)
    assert rights_of([daughter.pk], senior.pk) == {}


def test_all_of_them_cost_one_query(senior: User, daughter: User, son: User, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        rights_of([senior.pk, daughter.pk, son.pk], senior.pk)
