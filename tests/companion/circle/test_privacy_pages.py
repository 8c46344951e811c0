"""The senior's pages of who can see what, and of who looked; the page of one person; saying no."""

from __future__ import annotations

import re

import pytest
import time_machine

from companion.accounts.models import User
from companion.circle import actions, wording
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.models import AccessLog, Invitation, Item, Membership
from companion.circle.organisations import actions as homes
from companion.circle.organisations import admissions
from tests.companion.circle.conftest import signed_in, text_of

pytestmark = pytest.mark.django_db


def sees(who: User, senior: User, need: Need) -> bool:
    try:
        access_senior(who, senior.pk, need=need)
    except NotYoursError:
        return False
    return True


def test_each_item_says_who_sees_it(senior: User, daughter: User, son: User) -> None:
    ben = Membership.objects.get(user=son)
    actions.set_sharing(senior, senior.pk, Item.MEDICINES, is_on=True)
    actions.set_sharing(senior, senior.pk, Item.MEDICINES, is_on=False, member_id=ben.pk)
    actions.set_sharing(senior, senior.pk, Item.JOURNAL, is_on=True, member_id=ben.pk)
    text = text_of(signed_in(senior).get("/privacy/"))
    states = re.findall(r"(Everyone in your circle sees it|Only you see it|\w+ sees it)</span></p>", text)
    assert states == [
        "Everyone in your circle sees it",
        "Anna sees it",
        "Ben sees it",
        "Only you see it",
        "Only you see it",
    ]


def test_sharing_with_one_counts_at_once_and_is_undone_by_a_press(senior: User, daughter: User, son: User) -> None:
    client, ben = signed_in(senior), Membership.objects.get(user=son)
    done = client.post(f"/circle/{senior.pk}/share/", {"item": "journal", "with": str(ben.pk), "on": "yes"})
    assert done["Location"] == "/privacy/#journal"
    assert (sees(son, senior, Need.JOURNAL), sees(daughter, senior, Need.JOURNAL)) == (True, False)
    assert "Undo this" in text_of(client.get("/privacy/"))
    assert "Undo this" in text_of(client.get("/privacy/")), "it stays until it is pressed away"
    client.post(f"/circle/{senior.pk}/share/undo/", {"undo": "yes"})
    assert not sees(son, senior, Need.JOURNAL)
    assert "Undo this" not in text_of(client.get("/privacy/"))


def test_the_offer_to_undo_can_be_put_away(senior: User, son: User) -> None:
    client = signed_in(senior)
    client.post(f"/circle/{senior.pk}/share/", {"item": "journal", "on": "yes"})
    client.post(f"/circle/{senior.pk}/share/undo/", {"undo": "no"})
    assert "Undo this" not in text_of(client.get("/privacy/"))
    assert sees(son, senior, Need.JOURNAL)


@pytest.mark.parametrize("form", [{"item": "shoes", "on": "yes"}, {"item": "journal", "on": "perhaps"}, {}])
def test_nonsense_shares_nothing(senior: User, son: User, form: dict[str, str]) -> None:
    signed_in(senior).post(f"/circle/{senior.pk}/share/", form)
    assert not sees(son, senior, Need.JOURNAL)


@pytest.mark.parametrize("who", ["daughter", "son", "stranger"])
def test_nobody_else_shares_for_the_senior(senior: User, who: str, request: pytest.FixtureRequest) -> None:
    by = request.getfixturevalue(who)
    response = signed_in(by).post(f"/circle/{senior.pk}/share/", {"item": "journal", "on": "yes"})
    assert response.status_code == 404
    assert not sees(by, senior, Need.JOURNAL)


def test_who_looked_in_plain_words_and_in_pages(senior: User, daughter: User) -> None:
    actions.set_sharing(senior, senior.pk, Item.MEDICINES, is_on=True)
    with time_machine.travel("2026-03-03 14:12", tick=False) as clock:
        access_senior(daughter, senior.pk, need=Need.MEDICINES)
        assert "looked at your medicines, <time" in text_of(signed_in(senior).get("/privacy/"))
        assert "today at 9:12 a.m." in text_of(signed_in(senior).get("/privacy/"))
        clock.move_to("2026-03-04 15:00")
        assert "yesterday at 9:12 a.m." in text_of(signed_in(senior).get("/privacy/log/"))
        clock.move_to("2026-03-10 15:00")
        assert "Tuesday, 3 March, at 9:12 a.m." in text_of(signed_in(senior).get("/privacy/log/"))


def test_a_long_log_goes_on_over_the_page(senior: User, daughter: User) -> None:
    for hour in range(40):
        with time_machine.travel(f"2026-03-{3 + hour // 20:02d} {hour % 20:02d}:30", tick=False):
            access_senior(daughter, senior.pk, need=Need.ALERTS)
    assert AccessLog.objects.count() == 40
    client = signed_in(senior)
    first = client.get("/privacy/log/")
    assert first.content.decode().count("looked at your") == 30
    older = re.search(r'href="(\?cursor=[^"]+)"', first.content.decode())
    assert older
    assert client.get("/privacy/log/" + older[1]).content.decode().count("looked at your") == 10
    assert client.get("/privacy/log/?cursor=made-up")["Location"] == "/privacy/log/"


