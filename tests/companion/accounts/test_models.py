"""People: their one spelling, uniqueness, and closed accounts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from companion.accounts import actions
from companion.accounts.audit import record
from companion.accounts.models import AppendOnlyError, AuditLog, User


def test_people_are_found_however_it_is_typed(senior: User) -> None:
    assert User.objects.get_by_natural_key(" MARGARET ") == senior
    assert User.objects.get_by_email("mARGARET@example.ORG") == senior
    assert User.objects.get_by_phone("415-555-2671", country="US") == senior
    assert User.objects.get_by_phone("+1 415 555 2671", country="NO") == senior
    assert (senior.email, senior.phone) == ("margaret@example.org", "+14155552671")


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "Margaret"), ("email", "MARGARET@example.org"), ("phone", "+14155552671")],
)
def test_two_people_never_share(senior: User, field: str, value: str) -> None:
    details: dict[str, Any] = {"username": "other", "full_name": "Other", field: value}
    with pytest.raises(ValidationError) as refusal:
        actions.create_user(**details)
    assert list(refusal.value.message_dict) == [field]
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(**details)
    assert User.everyone.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "al"),
        ("username", "маргарет"),
        ("username", "a b c"),
        ("username", "a@b.org"),
        ("email", "nobody"),
        ("email", "x" * 250 + "@example.org"),
        ("phone", "12"),
        ("phone", "call me"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", "America"),
        ("language", "english, please"),
        ("country", "us"),
        ("country", "XX"),
        ("kind", "robot"),
        ("full_name", " "),
        ("password", "short"),
        ("password", "x" * 129),
        ("password", "password1234"),
    ],
)
def test_what_cannot_be_used_is_refused_by_field(db: None, field: str, value: str) -> None:
    details: dict[str, Any] = {
        "username": "george",
        "full_name": "George",
        "password": "seven quiet herons",
        field: value,
    }
    with pytest.raises(ValidationError) as refusal:
        actions.create_user(**details)
    assert list(refusal.value.message_dict) == [field]
    assert not User.everyone.exists()


def test_saving_an_address_alone_moves_its_index(senior: User) -> None:
    senior.email = "New@Example.org"
    senior.save(update_fields=["email"])
    assert User.objects.get_by_email("new@example.org") == senior
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_email("margaret@example.org")


def test_a_closed_account_is_hidden_and_frees_its_address(senior: User) -> None:
    actions.close_account(senior, by=senior)
    assert not User.objects.exists()
    assert User.everyone.get() == senior
    again = actions.create_user(username="margaret2", full_name="Margaret", email="margaret@example.org")
    assert User.objects.get_by_email("margaret@example.org") == again
    with pytest.raises(ValidationError):
        actions.create_user(username="margaret", full_name="Somebody")


def test_names_for_pages(senior: User) -> None:
    assert (str(senior), senior.short_name) == ("Margaret Hill", "Margaret")
    assert (senior.get_full_name(), senior.get_short_name()) == ("Margaret Hill", "Margaret")


def test_audit_rows_stay_as_written(senior: User) -> None:
    row = AuditLog.objects.get(action="account.opened")
    assert (row.actor_id, row.subject_id, row.details) == (senior.pk, senior.pk, {"kind": "senior"})
    written = list(AuditLog.objects.values())
    for change in (row.save, row.delete, lambda: AuditLog.objects.update(action="x"), AuditLog.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            change()
    assert list(AuditLog.objects.values()) == written


@pytest.mark.parametrize("leak", ["margaret@example.org", "chest pain", "Straße", "x" * 65, "a\nb"])
def test_no_sentence_or_address_gets_into_the_audit_log(senior: User, leak: str) -> None:
    with pytest.raises(ValueError, match="one plain word"):
        record(senior, "account.changed", "account", senior.pk, note=leak)


@pytest.mark.django_db(transaction=True)
def test_an_audit_row_needs_the_transaction_of_its_change() -> None:
    with pytest.raises(ValueError, match="transaction"):
        record(None, "account.changed", "account")
    assert not AuditLog.objects.exists()
