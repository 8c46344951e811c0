"""Whoever has a senior's page open hears of each change that may concern what they see."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from companion.accounts.actions import close_account, reopen_account
from companion.accounts.models import User
from companion.circle import actions, events
from companion.circle.models import Item, Membership, Role

Hints = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> Hints:
    """What goes over the channel layer."""
    sent: Hints = []
    monkeypatch.setattr(events, "send_hints", sent.extend)
    return sent


@pytest.fixture
def son_place(senior: User, daughter: User, son: User) -> Membership:
    return Membership.objects.get(user=son)


CHANGES: dict[str, tuple[Callable[[User, Membership], object], str, bool]] = {
    "shared with all": (lambda s, m: actions.set_sharing(s, s.pk, Item.JOURNAL, is_on=True), "sharing", False),
    "taken from one": (
        lambda s, m: actions.set_sharing(s, s.pk, Item.ALERTS, is_on=False, member_id=m.pk),
        "sharing",
        True,
    ),
    "as for all again": (lambda s, m: actions.follow_circle(s, s.pk, Item.ALERTS, member_id=m.pk), "sharing", True),
    "undone": (
        lambda s, m: actions.restore_sharing(s, s.pk, actions.Said("journal", None, {})),
        "sharing",
        False,
    ),
    "another role": (lambda s, m: actions.change_member(s, s.pk, m.pk, role=Role.VIEWER), "people", True),
    "another relation": (lambda s, m: actions.change_member(s, s.pk, m.pk, relation="Neffe"), "people", True),
    "another order": (lambda s, m: actions.change_order(s, s.pk, [m.pk]), "people", False),
    "removed": (lambda s, m: actions.remove_member(s, s.pk, m.pk), "people", True),
    "another address": (lambda s, m: actions.change_profile(s, s.pk, address="4 Elm Road"), "profile", False),
    "another allergy": (lambda s, m: actions.change_profile(s, s.pk, allergies="nuts"), "profile", False),
    "invited": (lambda s, m: actions.invite(s, s.pk), "invitations", False),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_told(
    senior: User,
    son_place: Membership,
    hints: Hints,
    django_capture_on_commit_callbacks: Callable[..., Any],
    name: str,
) -> None:
    act, what, about_son = CHANGES[name]
    user_id = str(son_place.user_id)
    with django_capture_on_commit_callbacks(execute=True):
        act(senior, son_place)
    expected = {
        "type": "circle.changed",
        "senior_id": str(senior.pk),
        "what": what,
        "user_id": user_id if about_son else "",
        "gone": user_id if name == "removed" else "",
    }
    groups = [f"senior.{senior.pk}", *([f"user.{user_id}"] if about_son else [])]
    assert hints == [(group, expected) for group in groups]


def test_joining_and_handing_over_are_told(
    senior: User,
    daughter: User,
    stranger: User,
    hints: Hints,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    made = actions.invite(senior, senior.pk)
    with django_capture_on_commit_callbacks(execute=True):
        member = actions.accept_invitation(stranger, made.token)
    assert [group for group, _ in hints] == [f"senior.{senior.pk}", f"user.{stranger.pk}"]
    hints.clear()
    with django_capture_on_commit_callbacks(execute=True):
        actions.hand_over(daughter, senior.pk, member.pk)
    assert {f"user.{daughter.pk}", f"user.{stranger.pk}"} <= {group for group, _ in hints}


def test_a_refused_change_is_not_told(
    senior: User, daughter: User, hints: Hints, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(actions.RefusedError):
        actions.change_profile(senior, senior.pk, address="x" * 501)
    assert hints == []


def test_open_pages_hear_of_an_account_that_was_closed_or_reopened(
    senior: User, son: User, hints: Hints, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    group = events.senior_group(senior.pk)
    for person in (senior, son):
        for change in (partial(close_account, person, by=person), partial(reopen_account, person)):
            hints.clear()
            with django_capture_on_commit_callbacks(execute=True):
                change()
            told = [event for to, event in hints if to == group]
            assert [(event["type"], event["user_id"]) for event in told] == [("circle.changed", str(person.pk))]
