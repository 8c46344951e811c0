"""Who may hand over a way to sign in, how long it lasts, and what closing an account does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from companion.accounts import access, actions, passes
from companion.accounts.models import AuditLog, Kind, SignInPass, User

CODE, LINK = SignInPass.Form.CODE, SignInPass.Form.LINK


@pytest.fixture
def facility_staff(db: None) -> User:
    return actions.create_user(username="nurse", full_name="Nia Nurse", kind=Kind.STAFF)


@pytest.fixture
def curator(db: None) -> User:
    return actions.create_user(username="curator", full_name="Cora Curator", kind=Kind.CURATOR, is_staff=True)


def test_the_senior_and_operators_may_hand_over(senior: User, operator: User) -> None:
    for by in (senior, operator):
        code = actions.issue_sign_in_code(senior, by)
        assert actions.redeem_pass(CODE, code) == senior
        row = AuditLog.objects.filter(action="sign_in_pass.issued").latest("at")
        assert (row.actor_id, row.subject_id, row.details) == (by.pk, senior.pk, {"form": "code"})


@pytest.mark.parametrize("who", ["daughter", "stranger", "facility_staff", "curator"])
def test_others_may_not_unless_the_circle_says_so(senior: User, who: str, request: pytest.FixtureRequest) -> None:
    by: User = request.getfixturevalue(who)
    for issue in (actions.issue_sign_in_code, actions.issue_sign_in_link):
        with pytest.raises(PermissionDenied):
            issue(senior, by)
    assert not SignInPass.objects.exists()
    assert not AuditLog.objects.filter(action="sign_in_pass.issued").exists()
    access.permit_hand_over(lambda whose, asked: (whose, asked) == (senior, by))
    assert actions.redeem_pass(LINK, actions.issue_sign_in_link(senior, by)) == senior


def test_only_seniors_come_in_by_code(operator: User, daughter: User) -> None:
    with pytest.raises(PermissionDenied):
        actions.issue_sign_in_code(daughter, operator)
    with pytest.raises(PermissionDenied):
        actions.issue_sign_in_code(operator, operator)


@pytest.mark.parametrize(("form", "life"), [(CODE, timedelta(minutes=15)), (LINK, timedelta(hours=24))])
def test_codes_and_links_end_in_time(senior: User, form: SignInPass.Form, life: timedelta) -> None:
    secret = {CODE: actions.issue_sign_in_code, LINK: actions.issue_sign_in_link}[form](senior, senior)
    made = SignInPass.objects.get().created_at
    assert actions.redeem_pass(form, secret, now=made + life + timedelta(seconds=1)) is None
    assert actions.redeem_pass(form, secret, now=made + life - timedelta(seconds=1)) == senior
    assert actions.redeem_pass(form, secret) is None


def test_a_code_is_no_link(senior: User) -> None:
    code = actions.issue_sign_in_code(senior, senior)
    assert actions.redeem_pass(LINK, code) is None
    assert actions.redeem_pass(CODE, code) == senior


def test_a_new_code_ends_the_one_before(senior: User) -> None:
    first, second = (actions.issue_sign_in_code(senior, senior) for _ in range(2))
    link = actions.issue_sign_in_link(senior, senior)
    assert actions.redeem_pass(CODE, first) is None
    assert actions.redeem_pass(CODE, second) == senior
    assert actions.redeem_pass(LINK, link) == senior


def test_secrets_are_kept_as_fingerprints_only(senior: User) -> None:
    secrets = [actions.issue_sign_in_code(senior, senior), actions.issue_sign_in_link(senior, senior)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_signinpass")
        stored = str(cursor.fetchall())
    for secret in secrets:
        assert secret not in stored
        assert secret.replace("-", "") not in stored


@pytest.mark.parametrize("change", [{"is_active": False}, {"deleted_at": timezone.now()}, {"kind": Kind.FAMILY}])
def test_a_code_ends_with_the_right_to_come_in(senior: User, change: dict[str, object]) -> None:
    code = actions.issue_sign_in_code(senior, senior)
    User.objects.filter(pk=senior.pk).update(**change)
    assert actions.redeem_pass(CODE, code) is None


def test_codes_do_not_repeat() -> None:
    codes = {passes.make(CODE) for _ in range(2000)}
    assert len(codes) == 2000
    assert set("".join(codes)) == set(passes.SIGNS)
    assert not set("0OQ1I2Z5SB8G6UV") & set(passes.SIGNS)


def test_only_oneself_or_an_operator_closes_an_account(senior: User, daughter: User, operator: User) -> None:
    with pytest.raises(PermissionDenied):
        actions.close_account(senior, by=daughter)
    assert User.objects.filter(pk=senior.pk).exists()
    actions.close_account(senior, by=operator)
    assert not User.objects.filter(pk=senior.pk).exists()
    row = AuditLog.objects.get(action="account.closed")
    assert (row.actor_id, row.subject_id) == (operator.pk, senior.pk)


def test_a_rule_counts_once(senior: User, daughter: User) -> None:
    def rule(whose: User, by: User) -> bool:
        return by == daughter

    access.permit_hand_over(rule)
    access.permit_hand_over(rule)
    assert access._hand_over_rules == [rule]
    assert access.may_hand_over(senior, daughter)
    daughter.is_active = False
    assert not access.may_hand_over(senior, daughter)
