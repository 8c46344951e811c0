"""Circles over HTTP: the same rules and the same words as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from companion.accounts import limits, sign_ins
from companion.accounts.clients import Client as Device
from companion.accounts.models import User
from companion.circle import actions
from companion.circle.access import Need, access_senior
from companion.circle.models import ContactPoint, Item, Membership, Senior
from tests.companion.accounts.pages import SIGN_UP

pytestmark = pytest.mark.django_db
Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    limits._local._held.clear()


@pytest.fixture
def ask() -> Ask:
    """Ask the API as somebody: `ask(person, "get", "/seniors")`."""

    def send(who: User, method: str, path: str, body: object = None) -> Any:
        token = sign_ins.begin(who, Device("203.0.113.7", "Lilo/1.0")).access
        headers = {"Authorization": f"Bearer {token}"}
        options = {"data": body, "content_type": "application/json"} if body is not None else {}
        return getattr(Client(), method)(f"/api/v1{path}", headers=headers, **options)

    return send


def place_of(user: User) -> Membership:
    return Membership.objects.get(user=user)


def test_everyone_lists_whom_they_look_after(ask: Ask, senior: User, daughter: User, stranger: User) -> None:
    (mine,) = ask(daughter, "get", "/seniors").json()["items"]
    assert (mine["id"], mine["name"], mine["role"], mine["is_me"]) == (str(senior.pk), "Margaret", "primary", False)
    assert [row["is_me"] for row in ask(senior, "get", "/seniors").json()["items"]] == [True]
    assert ask(stranger, "get", "/seniors").json() == {"items": [], "next_cursor": None}


def test_one_senior_says_what_one_may(ask: Ask, senior: User, visitor: User) -> None:
    found = ask(visitor, "get", f"/seniors/{senior.pk}").json()
    assert (found["sees"], found["may"], found["may_write"]) == (["alerts"], ["alerts", "belong"], False)


def test_a_senior_is_there_from_the_moment_they_sign_up(client: Client, ask: Ask, db: None) -> None:
    client.post(reverse("sign-up"), SIGN_UP)
    george = User.objects.get()
    assert ask(george, "get", f"/seniors/{george.pk}").json()["is_me"]
    assert ask(george, "get", f"/seniors/{george.pk}/profile").status_code == 200
    client.logout()
    client.post(reverse("sign-up"), {**SIGN_UP, "username": "ann", "email": "ann@example.org", "kind": "family"})
    assert list(Senior.objects.values_list("pk", flat=True)) == [george.pk]


READS = ("", "/profile", "/members", "/sharing", "/invitations", "/access-log")


@pytest.mark.parametrize("path", READS)
def test_a_stranger_and_an_unknown_senior_get_the_same_answer(
    ask: Ask, senior: User, stranger: User, path: str
) -> None:
    answers = [ask(stranger, "get", f"/seniors/{key}{path}") for key in (senior.pk, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


@pytest.mark.parametrize(("path", "who", "status"), [("/invitations", "son", 404), ("/access-log", "daughter", 404)])
def test_what_is_not_for_every_member(
    ask: Ask, senior: User, path: str, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    by = request.getfixturevalue(who)
    assert ask(by, "get", f"/seniors/{senior.pk}{path}").status_code == status
    assert ask(senior, "get", f"/seniors/{senior.pk}{path}").status_code == 200


def test_members_come_in_order_and_numbers_go_to_who_manages(ask: Ask, senior: User, daughter: User, son: User) -> None:
    for who, numbers in ((daughter, ["+12025550123", "+442079460018"]), (son, ["", ""])):
        rows = ask(who, "get", f"/seniors/{senior.pk}/members").json()["items"]
        assert [row["name"] for row in rows] == ["Anna Doyle", "Ben Doyle"]
        assert [row["phone"] for row in rows] == numbers
    first = ask(senior, "get", f"/seniors/{senior.pk}/members?limit=1").json()
    rest = ask(senior, "get", f"/seniors/{senior.pk}/members?limit=1&cursor={first['next_cursor']}").json()
    assert [first["items"][0]["name"], rest["items"][0]["name"], rest["next_cursor"]] == [
        "Anna Doyle",
        "Ben Doyle",
        None,
    ]


def test_a_member_is_changed_ordered_and_removed(ask: Ask, senior: User, daughter: User, son: User) -> None:
    ben, anna = place_of(son), place_of(daughter)
    at = f"/seniors/{senior.pk}/members"
    assert ask(daughter, "patch", f"{at}/{ben.pk}", {"role": "carer", "relation": "nurse"}).status_code == 204
    assert ask(daughter, "put", f"{at}/order", {"member_ids": [str(ben.pk)]}).status_code == 204
    assert [m.user for m in senior.profile.members.all()] == [son, daughter]
    assert (place_of(son).role, place_of(son).relation) == ("carer", "nurse")
    assert ask(son, "delete", f"{at}/{anna.pk}").status_code == 404
    assert ask(son, "delete", f"{at}/{ben.pk}").status_code == 204
    assert not Membership.objects.filter(user=son).exists()


def test_a_refusal_is_told_in_words(ask: Ask, senior: User, daughter: User, son: User) -> None:
    actions.change_member(senior, senior.pk, place_of(son).pk, role="primary")
    refused = ask(daughter, "delete", f"/seniors/{senior.pk}/members/{place_of(son).pk}")
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")
    assert refused.json()["detail"] == "Only Margaret can change or remove another first contact."


def test_hand_over(ask: Ask, senior: User, daughter: User, son: User) -> None:
    at = f"/seniors/{senior.pk}/members/{place_of(son).pk}/hand-over"
    assert ask(daughter, "post", at).status_code == 204
    assert (place_of(son).role, place_of(daughter).role) == ("primary", "family")


def test_the_senior_shares_and_a_member_reads_only_their_own_row(
    ask: Ask, senior: User, daughter: User, son: User
) -> None:
    at, key = f"/seniors/{senior.pk}/sharing", str(place_of(son).pk)
    assert ask(daughter, "put", at, {"item": "journal", "is_on": True}).status_code == 404
    ask(senior, "put", at, {"item": "journal", "is_on": True})
    table = ask(senior, "put", at, {"item": "journal", "is_on": False, "member_id": key}).json()["items"]
    journal = next(row for row in table if row["item"] == "journal")
    assert (journal["everyone"], [(m["name"], m["sees"]) for m in journal["members"]]) == (
        True,
        [("Anna Doyle", True), ("Ben Doyle", False)],
    )
    own = next(row for row in ask(son, "get", at).json()["items"] if row["item"] == "journal")
    assert (own["everyone"], [(m["member_id"], m["sees"]) for m in own["members"]]) == (None, [(key, False)])
    ask(senior, "put", at, {"item": "journal", "is_on": None, "member_id": key})
    assert access_senior(son, senior.pk, need=Need.JOURNAL)
    assert ask(senior, "put", at, {"item": "journal", "is_on": None}).status_code == 422


def test_invitation_from_making_to_joining(ask: Ask, senior: User, stranger: User) -> None:
    at = f"/seniors/{senior.pk}/invitations"
    made = ask(senior, "post", at, {"role": "carer", "relation": "nurse", "guest": "Cara"})
    assert made.status_code == 201
    offer = ask(stranger, "post", "/invitations/look", {"secret": made.json()["code"]}).json()
    assert (offer["senior"], offer["role"], offer["shared"]) == ("Margaret", "carer", ["alerts"])
    (waiting,) = ask(senior, "get", at).json()["items"]
    assert (waiting["guest"], waiting["state"]) == ("Cara", "open")
    assert "code" not in waiting
    again = ask(senior, "post", f"{at}/{waiting['id']}/renew").json()
    assert ask(stranger, "post", "/invitations/accept", {"secret": made.json()["code"]}).status_code == 409
    token = again["link"].rstrip("/").rsplit("/", 1)[1]
    joined = ask(stranger, "post", "/invitations/accept", {"secret": token})
    assert (joined.status_code, joined.json()["role"]) == (201, "carer")
    assert ask(senior, "get", at).json()["items"] == []


def test_invitation_declined_and_taken_back(ask: Ask, senior: User, stranger: User) -> None:
    at, made = f"/seniors/{senior.pk}/invitations", actions.invite(senior, senior.pk)
    assert ask(stranger, "post", "/invitations/decline", {"secret": made.token}).status_code == 204
    assert ask(senior, "get", at).json()["items"][0]["state"] == "declined"
    assert ask(senior, "delete", f"{at}/{made.invitation.pk}").status_code == 204
    assert ask(stranger, "post", "/invitations/look", {"secret": made.token}).status_code == 404


def test_codes_cannot_be_guessed(ask: Ask, senior: User, stranger: User) -> None:
    code = actions.invite(senior, senior.pk).code
    guesses = [ask(stranger, "post", "/invitations/look", {"secret": "AAAAAAAA"}).status_code for _ in range(6)]
    assert guesses == [404] * 5 + [429]
    assert ask(stranger, "post", "/invitations/accept", {"secret": code}).status_code == 429


def test_profile_as_far_as_one_may(ask: Ask, senior: User, daughter: User) -> None:
    at = f"/seniors/{senior.pk}/profile"
    ask(senior, "patch", at, {"address": "4 Elm Road", "allergies": "nuts"})
    found = ask(daughter, "get", at).json()
    assert (found["address"], found["allergies"]) == ("4 Elm Road", None)
    assert ask(daughter, "patch", at, {"allergies": "none"}).status_code == 404
    assert ask(daughter, "patch", at, {"doctor": "Dr Wu"}).json()["doctor"] == "Dr Wu"
    assert ask(daughter, "patch", at, {"doctor": "x" * 301}).status_code == 422
    assert ask(daughter, "patch", at, {"shoe_size": "39"}).status_code == 422


def test_who_has_looked_is_paged(ask: Ask, senior: User, daughter: User) -> None:
    for item in (Item.MEDICINES, Item.JOURNAL):
        actions.set_sharing(senior, senior.pk, item, is_on=True)
        access_senior(daughter, senior.pk, need=Need(item.value))
    at = f"/seniors/{senior.pk}/access-log"
    first = ask(senior, "get", f"{at}?limit=1").json()
    second = ask(senior, "get", f"{at}?limit=1&cursor={first['next_cursor']}").json()
    assert [(row["who"], row["relation"], row["item"]) for row in first["items"] + second["items"]] == [
        ("Anna Doyle", "daughter", "journal"),
        ("Anna Doyle", "daughter", "medicines"),
    ]


def test_ways_to_reach_are_ones_own(ask: Ask, daughter: User, stranger: User) -> None:
    added = ask(daughter, "post", "/me/contact-points", {"kind": "sms", "address": "(202) 555-0142"})
    assert (added.status_code, added.json()["address"], added.json()["works"]) == (201, "+12025550142", False)
    at = f"/me/contact-points/{added.json()['id']}"
    for who, status in ((stranger, 404), (daughter, 204)):
        hours = ask(who, "put", f"{at}/quiet-hours", {"quiet_from": "22:00", "quiet_to": "07:00"})
        assert hours.status_code == status
    assert ask(daughter, "put", f"{at}/quiet-hours", {"quiet_from": "22:00", "quiet_to": None}).status_code == 409
    kinds = [(row["kind"], row["quiet_from"]) for row in ask(daughter, "get", "/me/contact-points").json()["items"]]
    assert kinds == [("email", None), ("sms", "22:00:00")]
    assert ask(stranger, "delete", at).status_code == 404
    assert ask(daughter, "delete", at).status_code == 204
    assert ContactPoint.objects.filter(user=daughter).count() == 1
    assert ask(daughter, "post", "/me/contact-points", {"kind": "pigeon", "address": "x"}).status_code == 422
    assert ask(daughter, "post", "/me/contact-points", {"kind": "email", "address": "nobody"}).status_code == 409
