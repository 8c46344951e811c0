"""The circle's pages: joining by link and by code, sharing, order, how Lilo reaches a person."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from companion.accounts import limits
from companion.accounts.models import User
from companion.circle import actions
from companion.circle.access import Need, access_senior
from companion.circle.models import ContactPoint, Membership
from tests.companion.circle.conftest import signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    limits._local._held.clear()


def test_daughter_joins_by_the_link_that_the_senior_made(senior: User, stranger: User) -> None:
    made = text_of(
        signed_in(senior).post(f"/circle/{senior.pk}/invite/", {"role": "family", "relation": "Niece"}, follow=True)
    )
    link = re.search(r"http://testserver(/join/[^<\"]+)", made)
    assert link is not None
    assert "Sign in to join" in text_of(Client().get(link[1]))
    assert not Membership.objects.exists(), "following a link alone must not join: programs that scan mail do that"
    client = signed_in(stranger)
    assert "Margaret would like you near" in text_of(client.get(link[1]))
    client.post(link[1])
    member = Membership.objects.get()
    assert (member.user, member.relation) == (stranger, "Niece")
    assert "This invitation is over" in text_of(client.get(link[1]))


def test_invitation_is_shown_once(senior: User) -> None:
    client = signed_in(senior)
    shown = text_of(client.post(f"/circle/{senior.pk}/invite/", {"role": "family"}, follow=True))
    assert "The invitation is ready" in shown
    assert "The invitation is ready" not in text_of(client.get(f"/circle/{senior.pk}/"))


def test_code_is_typed_and_then_joined(senior: User, stranger: User) -> None:
    code = actions.invite(senior, senior.pk).code
    client = signed_in(stranger)
    found = client.post("/join/", {"code": code.lower()}, follow=True)
    assert "Margaret would like you near" in text_of(found)
    client.post(found.redirect_chain[-1][0])
    assert Membership.objects.get().user == stranger


def test_codes_cannot_be_guessed_in_a_row(senior: User, stranger: User) -> None:
    code = actions.invite(senior, senior.pk).code
    client = signed_in(stranger)
    for _ in range(5):
        client.post("/join/", {"code": "AAAA-AAAA"})
    assert "a few tries too many" in text_of(client.post("/join/", {"code": code}, follow=True))
    assert client.get(f"/join/{code}/").status_code == 302


@pytest.mark.parametrize("padding", ["", "-" * 20])
def test_codes_cannot_be_guessed_by_pressing_join(senior: User, stranger: User, padding: str) -> None:
    code = actions.invite(senior, senior.pk).code
    client = signed_in(stranger)
    for _ in range(5):
        client.post(f"/join/AAAA-AAAA{padding}/")
    assert "a few tries too many" in text_of(client.post(f"/join/{code}{padding}/", follow=True))
    assert not Membership.objects.exists()


def test_code_in_an_address_says_nothing_to_a_stranger_who_is_not_signed_in(senior: User) -> None:
    code = actions.invite(senior, senior.pk).code
    response = Client().get(f"/join/{code}/", follow=True)
    assert "Margaret" not in text_of(response)


def test_sharing_button_counts_at_once(senior: User, son: User) -> None:
    client = signed_in(senior)
    client.post(f"/circle/{senior.pk}/share/", {"item": "journal", "on": "yes"})
    assert access_senior(son, senior.pk, need=Need.JOURNAL) == senior.profile
    assert "Ben sees it" in text_of(client.get("/privacy/"))
    client.post(f"/circle/{senior.pk}/share/", {"item": "journal", "on": "no"})
    assert text_of(client.get("/privacy/")).count("Only you see it") == 4


def test_member_in_red_when_unreachable(senior: User, daughter: User) -> None:
    actions.note_contact_result(daughter.contact_points.get().pk, works=False, tested=True)
    assert "Lilo cannot reach Anna in an emergency" in text_of(signed_in(senior).get(f"/circle/{senior.pk}/"))


def test_son_put_first_is_first(senior: User, daughter: User, son: User) -> None:
    member = Membership.objects.get(user=son)
    signed_in(daughter).post(f"/circle/{senior.pk}/{member.pk}/first/")
    assert [one.user for one in senior.profile.members.all()] == [son, daughter]


@pytest.mark.parametrize("path", ["", "invite/", "share/"])
def test_stranger_finds_nothing(senior: User, stranger: User, path: str) -> None:
    client = signed_in(stranger)
    place = f"/circle/{senior.pk}/{path}"
    response = client.post(place, {"item": "journal", "on": "yes", "role": "family"}) if path else client.get(place)
    assert response.status_code == 404


def test_visitor_sees_people_but_no_buttons_to_change_them(senior: User, daughter: User, visitor: User) -> None:
    text = text_of(signed_in(visitor).get(f"/circle/{senior.pk}/"))
    assert "Anna Doyle" in text
    place = text_of(signed_in(visitor).get(f"/circle/{senior.pk}/{Membership.objects.get(user=visitor).pk}/"))
    assert "Leave this circle" in place
    words = ("Invite somebody", "Remove Anna", "Stop sharing", "Ring Anna", "More about Anna", "Call earlier")
    assert not [each for each in words if each in text + place]


def test_senior_without_a_profile_gets_one_on_opening_the_page(stranger: User) -> None:
    stranger.kind = "senior"
    stranger.save(update_fields=["kind"])
    assert "Nobody is here yet" in text_of(signed_in(stranger).get("/circle/", follow=True))


@pytest.mark.parametrize(
    ("kind", "address", "kept"),
    [
        ("email", " Anna.New@Example.org ", "anna.new@example.org"),
        ("sms", "(202) 555-0142", "+12025550142"),
        ("apprise", "tgram://123456789:abcdefg_hijklmnop/12315544/", "tgram://123456789:abcdefg_hijklmnop/12315544/"),
        ("email", "not an address", None),
        ("sms", "12", None),
        ("apprise", "json://127.0.0.1:6379/", None),
        ("apprise", "file:///etc/passwd", None),
        ("pigeon", "x", None),
        ("email", "", None),
    ],
)
def test_address_is_checked_and_kept_in_one_spelling(stranger: User, kind: str, address: str, kept: str | None) -> None:
    signed_in(stranger).post("/reach/", {"kind": kind, "address": address})
    assert [point.address for point in ContactPoint.objects.all()] == ([kept] if kept else [])


def test_one_cannot_remove_anothers_address(daughter: User, stranger: User) -> None:
    point = daughter.contact_points.get()
    assert signed_in(stranger).post(f"/reach/{point.pk}/remove/").status_code == 404
    assert signed_in(daughter).post(f"/reach/{point.pk}/remove/").status_code == 302
    assert not ContactPoint.objects.exists()
