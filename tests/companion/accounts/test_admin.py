"""People in the operators' site."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from companion.accounts import actions
from companion.accounts.models import AuditLog, Kind, User

PEOPLE = "admin:accounts_user_changelist"
NEW = {
    "username": "Cora",
    "full_name": "Cora Curator",
    "kind": "curator",
    "email": "Cora@example.org",
    "phone": "",
    "country": "US",
    "time_zone": "UTC",
    "language": "en",
    "is_active": "on",
}


@pytest.fixture
def site(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def test_lists_show_no_address_and_find_one(site: Client, senior: User, daughter: User) -> None:
    page = site.get(reverse(PEOPLE)).content.decode()
    assert "Margaret Hill" in page
    assert "margaret@example.org" not in page
    found = site.get(reverse(PEOPLE), {"q": "Margaret@example.org"})
    assert list(found.context["cl"].queryset) == [senior]
    assert list(site.get(reverse(PEOPLE), {"q": "nobody@example.org"}).context["cl"].queryset) == []
    assert list(site.get(reverse(PEOPLE), {"q": "hill"}).context["cl"].queryset) == [daughter, senior]


def test_an_operator_opens_an_account_without_a_password(site: Client, operator: User) -> None:
    response = site.post(reverse("admin:accounts_user_add"), {**NEW, "is_staff": "on"})
    assert response.status_code == 302
    cora = User.objects.get_by_email("cora@example.org")
    assert (cora.username, cora.is_staff, cora.has_usable_password()) == ("cora", True, False)
    row = AuditLog.objects.get(action="account.opened")
    assert (row.actor_id, row.subject_id) == (operator.pk, cora.pk)


def test_what_another_uses_is_refused_at_its_field(site: Client, senior: User) -> None:
    page = site.post(reverse("admin:accounts_user_add"), {**NEW, "phone": "12"})
    assert set(page.context["adminform"].form.errors) == {"phone"}
    page = site.post(reverse("admin:accounts_user_add"), {**NEW, "email": "MARGARET@example.org"})
    assert set(page.context["adminform"].form.errors) == {"email"}
    assert not User.objects.filter(username="cora").exists()


def test_a_changed_address_must_be_verified_again(site: Client, senior: User) -> None:
    actions.verify_email(senior)
    url = reverse("admin:accounts_user_change", args=[senior.pk])
    same = {**NEW, "username": "margaret", "full_name": "Margaret", "kind": "senior", "email": senior.email}
    assert site.post(url, same).status_code == 302
    senior.refresh_from_db()
    assert senior.is_verified
    assert site.post(url, {**same, "email": "new@example.org"}).status_code == 302
    senior.refresh_from_db()
    assert (senior.is_verified, senior.email) == (False, "new@example.org")


def test_accounts_are_closed_not_deleted(site: Client, senior: User) -> None:
    assert site.post(reverse("admin:accounts_user_delete", args=[senior.pk])).status_code == 403
    site.post(reverse(PEOPLE), {"action": "close_accounts", "_selected_action": [str(senior.pk)]})
    assert not User.objects.filter(pk=senior.pk).exists()
    assert User.everyone.filter(pk=senior.pk).exists()


def test_a_helper_cannot_give_rights(client: Client, senior: User, db: None) -> None:
    helper = actions.create_user(username="helper", full_name="Hal", kind=Kind.STAFF, is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    client.force_login(helper)
    mine = {**NEW, "username": "helper", "full_name": "Hal", "kind": "staff", "is_superuser": "on", "is_staff": "on"}
    assert client.post(reverse("admin:accounts_user_change", args=[helper.pk]), mine).status_code == 302
    helper.refresh_from_db()
    assert not helper.is_superuser
    client.post(reverse(PEOPLE), {"action": "close_accounts", "_selected_action": [str(senior.pk)]})
    assert User.objects.filter(pk=senior.pk).exists()


def test_the_audit_log_is_for_reading(site: Client, senior: User) -> None:
    row = AuditLog.objects.first()
    assert row is not None
    assert "account.opened" in site.get(reverse("admin:accounts_auditlog_changelist")).content.decode()
    assert site.get(reverse("admin:accounts_auditlog_add")).status_code == 403
    assert site.post(reverse("admin:accounts_auditlog_delete", args=[row.pk])).status_code == 403
    assert site.post(reverse("admin:accounts_auditlog_change", args=[row.pk]), {"action": "x"}).status_code == 403


@pytest.mark.parametrize("who", ["senior", "daughter"])
def test_others_do_not_get_in(client: Client, who: str, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse(PEOPLE)).status_code == 302
