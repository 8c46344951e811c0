"""A person's own copy: all of it, nobody else's, and for nobody else."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companion.accounts import export, sign_ins
from companion.accounts.models import AuditLog, User
from tests.companion.accounts.conftest import PASSWORD, PHONE

#: Tables about people that are no part of a copy, each with its reason.
NOT_EXPORTED = {
    "accounts_refreshtoken": "fingerprints of secrets; the sign-ins are in",
    "accounts_signinpass": "fingerprints of secrets",
    "accounts_keptanswer": "answers of the API, kept for three days so that nothing is done twice",
    "accounts_user_groups": "rights",
    "accounts_user_user_permissions": "rights",
    "django_admin_log": "what operators did",
    "knowledge_entry": "what curators wrote for everybody",
    "knowledge_entryversion": "who wrote and reviewed for everybody",
    "knowledge_groupstep": "which curator put questions together",
    "knowledge_evaluationrun": "which curator asked for a measurement",
    "knowledge_importjob": "files that curators brought in",
    "knowledge_questiongroup": "which curator set questions aside",
    "knowledge_build": "which curator let an index serve",
    "knowledge_experiment": "what curators try, and who started it",
    "knowledge_baseline": "numbers of everybody's turns, and which curator took them",
    "safety_alertevent": "in it, with the alerts",
    "axes_accessattempt": "failed sign-ins",
    "care_calendarfeed": "fingerprints of secrets",
    "care_notice": "letters that were sent about what is in",
    "care_regimenpicture": "a picture, which the medicine's page shows",
    "circle_webhook": "addresses of programs, with their secrets",
    "circle_shift": "the home's rota",
    "safety_alert_picked": "whom the person told of an alert",
    "safety_delivery": "letters that were sent about what is in",
    "family_handovernote": "what a home's staff wrote for each other",
    "family_notereceipt": "what a home's staff wrote for each other",
}


def opened(response: Any) -> zipfile.ZipFile:
    assert response.status_code == 200
    assert response["Content-Type"] == "application/zip"
    assert response["Cache-Control"].count("no-store") == 1
    return zipfile.ZipFile(io.BytesIO(response.content))


def test_it_holds_the_persons_own_and_no_secrets(client: Client, senior: User, daughter: User) -> None:
    tokens = sign_ins.begin(senior, PHONE, device="Kitchen tablet")
    client.force_login(senior)
    copy = opened(client.post(reverse("export"), {"password": PASSWORD}))
    account = json.loads(copy.read("account.json"))
    assert [(row["username"], row["email"]) for row in account] == [("margaret", "margaret@example.org")]
    rows = list(csv.DictReader(io.StringIO(copy.read("sign-ins.csv").decode("utf-8-sig"))))
    assert [row["device"] for row in rows] == ["Kitchen tablet"]
    everything = b"".join(copy.read(name) for name in copy.namelist())
    for secret in (b"anna@example.org", tokens.refresh.encode(), senior.password.encode()):
        assert secret not in everything
    assert AuditLog.objects.filter(action="account.exported", actor_id=senior.pk).count() == 1


@pytest.mark.parametrize("password", ["", "wrong"])
def test_it_takes_the_password(client: Client, senior: User, password: str) -> None:
    client.force_login(senior)
    page = client.post(reverse("export"), {"password": password})
    assert page.status_code == 422
    assert not AuditLog.objects.filter(action="account.exported").exists()


def test_a_senior_without_a_password_is_let_through(client: Client, senior: User) -> None:
    senior.set_unusable_password()
    senior.save(update_fields=["password"])
    client.force_login(senior)
    opened(client.post(reverse("export")))


def test_the_password_cannot_be_guessed_there(client: Client, senior: User) -> None:
    client.force_login(senior)
    codes = [client.post(reverse("export"), {"password": f"wrong {n}"}).status_code for n in range(6)]
    assert codes == [422] * 5 + [429]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@now", "'@now"),
        ("+cmd|1", "'+cmd|1"),
        ("+12025550101", "+12025550101"),
        ("-3.5", "-3.5"),
        ("Anna = me", "Anna = me"),
        (None, ""),
        (True, "true"),
        ({"a": 1}, '{"a": 1}'),
    ],
)
def test_no_cell_runs_in_a_spreadsheet(value: object, cell: str) -> None:
    assert export._cell(value) == cell


def test_every_table_about_people_is_in_it_or_is_left_out_for_a_reason(senior: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        export.archive(senior)
    read = " ".join(query["sql"] for query in asked.captured_queries)
    about_people = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if any(
            field.related_model is not None and field.related_model._meta.label in ("accounts.User", "circle.Senior")
            for field in model._meta.concrete_fields
        )
    }
    missing = {table for table in about_people if f'FROM "{table}"' not in read}
    assert missing - NOT_EXPORTED.keys() == set()


def test_closing_ones_account(client: Client, senior: User) -> None:
    client.force_login(senior)
    assert client.post(reverse("close-account"), {"password": "wrong"}).status_code == 422
    assert User.objects.filter(pk=senior.pk).exists()
    page = client.post(reverse("close-account"), {"password": PASSWORD})
    assert "Your account is closed" in page.content.decode()
    assert not User.objects.filter(pk=senior.pk).exists()
    assert client.get(reverse("account")).status_code == 302
