"""Refresh tokens: each works once, and a copied one ends its sign-in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from companion.accounts import actions, sign_ins
from companion.accounts.clients import Client
from companion.accounts.models import AuditLog, RefreshFamily, RefreshToken, User
from companion.accounts.sign_ins import SignInEndedError
from tests.companion.accounts.conftest import PHONE, THIEF

NOW = timezone.now()


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_tokens_are_kept_as_digests_only(senior: User) -> None:
    pair = sign_ins.begin(senior, PHONE, device="Kitchen tablet\x00\n", now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_refreshtoken")
        assert pair.refresh not in str(cursor.fetchall())
    assert RefreshFamily.objects.get().device == "Kitchen tablet"
    assert len(pair.refresh) == 43


def test_each_token_brings_the_next(senior: User) -> None:
    first = sign_ins.begin(senior, PHONE, now=NOW)
    second = sign_ins.refresh(first.refresh, PHONE, now=later(60))
    third = sign_ins.refresh(second.refresh, PHONE, now=later(120))
    assert len({first.refresh, second.refresh, third.refresh}) == 3
    assert RefreshFamily.objects.get().last_used_at == later(120)


def test_the_same_client_gets_the_same_successor_within_the_grace(senior: User) -> None:
    first = sign_ins.begin(senior, PHONE, now=NOW)
    second = sign_ins.refresh(first.refresh, PHONE, now=later(60))
    again = sign_ins.refresh(first.refresh, PHONE, now=later(70))
    assert again.refresh == second.refresh
    assert RefreshToken.objects.count() == 2
    assert sign_ins.refresh(second.refresh, PHONE, now=later(71)).refresh != second.refresh


@pytest.mark.parametrize(("client", "seconds"), [(PHONE, 10.5), (THIEF, 1)], ids=["too late", "another client"])
def test_a_token_used_twice_ends_its_sign_in(senior: User, client: Client, seconds: float) -> None:
    first = sign_ins.begin(senior, PHONE, now=NOW)
    second = sign_ins.refresh(first.refresh, PHONE, now=NOW)
    with pytest.raises(SignInEndedError):
        sign_ins.refresh(first.refresh, client, now=later(seconds))
    with pytest.raises(SignInEndedError):
        sign_ins.refresh(second.refresh, PHONE, now=later(seconds + 1))
    family = RefreshFamily.objects.get()
    assert (family.revoked_because, family.revoked_at) == ("reused", later(seconds))
    row = AuditLog.objects.get(action="sign_in.revoked")
    assert (row.actor_id, row.subject_id, row.details) == (None, senior.pk, {"because": "reused"})


def test_reuse_leaves_other_sign_ins_alone(senior: User) -> None:
    tablet = sign_ins.begin(senior, PHONE, now=NOW)
    stolen = sign_ins.begin(senior, PHONE, now=NOW)
    sign_ins.refresh(stolen.refresh, THIEF, now=later(1))
    with pytest.raises(SignInEndedError):
        sign_ins.refresh(stolen.refresh, PHONE, now=later(2))
    assert sign_ins.refresh(tablet.refresh, PHONE, now=later(3)).access


@pytest.mark.parametrize("token", ["", "unknown", "x" * 10_000, "\x00", "\ud800"])
def test_unknown_tokens_are_refused(senior: User, token: str) -> None:
    with pytest.raises(SignInEndedError):
        sign_ins.refresh(token, PHONE)
    sign_ins.end_by_token(token)


def _signs_out(user: User, token: str) -> None:
    sign_ins.end_by_token(token)


def _is_locked(user: User, token: str) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _closes(user: User, token: str) -> None:
    actions.close_account(user, by=user)


def _changes_password(user: User, token: str) -> None:
    actions.change_password(user, "another quiet heron")


@pytest.mark.parametrize("ending", [_signs_out, _is_locked, _closes, _changes_password])
def test_a_sign_in_ends_with_what_it_stands_on(senior: User, ending: Callable[[User, str], None]) -> None:
    pair = sign_ins.begin(senior, PHONE)
    ending(senior, pair.refresh)
    with pytest.raises(SignInEndedError):
        sign_ins.refresh(pair.refresh, PHONE)


def test_tokens_live_30_days_and_sign_ins_180(senior: User) -> None:
    pair, now = sign_ins.begin(senior, PHONE, now=NOW), NOW
    with pytest.raises(SignInEndedError):
        sign_ins.refresh(pair.refresh, PHONE, now=NOW + timedelta(days=30))
    for _ in range(6):
        now += timedelta(days=29, hours=20)
        pair = sign_ins.refresh(pair.refresh, PHONE, now=now)
    with pytest.raises(SignInEndedError):
        sign_ins.refresh(pair.refresh, PHONE, now=NOW + timedelta(days=180))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_the_same_successor(senior: User) -> None:
    pair, results = sign_ins.begin(senior, PHONE), []

    def use() -> None:
        try:
            results.append(sign_ins.refresh(pair.refresh, PHONE).refresh)
        finally:
            connection.close()

    threads = [Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert len(set(results)) == 1
    assert RefreshToken.objects.count() == 2


def test_what_ended_a_month_ago_is_forgotten(senior: User) -> None:
    old = sign_ins.begin(senior, PHONE, now=NOW - timedelta(days=40))
    sign_ins.end_by_token(old.refresh)
    RefreshFamily.objects.update(revoked_at=NOW - timedelta(days=31))
    kept = sign_ins.begin(senior, PHONE, now=NOW)
    for days in (-1, 1):
        Session.objects.create(session_key=f"key{days}", expire_date=NOW + timedelta(days=days))
    actions.forget_old_sign_ins()
    assert RefreshFamily.objects.count() == RefreshToken.objects.count() == 1
    assert [session.session_key for session in Session.objects.all()] == ["key1"]
    assert sign_ins.refresh(kept.refresh, PHONE).access


class FamilyMachine(RuleBasedStateMachine):
    """A person and a thief use tokens of one sign-in in any order: at most one of them can go on."""

    def __init__(self) -> None:
        super().__init__()
        user = User.objects.create_user(f"person{User.everyone.count()}x")
        self.now = NOW
        first = sign_ins.begin(user, PHONE, now=self.now).refresh
        self.chain = [first]
        self.used_at: dict[str, datetime] = {}
        self.used_by: dict[str, Client] = {}
        self.has_ended = False

    @rule(which=st.integers(0, 5), is_thief=st.booleans(), pause=st.sampled_from([0, 3, 11]))
    def use(self, which: int, is_thief: bool, pause: int) -> None:
        self.now += timedelta(seconds=pause)
        token, client = self.chain[-1 - which % len(self.chain)], THIEF if is_thief else PHONE
        is_fresh = token not in self.used_at
        in_grace = not is_fresh and self.now - self.used_at[token] <= sign_ins.GRACE and self.used_by[token] == client
        expected = not self.has_ended and (is_fresh or in_grace)
        try:
            successor = sign_ins.refresh(token, client, now=self.now).refresh
        except SignInEndedError:
            assert not expected, "a good token was refused"
            self.has_ended = True
            return
        assert expected, "a used token was accepted"
        if is_fresh:
            self.used_at[token], self.used_by[token] = self.now, client
            self.chain.append(successor)
        assert successor == self.chain[self.chain.index(token) + 1]

    @invariant()
    def stored_as_expected(self) -> None:
        family = RefreshFamily.objects.latest("created_at")
        assert (family.revoked_at is not None) == self.has_ended
        assert family.tokens.count() == len(self.chain)


class TestFamilies(FamilyMachine.TestCase, TestCase):  # type: ignore[misc, valid-type]
    """Run in transactions that are rolled back."""

    settings = hypothesis_settings(  # type: ignore[assignment]
        max_examples=25, stateful_step_count=12, deadline=None
    )
