"""Who may see what: the same answer for one row and for lists, and for what is not there and what is not theirs."""

from __future__ import annotations

from uuid import uuid4

import pytest

from companion.accounts.access import may_hand_over
from companion.accounts.models import User
from companion.circle import actions
from companion.circle.access import Need, NotYoursError, access_senior, visible_seniors
from companion.circle.models import Item, Membership

ITEMS = [Need.ALERTS, Need.MEDICINES, Need.JOURNAL, Need.ACTIVITY, Need.TOPICS]


def allowed(person: User, senior: User) -> set[Need]:
    """Every need that is granted, asked both ways."""
    granted = set()
    for need in Need:
        listed = visible_seniors(person, need=need).filter(pk=senior.pk).exists()
        try:
            access_senior(person, senior.pk, need=need)
            single = True
        except NotYoursError:
            single = False
        assert single == listed, f"one row and the list disagree about {need}"
        if single:
            granted.add(need)
    return granted


def test_senior_may_everything_with_their_own(senior: User) -> None:
    assert allowed(senior, senior) == set(Need)


def test_first_contact_may_manage_and_sees_alerts_only_until_more_is_shared(senior: User, daughter: User) -> None:
    assert allowed(daughter, senior) == {Need.BELONG, Need.ALERTS, Need.DETAILS, Need.MANAGE}


def test_family_and_visitors_may_not_manage(senior: User, son: User, visitor: User) -> None:
    assert allowed(son, senior) == allowed(visitor, senior) == {Need.BELONG, Need.ALERTS}


def test_stranger_sees_nothing(senior: User, stranger: User) -> None:
    assert allowed(stranger, senior) == set()


def test_unknown_and_forbidden_are_the_same_answer(senior: User, stranger: User) -> None:
    with pytest.raises(NotYoursError) as forbidden:
        access_senior(stranger, senior.pk, need=Need.BELONG)
    with pytest.raises(NotYoursError) as unknown:
        access_senior(stranger, uuid4(), need=Need.BELONG)
    assert str(forbidden.value) == str(unknown.value)


@pytest.mark.parametrize("need", ITEMS)
def test_sharing_counts_at_once_and_is_taken_back_at_once(senior: User, son: User, need: Need) -> None:
    actions.set_sharing(senior, senior.pk, need.value, is_on=True)
    assert need in allowed(son, senior)
    actions.set_sharing(senior, senior.pk, need.value, is_on=False)
    assert need not in allowed(son, senior)


def test_word_about_one_member_counts_more_than_the_general_one(senior: User, daughter: User, son: User) -> None:
    member = Membership.objects.get(user=son)
    actions.set_sharing(senior, senior.pk, Item.JOURNAL, is_on=True)
    actions.set_sharing(senior, senior.pk, Item.JOURNAL, is_on=False, member_id=member.pk)
    actions.set_sharing(senior, senior.pk, Item.ALERTS, is_on=False)
    actions.set_sharing(senior, senior.pk, Item.ALERTS, is_on=True, member_id=member.pk)
    assert allowed(son, senior) == {Need.BELONG, Need.ALERTS}
    assert allowed(daughter, senior) == {Need.BELONG, Need.DETAILS, Need.MANAGE, Need.JOURNAL}


def test_invited_person_counts_for_nothing_before_accepting(senior: User, stranger: User) -> None:
    Membership.objects.create(senior=senior.profile, user=stranger, role="primary")
    assert allowed(stranger, senior) == set()


def test_closed_account_sees_nothing(senior: User, daughter: User) -> None:
    daughter.is_active = False
    assert allowed(daughter, senior) == set()


def test_only_the_first_contact_may_hand_over_a_way_to_sign_in(
    senior: User, daughter: User, son: User, stranger: User
) -> None:
    assert [may_hand_over(senior, by) for by in (daughter, son, stranger)] == [True, False, False]
