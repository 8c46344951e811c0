"""Signing in and out, by HTTP."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from django.test import AsyncClient, Client
from django.urls import reverse

from companion.accounts import actions
from companion.accounts.models import User
from tests.companion.accounts.pages import sign_in, signed_in_as


@pytest.mark.parametrize(("who", "days", "page"), [("margaret", 180, "/"), ("anna", 0.5, "/family/")])
def test_people_begin_where_they_belong_and_seniors_stay(
    client: Client, senior: User, daughter: User, who: str, days: float, page: str
) -> None:
    response = sign_in(client, who)
    assert (response.status_code, response["Location"]) == (302, page)
    assert signed_in_as(client) == who
    assert client.session.get_expiry_age() == pytest.approx(days * 86_400, abs=60)


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/account/", "/account/"),
        ("https://evil.test/", "/"),
        ("//evil.test/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\evil.test", "/"),
    ],
)
def test_only_our_own_pages_are_next(client: Client, senior: User, wanted: str, reached: str) -> None:
    assert sign_in(client, next=wanted)["Location"] == reached


def test_the_page_one_came_for_is_kept_through_the_form(client: Client, senior: User) -> None:
    page = client.get(client.get(reverse("account"))["Location"])
    assert 'name="next" value="/account/"' in page.content.decode()


def test_an_unknown_name_and_a_wrong_password_look_the_same(client: Client, senior: User) -> None:
    pages = [sign_in(client, name, "wrong").content.decode() for name in ("margaret", "nobody12")]
    assert "The name or the password is not right" in pages[0]
    assert re.sub(r'value="[^"]*"', "", pages[0]) == re.sub(r'value="[^"]*"', "", pages[1])
    assert signed_in_as(client) == ""


def test_a_password_beyond_128_signs_is_refused_kindly(client: Client, senior: User) -> None:
    page = sign_in(client, password="x" * 4096).content.decode()
    assert "at most 128 characters" in page
    assert "maxlength" not in re.search(r'<input type="password"[^>]*>', page).group()  # type: ignore[union-attr]


def test_the_wait_is_told_and_does_not_grow(client: Client, senior: User) -> None:
    for _ in range(5):
        page = sign_in(client, password="wrong")
    assert page.status_code == 429
    first = int(page["Retry-After"])
    assert "please wait 15 minutes" in page.content.decode()
    again = sign_in(client)
    assert again.status_code == 429
    assert int(again["Retry-After"]) <= first
    assert signed_in_as(client) == ""


@pytest.mark.django_db(transaction=True)
async def test_the_lock_holds_under_asgi_too(async_client: AsyncClient) -> None:
    form = {"username": "nobody12", "password": "wrong"}
    for path in ("/sign-in/", "/api/v1/auth/token"):
        sent: dict[str, Any] = {"content_type": "application/json"} if path.startswith("/api/") else {}
        responses = [await async_client.post(path, form, **sent) for _ in range(6)]
        assert responses[-1].status_code == 429
        assert int(responses[-1]["Retry-After"]) > 800
    assert responses[-1]["Content-Type"] == "application/problem+json"


def test_a_guesser_never_locks_a_senior_out_of_a_code(client: Client, senior: User) -> None:
    for _ in range(6):
        sign_in(client, password="wrong")
    client.post(reverse("sign-in-code"), {"code": actions.issue_sign_in_code(senior, senior)})
    assert signed_in_as(client) == "margaret"


def test_too_many_names_from_one_address_have_to_wait(client: Client, senior: User) -> None:
    codes = [sign_in(client, f"nobody{n}", "wrong").status_code for n in range(36)]
    assert codes[:30] == [200] * 30
    assert 429 in codes[30:]


def test_signing_out_is_a_press_not_a_link(client: Client, senior: User) -> None:
    client.force_login(senior)
    assert client.get(reverse("sign-out")).status_code == 405
    assert signed_in_as(client) == "margaret"
    client.post(reverse("sign-out"))
    assert signed_in_as(client) == ""


def test_who_is_signed_in_needs_no_sign_in_page(client: Client, senior: User) -> None:
    client.force_login(senior)
    assert client.get(reverse("sign-in"))["Location"] == "/"


def test_a_seniors_session_grows_by_use(client: Client, senior: User) -> None:
    with time_machine.travel("2026-03-01 09:00", tick=False) as traveller:
        sign_in(client)
        for day in ("2026-07-01 09:00", "2026-11-01 09:00", "2027-03-01 09:00"):  # each within half a year of the last
            traveller.move_to(day)
            assert client.get(reverse("account")).status_code == 200
        traveller.move_to("2027-09-30 09:00")
        assert client.get(reverse("account"))["Location"].startswith("/sign-in/")


def test_a_session_is_stored_anew_once_a_day_only(client: Client, senior: User) -> None:
    with time_machine.travel("2026-03-01 09:00", tick=False) as traveller:
        sign_in(client)
        assert "lilo-session" not in client.get(reverse("account")).cookies
        traveller.move_to("2026-03-02 09:00")
        assert "lilo-session" in client.get(reverse("account")).cookies
        assert "lilo-session" not in client.get(reverse("account")).cookies


def test_a_short_session_stays_short(client: Client, daughter: User) -> None:
    with time_machine.travel("2026-03-01 09:00", tick=False) as traveller:
        sign_in(client, "anna")
        traveller.move_to("2026-03-01 20:00")
        assert client.get(reverse("account")).status_code == 200
        traveller.move_to("2026-03-01 22:00")
        assert client.get(reverse("account")).status_code == 302