def test_nobody_has_looked_yet(senior: User) -> None:
    assert "Nobody has looked at anything of yours yet" in text_of(signed_in(senior).get("/privacy/"))


def test_family_have_a_page_of_their_own_and_no_log(senior: User, daughter: User) -> None:
    client = signed_in(daughter)
    assert "What you look at of somebody you look after is written down" in text_of(client.get("/privacy/"))
    assert client.get("/privacy/log/").status_code == 404


def test_a_senior_in_a_home_decides_for_the_home_too(senior: User, operator: User) -> None:
    house = homes.open_organisation(operator, name="Elm House", lead=operator, time_zone="UTC", country="US")
    unit = homes.add_unit(operator, house.pk, name="Ground floor")
    code = actions.invite(senior, senior.pk, role="facility_staff").code
    admissions.admit_by_code(operator, unit.pk, code)
    client = signed_in(senior)
    client.post(f"/circle/{senior.pk}/share/", {"item": "journal", "with": "home", "on": "yes"})
    assert sees(operator, senior, Need.JOURNAL)
    assert "your home sees it" in text_of(client.get("/privacy/"))
    client.post(f"/circle/{senior.pk}/share/", {"item": "journal", "with": "home", "on": "no"})
    assert not sees(operator, senior, Need.JOURNAL)


def test_the_page_of_one_person(senior: User, daughter: User, son: User) -> None:
    ben = Membership.objects.get(user=son)
    place = f"/circle/{senior.pk}/{ben.pk}/"
    own = text_of(signed_in(senior).get(place))
    assert "Ring Ben" in own
    assert "as number 2 of 2" in own
    assert "Share<span" in own
    managed = text_of(signed_in(daughter).get(place))
    assert "Call earlier" in managed
    assert "Stop sharing" not in managed, "the senior alone decides"
    mine = text_of(signed_in(son).get(place))
    assert "Leave this circle" in mine
    assert "Call earlier" not in mine


def test_the_page_of_one_person_is_not_for_everybody(senior: User, daughter: User, son: User, visitor: User) -> None:
    anna = Membership.objects.get(user=daughter)
    for who in (son, visitor):
        assert signed_in(who).get(f"/circle/{senior.pk}/{anna.pk}/").status_code == 404


def test_pages_press_what_the_actions_do(senior: User, daughter: User, son: User) -> None:
    ben, client = Membership.objects.get(user=son), signed_in(daughter)
    place = f"/circle/{senior.pk}/{ben.pk}"
    client.post(f"{place}/move/", {"to": "earlier"})
    assert [m.user for m in senior.profile.members.all()] == [son, daughter]
    client.post(f"{place}/change/", {"role": "carer", "relation": "nurse"})
    client.post(f"{place}/change/", {"told": "no"})
    ben.refresh_from_db()
    assert (ben.role, ben.relation, ben.receives_alerts) == ("carer", "nurse", False)
    client.post(f"{place}/change/", {"role": "king"})
    client.post(f"{place}/hand-over/")
    ben.refresh_from_db()
    assert ben.role == "primary"
    client.post(f"{place}/remove/")
    assert Membership.objects.filter(pk=ben.pk).exists(), "Anna is no first contact any more"


def test_open_invitations_are_listed_renewed_and_taken_back(senior: User) -> None:
    client = signed_in(senior)
    client.post(f"/circle/{senior.pk}/invite/", {"role": "family", "guest": "Lotte"})
    client.get("/people/")
    page = text_of(client.get("/people/"))
    assert "Lotte" in page
    assert "Good until" in page
    key = Invitation.objects.get().pk
    assert "for Lotte is ready" in text_of(client.post(f"/circle/{senior.pk}/invite/{key}/again/", follow=True))
    client.post(f"/circle/{senior.pk}/invite/{key}/back/")
    assert not Invitation.objects.exists()


def test_an_invitation_says_what_will_be_seen_and_can_be_declined(senior: User, stranger: User) -> None:
    made = actions.invite(senior, senior.pk)
    client = signed_in(stranger)
    page = text_of(client.get(f"/join/{made.token}/"))
    assert page.count("Not shared") == 4
    assert "also sees when you looked" in page
    assert "Thank you for saying so" in text_of(client.post(f"/join/{made.token}/", {"answer": "no"}))
    assert client.get(f"/join/{made.token}/").status_code == 404
    assert "Said no, thank you" in text_of(signed_in(senior).get("/people/"))
    assert not Membership.objects.exists()


@pytest.mark.parametrize("path", ["/people/", "/privacy/", "/privacy/log/", "/profile/", "/reach/", "/account/"])
def test_help_is_at_hand_on_every_page_of_the_senior(senior: User, daughter: User, path: str) -> None:
    page = text_of(signed_in(senior).get(path))
    assert 'id="help-now"' in page
    assert "tel:911" in page
    assert "tel:+12025550123" in page


@pytest.mark.parametrize(
    ("names", "words"),
    [([], ""), (["Anna"], "Anna"), (["Anna", "Ben"], "Anna and Ben"), (["A", "B", "C"], "A, B and C")],
)
def test_names_are_joined_as_people_say_them(names: list[str], words: str) -> None:
    assert wording.names_in_words(names) == words
