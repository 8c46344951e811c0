"""Closing, bringing back, erasing: at once, for a month, for good."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from companion.accounts import actions, events, sign_ins, tasks
from companion.accounts.models import AuditLog, ErasureCertificate, RefreshFamily, User
from tests.companion.accounts.conftest import PHONE

#: What names people by id only, and may outlive them.
STAYS = {"accounts_auditlog", "accounts_erasurecertificate", "circle_accesslog"}


def close(user: User, *, days: int) -> None:
    actions.close_account(user, by=user, now=timezone.now() - timedelta(days=days))


def tables_with(person_id: object) -> set[str]:
    """Every table in which a person's id still stands."""
    found = set()
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            needle = str(person_id).replace("-", "")
            if any(needle in str(row).replace("-", "") for row in cursor.fetchall()):
                found.add(model._meta.db_table)
    return found


def test_after_a_month_nothing_is_left_but_a_certificate(senior: User, daughter: User) -> None:
    sign_ins.begin(senior, PHONE, device="Kitchen tablet")
    close(senior, days=31)
    tasks.erase_closed_accounts()
    assert tables_with(senior.pk) <= STAYS
    certificate = ErasureCertificate.objects.get()
    assert certificate.person_id == senior.pk
    assert certificate.counts["accounts.User"] == 1
    assert certificate.counts["accounts.RefreshFamily"] == 1
    assert AuditLog.objects.get(action="account.erased").actor_id is None
    assert User.everyone.filter(pk=daughter.pk).exists()
    tasks.erase_closed_accounts()
    assert ErasureCertificate.objects.count() == 1


def test_within_the_month_nothing_goes(senior: User, daughter: User) -> None:
    sign_ins.begin(senior, PHONE)
    close(senior, days=29)
    assert actions.erase_closed_accounts() == 0
    assert RefreshFamily.objects.count() == 1
    assert User.everyone.count() == 2


def test_an_account_is_brought_back(senior: User) -> None:
    close(senior, days=3)
    said = StringIO()
    call_command("reopen_account", "Margaret", stdout=said)
    assert said.getvalue() == "margaret is open again.\n"
    assert User.objects.get(pk=senior.pk).is_active
    assert actions.erase_closed_accounts(now=timezone.now() + timedelta(days=60)) == 0


def test_what_is_open_or_unknown_or_taken_is_not_brought_back(senior: User) -> None:
    for name in ("margaret", "nobody"):
        with pytest.raises(CommandError):
            call_command("reopen_account", name)
    close(senior, days=3)
    actions.create_user(username="peggy", full_name="Peggy Hill", email="margaret@example.org")
    with pytest.raises(CommandError):
        call_command("reopen_account", "margaret")
    assert not User.objects.filter(pk=senior.pk).exists()


def test_one_who_cannot_be_erased_now_holds_up_nobody(
    senior: User, daughter: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(user_id: object) -> None:
        if user_id == senior.pk:
            raise ConnectionError("a store does not answer")

    monkeypatch.setattr(events, "_erasure_listeners", [refuse])
    close(senior, days=40)
    close(daughter, days=35)
    tasks.erase_closed_accounts()
    assert list(User.everyone.values_list("pk", flat=True)) == [senior.pk]
    assert ErasureCertificate.objects.get().person_id == daughter.pk
