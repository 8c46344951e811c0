"""The API's routes of accounts, by HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from companion.accounts import access, actions, limits, tickets, tokens
from companion.accounts.models import AuditLog, RefreshFamily, SignInPass, User
from tests.companion.accounts.conftest import PASSWORD

ONE_TEXT = "Sign in again: the access token is missing, expired or not valid."


class Phone:
    """An app: speaks JSON, keeps no cookies that matter, and CSRF checks are on as in real life."""

    def __init__(self) -> None:
        self.http = Client(enforce_csrf_checks=True)
        self.access = ""
        self.refresh = ""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        if self.access:
            headers.setdefault("Authorization", f"Bearer {self.access}")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.http.generic(method, f"/api/v1{path}", data, content_type="application/json", headers=headers)

    def sign_in(self, username: str = "margaret", password: str = PASSWORD, **more: str) -> Any:
        response = self.call("POST", "/auth/token", {"username": username, "password": password, **more})
        if response.status_code == 200:
            body = response.json()
            self.access, self.refresh = body["access_token"], body["refresh_token"]
        return response


@pytest.fixture
def phone() -> Phone:
    return Phone()


def assert_problem(response: Any, status: int, code: str) -> None:
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert response.json()["code"] == code


@pytest.mark.parametrize("name", ["margaret", "MARGARET", "margaret@example.org", "Margaret@EXAMPLE.org"])
def test_a_name_or_address_and_password_bring_tokens(phone: Phone, senior: User, name: str) -> None:
    response = phone.sign_in(name, device="Kitchen tablet")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert {"token_type": "bearer", "expires_in": 900}.items() <= response.json().items()
    assert phone.call("GET", "/me").json() == {
        "id": str(senior.pk),
        "username": "margaret",
        "full_name": "Margaret Hill",
        "kind": "senior",
        "email": "margaret@example.org",
        "phone": "+14155552671",
        "time_zone": "America/Los_Angeles",
        "language": "en",
        "country": "US",
        "is_verified": False,
    }
    senior.refresh_from_db()
    assert senior.last_login is not None


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("margaret", "wrong"),
        ("nobody", PASSWORD),
        ("nobody@example.org", PASSWORD),
        ("mаrgaret", PASSWORD),  # the second letter is Cyrillic
        ("margaret\x00", PASSWORD),
        ("margaret", PASSWORD.upper()),
        ("margaret", PASSWORD + "\x00"),
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(phone: Phone, senior: User, name: str, password: str) -> None:
    response = phone.sign_in(name, password)
    assert_problem(response, 401, "wrong_password")
    assert response.json()["detail"] == "The name or the password is not right."
    assert not RefreshFamily.objects.exists()


def test_closed_and_inactive_people_get_the_same_answer(phone: Phone, senior: User, daughter: User) -> None:
    actions.close_account(senior, by=senior)
    User.objects.filter(pk=daughter.pk).update(is_active=False)
    assert_problem(phone.sign_in("margaret"), 401, "wrong_password")
    assert_problem(phone.sign_in("anna"), 401, "wrong_password")


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b'{"username": 1, "password": 2}',
        b'{"username": "margaret"}',
        b'{"username": "", "password": "x"}',
        b'{"username": "margaret", "password": "x", "is_staff": true}',
        b'{"username": "\\ud800", "password": "x"}',
        b'{"username": "margaret", "password": "' + b"x" * 129 + b'"}',
        b'{"username": "' + b"x" * 255 + b'", "password": "x"}',
        b'{"username": NaN, "password": "x"}',
        b"[" * 1000,
    ],
)
def test_bodies_that_cannot_be_used_are_refused(phone: Phone, senior: User, body: bytes) -> None:
    response = phone.call("POST", "/auth/token", body)
    assert response.status_code in {400, 422}
    assert response["Content-Type"] == "application/problem+json"
    assert b"xxxxx" not in response.content


def test_a_password_of_128_signs_works_whole(phone: Phone, senior: User) -> None:
    long = "pa ss" * 25 + "end"
    actions.change_password(senior, long)
    assert len(long) == 128
    assert phone.sign_in(password=long).status_code == 200
    assert Phone().sign_in(password=long[:-1]).status_code == 401


def test_five_wrong_passwords_lock_the_name_for_that_address_only(phone: Phone, senior: User, daughter: User) -> None:
    codes = [phone.sign_in(password=f"wrong {n}").status_code for n in range(6)]
    assert codes == [401, 401, 401, 401, 429, 429]
    locked = phone.sign_in()
    assert_problem(locked, 429, "too_many_tries")
    assert 800 < int(locked["Retry-After"]) <= 900
    assert phone.sign_in("anna").status_code == 200
    elsewhere = {"username": "margaret", "password": PASSWORD}
    response = Client(REMOTE_ADDR="203.0.113.50").post("/api/v1/auth/token", elsewhere, content_type="application/json")
    assert response.status_code == 200


def test_failures_are_kept_without_the_name(phone: Phone, senior: User) -> None:
    phone.sign_in("margaret@example.org", "wrong")
    attempt = AccessAttempt.objects.get()
    assert "margaret" not in " ".join(str(getattr(attempt, field.name)) for field in AccessAttempt._meta.fields)
    phone.sign_in("margaret@example.org")
    assert not AccessAttempt.objects.exists(), "a right password forgets the failures"


def test_guessing_from_many_addresses_is_slowed_by_name(senior: User) -> None:
    codes = []
    for n in range(32):
        body = {"username": "margaret", "password": "wrong"}
        http = Client(REMOTE_ADDR=f"203.0.113.{n}")
        codes.append(http.post("/api/v1/auth/token", body, content_type="application/json").status_code)
    assert codes == [401] * 30 + [429] * 2


def test_tokens_rotate_over_http_and_a_replay_ends_the_sign_in(phone: Phone, senior: User) -> None:
    phone.sign_in()
    first = phone.refresh
    response = phone.call("POST", "/auth/refresh", {"refresh_token": first}, **{"User-Agent": "Lilo"})
    second = response.json()
    assert response["Cache-Control"] == "no-store"
    phone.access = second["access_token"]
    assert phone.call("GET", "/me").status_code == 200
    replay = phone.call("POST", "/auth/refresh", {"refresh_token": first}, **{"User-Agent": "curl"})
    assert_problem(replay, 401, "sign_in_ended")
    last = phone.call("POST", "/auth/refresh", {"refresh_token": second["refresh_token"]}, **{"User-Agent": "Lilo"})
    assert last.json()["detail"] == replay.json()["detail"]
    assert_problem(phone.call("GET", "/me"), 401, "not_signed_in")


def test_signing_out_ends_access_at_once(phone: Phone, senior: User) -> None:
    phone.sign_in()
    assert phone.call("POST", "/auth/revoke", {"refresh_token": phone.refresh}).status_code == 204
    assert_problem(phone.call("GET", "/me"), 401, "not_signed_in")
    assert_problem(phone.call("POST", "/auth/refresh", {"refresh_token": phone.refresh}), 401, "sign_in_ended")
    assert phone.call("POST", "/auth/revoke", {"refresh_token": "unknown"}).status_code == 204


def _new_password(user: User) -> None:
    actions.change_password(user, "another quiet heron")


def _inactive(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _closed(user: User) -> None:
    actions.close_account(user, by=user)


@pytest.mark.parametrize("change", [_new_password, _inactive, _closed, actions.sign_out_everywhere])
def test_an_access_token_ends_with_what_it_stands_on(
    phone: Phone, senior: User, change: Callable[[User], None]
) -> None:
    phone.sign_in()
    change(senior)
    response = phone.call("GET", "/me")
    assert_problem(response, 401, "not_signed_in")
    assert response.json()["detail"] == ONE_TEXT


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer x.y.z", "Basic bWFyZ2FyZXQ6eA==", "Bearer " + "x" * 65_536, "Bearer é"]
)
def test_without_a_good_token_the_answer_is_one_text(phone: Phone, senior: User, header: str) -> None:
    response = phone.call("GET", "/me", Authorization=header)
    assert_problem(response, 401, "not_signed_in")
    assert (response.json()["detail"], response["WWW-Authenticate"]) == (ONE_TEXT, "Bearer")


def test_a_refresh_token_or_session_is_no_access_token(phone: Phone, senior: User) -> None:
    phone.sign_in()
    assert phone.call("GET", "/me", Authorization=f"Bearer {phone.refresh}").status_code == 401
    phone.http.force_login(senior)
    assert phone.call("GET", "/me", Authorization="").status_code == 401


def test_a_token_for_a_sign_in_of_another_is_refused(phone: Phone, senior: User, daughter: User) -> None:
    phone.sign_in()
    forged = tokens.issue(daughter, RefreshFamily.objects.get().pk)
    assert phone.call("GET", "/me", Authorization=f"Bearer {forged}").status_code == 401


def test_a_person_lists_and_ends_their_own_sign_ins_only(phone: Phone, senior: User, daughter: User) -> None:
    phone.sign_in(device="Kitchen tablet")
    other = Phone()
    other.sign_in("anna", device="Anna's phone")
    listed = phone.call("GET", "/auth/sessions").json()
    assert [row["device"] for row in listed] == ["Kitchen tablet"]
    mine = listed[0]["id"]
    refused, absent = other.call("DELETE", f"/auth/sessions/{mine}"), other.call("DELETE", f"/auth/sessions/{uuid4()}")
    assert_problem(refused, 404, "not_found")
    assert {**refused.json(), "trace_id": ""} == {**absent.json(), "trace_id": ""}
    assert phone.call("DELETE", f"/auth/sessions/{mine}").status_code == 204
    assert phone.call("GET", "/auth/sessions").status_code == 401
    assert AuditLog.objects.filter(action="sign_in.revoked", subject_id=senior.pk, actor_id=senior.pk).count() == 1


@pytest.mark.parametrize("bad", ["1", "../me", "00000000-0000-0000-0000-00000000000g"])
def test_malformed_ids_are_not_found(phone: Phone, senior: User, bad: str) -> None:
    phone.sign_in()
    assert phone.call("DELETE", f"/auth/sessions/{bad}").status_code in {404, 405}
    assert RefreshFamily.objects.filter(revoked_at=None).count() == 1


def test_a_socket_ticket_works_once_for_its_user(phone: Phone, senior: User) -> None:
    phone.sign_in()
    response = phone.call("POST", "/auth/socket-ticket")
    ticket = response.json()["ticket"]
    assert (response.json()["expires_in"], response["Cache-Control"]) == (30, "no-store")
    assert tickets.redeem_ticket(ticket) == senior.pk
    assert tickets.redeem_ticket(ticket) is None
    assert tickets.redeem_ticket("guess\ud800") is None


def test_the_circle_may_permit_a_code_that_lets_the_senior_in(
    phone: Phone, senior: User, daughter: User, stranger: User
) -> None:
    phone.sign_in("anna")
    body = {"senior_id": str(senior.pk)}
    refused = phone.call("POST", "/auth/sign-in-code", body)
    absent = phone.call("POST", "/auth/sign-in-code", {"senior_id": str(uuid4())})
    assert_problem(refused, 404, "not_found")
    assert {**refused.json(), "trace_id": ""} == {**absent.json(), "trace_id": ""}
    assert not SignInPass.objects.exists()

    access.permit_hand_over(lambda who, by: who == senior and by == daughter)
    code = phone.call("POST", "/auth/sign-in-code", body).json()
    assert code["expires_in"] == 900
    tablet = Phone()
    entered = tablet.call("POST", "/auth/sign-in-code/redeem", {"code": code["code"].lower().replace("-", " ")})
    assert entered.status_code == 200
    tablet.access = entered.json()["access_token"]
    assert tablet.call("GET", "/me").json()["username"] == "margaret"
    again = Phone().call("POST", "/auth/sign-in-code/redeem", {"code": code["code"]})
    assert_problem(again, 401, "wrong_code")


def test_codes_cannot_be_guessed_for_long(senior: User) -> None:
    codes = [
        Phone().call("POST", "/auth/sign-in-code/redeem", {"code": f"ACDE-{n:04}"}).status_code
        for n in range(3333, 3345)
    ]
    assert codes == [401] * 10 + [429] * 2


def test_too_many_refreshes_have_to_wait(senior: User, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 1000.0))  # however slow the machine is
    responses = [phone.call("POST", "/auth/refresh", {"refresh_token": "guess"}) for _ in range(62)]
    assert [response.status_code for response in responses][-2:] == [429, 429]
    assert responses[-1]["Retry-After"] == "1"
    assert_problem(phone.call("POST", "/auth/revoke", {"refresh_token": "guess"}), 429, "too_many_tries")


def test_a_sign_in_page_session_changes_nothing_without_its_token(senior: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(senior)
    for name in ("end-all-sign-ins", "show-code", "sign-out"):
        assert browser.post(reverse(name)).status_code == 403
    assert not SignInPass.objects.exists()


def test_without_the_cache_there_are_no_tickets_but_sign_in_goes_on(
    phone: Phone, senior: User, settings: Settings
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
            "OPTIONS": {"socket_connect_timeout": 0.2},
        }
    }
    assert phone.sign_in().status_code == 200
    response = phone.call("POST", "/auth/socket-ticket")
    assert_problem(response, 503, "no_tickets")
    assert response["Retry-After"] == "10"


def test_nobody_asks_for_codes_without_end(phone: Phone, senior: User) -> None:
    phone.sign_in()
    codes = [phone.call("POST", "/auth/sign-in-code", {"senior_id": str(senior.pk)}).status_code for _ in range(21)]
    assert codes == [200] * 20 + [429]


def test_the_description_lists_every_route_with_its_door() -> None:
    """A route without a bearer token is a decision, so it stands here."""
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    doors = {
        f"{method.upper()} {path.removeprefix('/api/v1')}": bool(operation.get("security"))
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "account" in operation["tags"]
    }
    assert doors == {
        "POST /auth/token": False,
        "POST /auth/sign-in-code/redeem": False,
        "POST /auth/refresh": False,
        "POST /auth/revoke": False,
        "GET /auth/sessions": True,
        "DELETE /auth/sessions/{sign_in_id}": True,
        "POST /auth/socket-ticket": True,
        "POST /auth/sign-in-code": True,
        "GET /me": True,
    }
