"""Opening an account and verifying its address, by HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from companion.accounts import actions
from companion.accounts.models import AuditLog, Kind, User
from tests.companion.accounts.pages import SIGN_UP, link_in, sign_in, signed_in_as


def test_a_senior_signs_up_without_mail(client: Client, db: None) -> None:
    assert client.get(reverse("sign-up")).status_code == 200
    assert client.post(reverse("sign-up"), SIGN_UP)["Location"] == "/"
    george = User.objects.get()
    assert (george.username, george.kind, george.country, george.time_zone) == (
        "george",
        Kind.SENIOR,
        "GB",
        "Europe/London",
    )
    assert not george.is_staff
    assert signed_in_as(client) == "george"
    assert sign_in(Client(), "george").status_code == 302


def test_family_signs_up_and_verifies_by_a_button(client: Client, db: None, mails_leave: Callable[..., Any]) -> None:
    with mails_leave():
        client.post(reverse("sign-up"), {**SIGN_UP, "kind": "family", "email": "George@example.org"})
    (message,) = mail.outbox
    assert message.to == ["george@example.org"]
    url = link_in(message)
    assert client.get(url).status_code == 200
    assert not User.objects.get().is_verified
    assert "Thank you" in client.post(url).content.decode()
    assert User.objects.get().is_verified
    assert AuditLog.objects.filter(action="email.verified").count() == 1
    client.post(url)
    assert AuditLog.objects.filter(action="email.verified").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("kind", "", "choose one"),
        ("kind", "staff", "from the list"),
        ("kind", "curator", "from the list"),
        ("full_name", "", "Please fill this in"),
        ("email", "nobody", "Please check this e-mail"),
        ("email", "Margaret@example.org", "already uses this e-mail"),
        ("username", "MARGARET", "already uses this name"),
        ("username", "g b", "letters or digits"),
        ("username", "x" * 41, "at most 40"),
        ("password", "short", "too short"),
        ("password", "x" * 129, "at most 128"),
        ("password", "george bell", "too similar"),
        ("country", "Atlantis", "from the list"),
        ("time_zone", "../../etc/passwd", "from the list"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field(
    client: Client, senior: User, field: str, value: str, words: str
) -> None:
    page = client.post(reverse("sign-up"), {**SIGN_UP, field: value})
    assert page.status_code == 422
    assert words in " ".join(page.context["form"].errors[field])
    assert 'aria-invalid="true"' in page.content.decode()
    assert User.objects.count() == 1


def test_family_needs_an_address(client: Client, db: None) -> None:
    page = client.post(reverse("sign-up"), {**SIGN_UP, "kind": "family"})
    assert "Please give your e-mail address" in page.content.decode()


def test_signing_up_gives_no_rights(client: Client, db: None) -> None:
    client.post(reverse("sign-up"), {**SIGN_UP, "is_staff": "on", "is_superuser": "on", "is_verified": "on"})
    george = User.objects.get()
    assert (george.is_staff, george.is_superuser, george.is_verified) == (False, False, False)


def test_asking_which_addresses_are_known_is_limited(client: Client, senior: User) -> None:
    asked = {**SIGN_UP, "email": "margaret@example.org"}
    codes = [Client().post(reverse("sign-up"), asked).status_code for _ in range(21)]
    assert codes == [422] * 20 + [429]


def test_all_that_is_wrong_is_said_at_once(client: Client, db: None) -> None:
    page = client.post(reverse("sign-up"), {**SIGN_UP, "kind": "family", "password": "short", "full_name": ""})
    assert set(page.context["form"].errors) == {"email", "password", "full_name"}


@pytest.mark.parametrize("token", ["guess", "a:b:c", "x" * 300])
def test_a_wrong_verification_link_is_over(client: Client, db: None, token: str) -> None:
    assert client.get(reverse("verify-email", args=[token])).status_code == 410


def test_a_verification_link_ends_with_the_address(client: Client, senior: User) -> None:
    token = actions.verification_token(senior)
    senior.email = "other@example.org"
    senior.save(update_fields=["email"])
    assert client.post(reverse("verify-email", args=[token])).status_code == 410
    senior.refresh_from_db()
    assert not senior.is_verified
