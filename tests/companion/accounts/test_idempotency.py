"""A write of the API sent twice is carried out once; ETags spare the second reading."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from companion.accounts import actions
from companion.accounts.models import KeptAnswer, User
from tests.companion.accounts.test_api import Phone, assert_problem

TICKET = ("POST", "/auth/socket-ticket")


@pytest.fixture
def phone(senior: User) -> Phone:
    phone = Phone()
    phone.sign_in()
    return phone


def ask(phone: Phone, key: str, body: Any = None) -> Any:
    return phone.call(*TICKET, body, **{"Idempotency-Key": key})


def test_second_sending_gets_the_first_answer(phone: Phone) -> None:
    first, second, other = ask(phone, "one"), ask(phone, "one"), ask(phone, "two")
    assert first.status_code == second.status_code < 300
    assert first.content == second.content != other.content
    assert (first.has_header("Idempotent-Replayed"), second["Idempotent-Replayed"]) == (False, "true")


def test_key_belongs_to_one_person(phone: Phone, daughter: User) -> None:
    theirs = Phone()
    theirs.sign_in(daughter.username)
    assert ask(phone, "same").content != ask(theirs, "same").content


def test_another_request_under_the_same_key_is_refused(phone: Phone) -> None:
    ask(phone, "one", {})
    assert_problem(ask(phone, "one", {"more": 1}), 422, "key_reused")


def test_request_under_way_is_not_begun_again_until_it_was_cut_off(phone: Phone) -> None:
    ask(phone, "one")
    KeptAnswer.objects.update(status=None)
    assert_problem(ask(phone, "one"), 409, "in_progress")
    KeptAnswer.objects.update(begun_at=timezone.now() - timedelta(minutes=2))
    again = ask(phone, "one")
    assert again.status_code < 300
    assert not again.has_header("Idempotent-Replayed")


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_key_of_no_or_too_great_length_is_refused(phone: Phone, key: str) -> None:
    assert_problem(ask(phone, key), 400, "bad_key")


def test_nothing_is_kept_or_given_without_a_good_token(phone: Phone) -> None:
    ask(phone, "one")
    phone.access = phone.access[:-3] + "abc"
    assert ask(phone, "one").status_code == 401
    assert KeptAnswer.objects.count() == 1


def test_kept_answers_are_not_in_clear_and_are_forgotten(phone: Phone) -> None:
    body = ask(phone, "one").content.decode()
    with_key = KeptAnswer.objects.extra(where=["body LIKE %s"], params=[f"%{body[:20]}%"])
    assert not with_key.exists()
    actions.forget_old_sign_ins(now=timezone.now() + timedelta(hours=73))
    assert not KeptAnswer.objects.exists()


def test_reading_again_what_has_not_changed_brings_no_body(phone: Phone) -> None:
    first = phone.call("GET", "/me")
    again = phone.call("GET", "/me", **{"If-None-Match": first["ETag"]})
    assert first["Cache-Control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")
