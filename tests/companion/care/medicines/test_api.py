"""Medicines over HTTP, as a phone sees them: what is answered, who is let in, and what the database then holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from companion.accounts.models import User
from companion.care.medicines.models import DoseEvent, Regimen
from tests.companion.care.medicines.conftest import Clockwork, doses, states
from tests.companion.care.medicines.r4 import faults_in
from tests.companion.safety.test_alert_api import token_of

RULE = {"kind": "times", "start": "2026-01-01", "slots": [{"at": "08:00"}, {"at": "20:00"}]}


class Phone:
    """A signed-in program."""

    def __init__(self, user: User) -> None:
        with patch.object(timezone, "now", lambda: datetime.now(UTC)):  # tokens go by the real clock
            self._headers = {"Authorization": f"Bearer {token_of(user)}"}

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = json.dumps(body if body is not None else {})
        return getattr(Client(), method)(f"/api/v1{path}", data, content_type="application/json", headers=self._headers)

    def get(self, path: str, **query: Any) -> Any:
        return Client().get(f"/api/v1{path}", query, headers=self._headers)


@pytest.fixture
def home(senior: User) -> str:
    return f"/seniors/{senior.pk}"


def test_a_medicine_is_added_changed_paused_and_stopped(clockwork: Clockwork, senior: User, home: str) -> None:
    phone = Phone(senior)
    made = phone.send("post", f"{home}/medicines", {"name": "Ramipril", "look": "white heart pill", "rule": RULE})
    assert made.status_code == 201, made.content
    one = made.json()
    assert (one["called"], one["rule_words"]) == (
        "the white heart pill",
        "1 tablet every day at 8:00 a.m. and at 8:00 p.m.",
    )
    path = f"{home}/medicines/{one['id']}"
    changed = phone.send("patch", path, {"strength": "5 mg"}).json()
    assert (changed["strength"], changed["rule"]) == ("5 mg", one["rule"])
    assert phone.send("post", f"{path}/pause", {"reason": "hospital"}).json()["state"] == "paused"
    assert phone.send("post", f"{path}/resume").json()["state"] == "active"
    assert phone.send("post", f"{path}/stop", {"reason": "finished"}).json()["state"] == "stopped"
    assert phone.get(f"{home}/medicines").json()["items"] == []
    assert [item["id"] for item in phone.get(f"{home}/medicines", stopped=True).json()["items"]] == [one["id"]]
    refused = phone.send("patch", path, {"strength": "10 mg"})
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")


def test_a_dose_is_noted_once_and_taken_back(
    clockwork: Clockwork, add: Callable[..., Regimen], senior: User, shared: User, home: str
) -> None:
    regimen = add()
    clockwork.go_to("2026-06-01 12:04")
    listed = Phone(shared).get(f"{home}/doses", since="2026-06-01", until="2026-06-01").json()["items"]
    assert [(item["label"], item["state"]) for item in listed] == [("08:00", "pending")]
    path = f"{home}/doses/{listed[0]['id']}"
    first = Phone(senior).send("post", f"{path}/taken").json()
    assert (first["is_new"], first["dose"]["state"], first["dose"]["noted_by"]) == (True, "taken", "Margaret")
    second = Phone(shared).send("post", f"{path}/taken").json()
    assert second["is_new"] is False
    assert "already taken" in second["said"]
    assert DoseEvent.objects.filter(kind="taken").count() == 1
    assert Phone(shared).send("post", f"{path}/undo").json()["dose"]["state"] == "pending"
    assert Phone(senior).send("post", f"{path}/skip", {"reason": "felt_ill"}).json()["dose"]["state"] == "skipped"
    assert states(regimen) == ["skipped"]


def test_a_dose_is_put_off_and_the_time_stays(
    clockwork: Clockwork, add: Callable[..., Regimen], senior: User, home: str
) -> None:
    dose = doses(add())[0]
    clockwork.go_to("2026-06-01 12:00")
    later = Phone(senior).send("post", f"{home}/doses/{dose.pk}/snooze", {"minutes": 20}).json()["dose"]
    assert (later["state"], later["remind_at"], later["due_at"]) == (
        "snoozed",
        "2026-06-01T12:20:00Z",
        "2026-06-01T12:00:00Z",
    )


def test_as_needed_says_when_the_next_is_allowed(clockwork: Clockwork, senior: User, home: str) -> None:
    phone = Phone(senior)
    body = {"name": "Paracetamol", "rule": {"kind": "as_needed", "start": "2026-01-01"}, "least_minutes_between": 360}
    key = phone.send("post", f"{home}/medicines", body).json()["id"]
    assert phone.get(f"{home}/medicines/{key}/as-needed").json()["is_allowed_now"] is True
    taken = phone.send("post", f"{home}/medicines/{key}/take").json()
    assert (taken["doubt"], taken["next_allowed_at"]) == ("", "2026-06-01T16:00:00Z")
    clockwork.jump_to("2026-06-01 10:05")
    again = phone.send("post", f"{home}/medicines/{key}/take").json()
    assert again["doubt"] == "too_soon", "it is noted all the same"
    assert phone.send("post", f"{home}/dose-events/{again['event_id']}/undo").json()["is_new"] is True
    assert phone.get(f"{home}/medicines/{key}/as-needed").json()["is_allowed_now"] is False


def test_stock_and_adherence(clockwork: Clockwork, add: Callable[..., Regimen], senior: User, home: str) -> None:
    regimen, phone = add(), Phone(senior)
    left = phone.send("post", f"{home}/medicines/{regimen.pk}/stock", {"kind": "count", "quantity": 10}).json()
    assert (left["left"], left["runs_out_on"], left["order_by"]) == ("10.000", "2026-06-11", "2026-06-06")
    clockwork.go_to("2026-06-01 12:00")
    phone.send("post", f"{home}/doses/{doses(regimen)[0].pk}/taken")
    clockwork.go_to("2026-06-03 12:00")
    found = phone.get(f"{home}/adherence", since="2026-06-01", until="2026-06-02").json()
    assert (found["whole"]["taken"], found["whole"]["missed"], found["whole"]["n"]) == (1, 1, 2)
    assert [day["day"] for day in found["days"]] == ["2026-06-01", "2026-06-02"]
    assert phone.get(f"{home}/medicines/{regimen.pk}/stock").json()["left"] == "9.000"


def test_the_export_is_fhir(clockwork: Clockwork, add: Callable[..., Regimen], senior: User, home: str) -> None:
    regimen = add()
    clockwork.go_to("2026-06-01 12:00")
    Phone(senior).send("post", f"{home}/doses/{doses(regimen)[0].pk}/taken")
    answer = Phone(senior).get(f"{home}/medicines.fhir", since="2026-06-01", until="2026-06-01")
    assert answer["Content-Type"].startswith("application/fhir+json")
    made = json.loads(answer.content)
    assert faults_in(made) == []
    assert len(made["entry"]) == 4


def test_pages_of_doses_follow_each_other(
    clockwork: Clockwork, add: Callable[..., Regimen], senior: User, home: str
) -> None:
    add()
    add(name="Metformin", look="")
    seen, cursor = [], ""
    for _ in range(9):
        page = Phone(senior).get(f"{home}/doses", since="2026-06-01", until="2026-06-03", limit=1, cursor=cursor).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"] or ""
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 6


@pytest.mark.parametrize("who", ["stranger", "daughter", "visitor"])
def test_who_may_not_gets_the_answer_of_the_unknown(
    clockwork: Clockwork, add: Callable[..., Regimen], home: str, who: str, request: pytest.FixtureRequest
) -> None:
    regimen = add()
    dose = doses(regimen)[0]
    phone = Phone(request.getfixturevalue(who))
    nobody = phone.get(f"/seniors/{uuid4()}/medicines").json()
    for path in (
        f"{home}/medicines",
        f"{home}/medicines/{regimen.pk}",
        f"{home}/medicines/{regimen.pk}/stock",
        f"{home}/doses/{dose.pk}",
    ):
        answer = phone.get(path)
        assert answer.status_code == 404
        assert answer.json()["detail"] == nobody["detail"]
    assert phone.send("post", f"{home}/doses/{dose.pk}/taken").status_code == 404
    assert states(regimen) == []
    assert DoseEvent.objects.count() == 0


def test_another_seniors_address_opens_nothing(
    clockwork: Clockwork, add: Callable[..., Regimen], senior: User, stranger: User, shared: User
) -> None:
    regimen = add()
    answer = Phone(shared).get(f"/seniors/{stranger.pk}/medicines/{regimen.pk}")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "times", "start": "2026-01-01", "slots": []},
        {"kind": "times", "start": "2026-01-01", "slots": [{"at": "08:00"}], "days_on": 3},
        {"kind": "interval", "start": "2026-01-01"},
    ],
)
def test_a_rule_that_cannot_be_is_refused(clockwork: Clockwork, senior: User, home: str, rule: dict[str, Any]) -> None:
    answer = Phone(senior).send("post", f"{home}/medicines", {"name": "Ramipril", "rule": rule})
    assert answer.status_code == 422
    assert Regimen.objects.count() == 0
