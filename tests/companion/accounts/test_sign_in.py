"""Passwords and the clients they come from."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.http import HttpRequest
from pytest_django.fixtures import Settings

from companion.accounts import clients, rules, tasks
from companion.accounts.models import User
from tests.companion.accounts.conftest import PASSWORD

NOWHERE = str(IPv4Address(0))


@pytest.mark.parametrize("name", ["margaret", "nobody12", "nobody@example.org", "not a name", "маргарет"])
def test_every_name_costs_one_hash(
    senior: User, a_request: Callable[..., HttpRequest], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """An answer that comes sooner for an unknown name would tell which names exist."""
    hashed: list[str] = []
    for work in ("encode", "verify"):
        monkeypatch.setattr(Argon2PasswordHasher, work, _counted(getattr(Argon2PasswordHasher, work), hashed))
    assert authenticate(a_request(), username=name, password="wrong") is None
    assert len(hashed) == 1


def _counted(real: Callable[..., object], calls: list[str]) -> Callable[..., object]:
    def call(*args: object, **options: object) -> object:
        calls.append(real.__name__)
        return real(*args, **options)

    return call


def test_a_password_is_stored_as_argon2id_of_19_mib(senior: User) -> None:
    assert senior.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_hashes_with_other_figures_still_verify_and_are_renewed(
    senior: User, a_request: Callable[..., HttpRequest]
) -> None:
    heavy = Argon2PasswordHasher()
    senior.password = heavy.encode(PASSWORD, heavy.salt())
    senior.save(update_fields=["password"])
    assert authenticate(a_request(), username="margaret", password=PASSWORD) == senior
    senior.refresh_from_db()
    assert "m=19456," in senior.password


def test_composed_and_decomposed_names_are_one_but_passwords_stay_as_typed(
    senior: User, a_request: Callable[..., HttpRequest]
) -> None:
    assert authenticate(a_request(), username="ｍａｒｇａｒｅｔ", password=PASSWORD) == senior
    assert authenticate(a_request(), username="margaret", password="ｓｅｖｅｎ quiet herons") is None


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "address"),
    [
        (None, "203.0.113.7", "", "203.0.113.7"),
        (None, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        (1, "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "10.0.0.1", "198.51.100.1", "10.0.0.1"),
        (1, "10.0.0.1", "not an address", NOWHERE),
        (None, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (None, "::ffff:203.0.113.7", "", "203.0.113.7"),
        (None, "", "", NOWHERE),
    ],
)
def test_the_address_is_what_trusted_proxies_vouch_for(
    settings: Settings,
    a_request: Callable[..., HttpRequest],
    proxies: int | None,
    remote: str,
    forwarded: str,
    address: str,
) -> None:
    settings.AXES_IPWARE_PROXY_COUNT = proxies
    assert clients.address_of(a_request(REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)) == address


def test_a_client_is_told_apart_by_address_and_program(a_request: Callable[..., HttpRequest]) -> None:
    one = clients.client_of(a_request(HTTP_USER_AGENT="Lilo\x0b" + "x" * 500))
    assert one.agent == "Lilo" + "x" * 196
    others = [a_request(HTTP_USER_AGENT="Lilo"), a_request(HTTP_USER_AGENT="Lilo", REMOTE_ADDR="203.0.113.7")]
    assert len({one.fingerprint, *(clients.client_of(request).fingerprint for request in others)}) == 3
    assert "127.0.0.1" not in one.fingerprint


@pytest.mark.parametrize("text", ["", "  "])
def test_no_phone_number_is_none(text: str) -> None:
    assert rules.normal_phone(text, "US") == ""


def test_the_length_rule_can_be_told() -> None:
    assert "128" in rules.LongestPasswordValidator().get_help_text()


def test_mails_to_people_who_are_gone_are_not_sent(senior: User, mailoutbox: list[object]) -> None:
    user_id = str(senior.pk)
    senior.is_verified = True
    senior.save(update_fields=["is_verified"])
    tasks.mail_verification(user_id, "http://testserver")
    User.objects.filter(pk=user_id).update(is_active=False)
    tasks.mail_reset(user_id, "http://testserver")
    tasks.forget_old_sign_ins()
    assert mailoutbox == []
