"""Coming in by a code or a link, by HTTP."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from companion.accounts import actions
from companion.accounts.models import SignInPass, User
from tests.companion.accounts.pages import signed_in_as


def test_a_code_lets_a_senior_in_once(client: Client, senior: User) -> None:
    code = actions.issue_sign_in_code(senior, senior)
    assert re.fullmatch(r"[ACDEFHJKLMNPRTWXY3479]{4}-[ACDEFHJKLMNPRTWXY3479]{4}", code)
    typed = {"code": f" {code.lower().replace('-', '  ')} "}
    assert client.post(reverse("sign-in-code"), typed)["Location"] == "/"
    assert signed_in_as(client) == "margaret"
    other = Client()
    assert "This code does not work" in other.post(reverse("sign-in-code"), typed).content.decode()
    assert signed_in_as(other) == ""


def test_codes_have_few_tries(client: Client, senior: User) -> None:
    code = actions.issue_sign_in_code(senior, senior)
    for _ in range(10):
        client.post(reverse("sign-in-code"), {"code": "ACDE-3333"})
    page = client.post(reverse("sign-in-code"), {"code": code})
    assert page.status_code == 429
    assert signed_in_as(client) == ""
    assert SignInPass.objects.get().used_at is None


def test_a_link_is_used_by_its_button_only(client: Client, senior: User) -> None:
    url = reverse("sign-in-link", args=[actions.issue_sign_in_link(senior, senior)])
    for _ in range(3):  # a mail scanner looks
        assert client.get(url).status_code == 200
        assert client.head(url).status_code == 200
    assert signed_in_as(client) == ""
    assert client.post(url)["Location"] == "/"
    assert signed_in_as(client) == "margaret"
    assert client.session.get_expiry_age() == pytest.approx(180 * 86_400, abs=60)
    assert Client().post(url).status_code == 410


def test_a_guessed_link_is_over_and_soon_has_to_wait(client: Client, senior: User) -> None:
    codes = [client.post(reverse("sign-in-link", args=[f"guess{n}"])).status_code for n in range(11)]
    assert codes == [410] * 10 + [429]


def test_a_link_changes_who_is_signed_in(client: Client, senior: User, daughter: User) -> None:
    client.force_login(daughter)
    client.post(reverse("sign-in-link", args=[actions.issue_sign_in_link(senior, senior)]))
    assert signed_in_as(client) == "margaret"
