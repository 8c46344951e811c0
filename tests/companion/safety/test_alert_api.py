"""Alerts over HTTP: every route for the senior, a first contact, a visitor and a stranger; and a pendant's repeats."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from companion.accounts import sign_ins
from companion.accounts.clients import Client as Device
from companion.accounts.models import User
from companion.safety.models import Alert, AlertEvent
from tests.companion.safety.world import fall

pytestmark = pytest.mark.django_db


class Caller:
    """Somebody's program."""

    def __init__(self, user: User | None) -> None:
        self._headers = {}
        if user is not None:
            self._headers["Authorization"] = f"Bearer {token_of(user)}"
        self._client = Client()

    def post(self, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
        headers = {**self._headers, **({"Idempotency-Key": key} if key else {})}
        return self._client.post(
            f"/api/v1{path}", json.dumps(body or {}), content_type="application/json", headers=headers
        )

    def get(self, path: str) -> Any:
        return self._client.get(f"/api/v1{path}", headers=self._headers)


def token_of(user: User) -> str:
    return sign_ins.begin(user, Device("203.0.113.9", "tests")).access


@pytest.fixture
def alert_id(senior: User, daughter: User) -> UUID:
    found: UUID = fall("margaret").alert_id
    return found


def test_help_is_answered_when_it_is_stored(senior: User, daughter: User) -> None:
    response = Caller(senior).post("/help", key="p-1")
    body = response.json()
    assert (response.status_code, body["stored"], body["joined"], body["circle_told"]) == (201, "database", False, True)
    alert = Alert.objects.get()
    assert (str(alert.pk), alert.source, alert.category, alert.level) == (body["alert_id"], "api", "help", "E")


def test_pendant_that_repeats_its_press_raises_one_alert(senior: User) -> None:
    caller = Caller(senior)
    answers = [caller.post("/help", key="p-1").json() for _ in range(3)]
    assert len({answer["alert_id"] for answer in answers}) == 1
    assert AlertEvent.objects.filter(kind__in=("raised", "said_again")).count() == 1


def test_many_presses_are_joined_never_refused(senior: User) -> None:
    caller = Caller(senior)
    statuses = [caller.post("/help").status_code for _ in range(30)]
    assert set(statuses) == {201}
    assert Alert.objects.count() == 1


ROUTES = [
    ("get", "/alerts/{id}", None),
    ("post", "/alerts/{id}/claim", {}),
    ("post", "/alerts/{id}/resolve", {"reason": "fine"}),
    ("post", "/alerts/{id}/false-alarm", {"reason": "the cat"}),
    ("post", "/alerts/{id}/answer", {"yes": True}),
    ("post", "/alerts/{id}/all-clear", {}),
]
RIGHTS = {
    "daughter": [200, 200, 200, 200, 404, 404],
    "visitor": [200, 404, 404, 404, 404, 404],
    "senior": [200, 404, 404, 404, 204, 204],
    "stranger": [404] * 6,
    "nobody": [401] * 6,
}


@pytest.mark.parametrize("who", RIGHTS)
@pytest.mark.parametrize("number", range(len(ROUTES)))
def test_rights(alert_id: UUID, who: str, number: int, request: pytest.FixtureRequest) -> None:
    method, path, body = ROUTES[number]
    caller = Caller(None if who == "nobody" else request.getfixturevalue(who))
    place = path.format(id=alert_id)
    response = caller.get(place) if method == "get" else caller.post(place, body)
    assert response.status_code == RIGHTS[who][number]


def test_unknown_and_forbidden_look_the_same(alert_id: UUID, stranger: User) -> None:
    caller = Caller(stranger)
    forbidden, unknown = caller.get(f"/alerts/{alert_id}").json(), caller.get(f"/alerts/{uuid4()}").json()
    assert {**forbidden, "trace_id": ""} == {**unknown, "trace_id": ""}


def test_detail_has_the_timeline_and_none_of_the_words(alert_id: UUID, daughter: User) -> None:
    body = Caller(daughter).get(f"/alerts/{alert_id}").json()
    assert [line["kind"] for line in body["timeline"]] == ["raised", "told", "viewed"]
    assert (body["senior"], body["state"]) == ("Margaret", "raised")
    assert "I fell" not in json.dumps(body)


def test_claim_tells_who_was_first(alert_id: UUID, daughter: User, son: User) -> None:
    assert Caller(daughter).post(f"/alerts/{alert_id}/claim").json() == {"done": True}
    assert Caller(daughter).post(f"/alerts/{alert_id}/claim").json() == {"done": True}
    assert Caller(son).post(f"/alerts/{alert_id}/claim").json() == {"done": False}


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": "x", "more": 1}])
def test_outcome_needs_its_reason(alert_id: UUID, daughter: User, body: dict[str, Any]) -> None:
    assert Caller(daughter).post(f"/alerts/{alert_id}/resolve", body).status_code == 422
    assert Alert.objects.get().state == "raised"


def test_list_gives_what_the_person_may_see(alert_id: UUID, daughter: User, stranger: User) -> None:
    assert [alert["id"] for alert in Caller(daughter).get("/alerts?after=0").json()["alerts"]] == [str(alert_id)]
    assert Caller(stranger).get("/alerts?after=0").json() == {"alerts": [], "after": 0}
    assert Caller(daughter).get("/alerts?after=-1").status_code == 422


def test_check_in_is_taken_from_anyone_signed_in(senior: User) -> None:
    assert Caller(senior).post("/check-in").status_code == 204
