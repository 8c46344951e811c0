"""The journal over HTTP: the same rights and the same answers as the pages."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from companion.accounts.models import User
from companion.care.journal import actions
from companion.care.journal.measures import Kind, Reading
from companion.care.journal.models import Entry, Source
from companion.safety import clock
from companion.safety.models import Alert, CheckInPlan
from tests.companion.safety.test_alert_api import Caller

pytestmark = pytest.mark.django_db


class Program(Caller):
    """Somebody's program that also puts and deletes."""

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return self._client.put(
            f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=self._headers
        )

    def delete(self, path: str) -> Any:
        return self._client.delete(f"/api/v1{path}", headers=self._headers)


def journal(senior: User, more: str = "") -> str:
    return f"/seniors/{senior.pk}/journal{more}"


@pytest.mark.parametrize(
    ("body", "value", "words"),
    [
        ({"kind": "weight", "amount": 160, "unit": "lb"}, 72.575, "Weight: 160 lb"),
        ({"kind": "weight", "amount": "11 st 4"}, 71.668, "Weight: 11 st 4 lb"),
        ({"kind": "blood_pressure", "amount": 128, "lower": 79}, 128, "Blood pressure: 128 over 79"),
        ({"kind": "blood_pressure", "amount": "128/79"}, 128, "Blood pressure: 128 over 79"),
        ({"kind": "mood", "amount": 4, "note": "sunny"}, 4, "Mood: Good (sunny)"),
        ({"kind": "note", "note": "A quiet day"}, None, "A quiet day"),
    ],
)
def test_a_reading_is_written_and_listed(senior: User, body: dict[str, Any], value: float, words: str) -> None:
    caller = Program(senior)
    response = caller.post(journal(senior), body)
    entry = response.json()["entry"]
    assert (response.status_code, entry["words"], entry["source"]) == (201, words, "api")
    assert entry["value"] == pytest.approx(value, abs=0.001)
    assert [each["id"] for each in caller.get(journal(senior)).json()["items"]] == [entry["id"]]
    assert caller.get(journal(senior, f"/{entry['id']}")).json()["words"] == words


def test_the_list_is_paged_and_by_kind(senior: User) -> None:
    now = clock.now()
    for hours in range(5):
        reading = Reading(Kind.MOOD if hours % 2 else Kind.STEPS, 3)
        actions.write(senior, senior.pk, [reading], source=Source.FORM, at=now - timedelta(hours=hours))
    caller = Program(senior)
    first = caller.get(journal(senior, "?limit=3")).json()
    rest = caller.get(journal(senior, f"?limit=3&cursor={first['next_cursor']}")).json()
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 2, None)
    assert len({each["id"] for each in first["items"] + rest["items"]}) == 5
    assert {each["kind"] for each in caller.get(journal(senior, "?kind=mood")).json()["items"]} == {"mood"}
    assert caller.get(journal(senior, "?kind=shoe")).status_code == 422


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ({"kind": "weight", "amount": 724, "unit": "kg"}, "impossible", "Did you mean 72.4 kg?"),
        ({"kind": "weight", "amount": 250, "unit": "kg"}, "unusual", "Is it right?"),
        ({"kind": "weight", "amount": "heavy"}, "unclear", "such as 72.4"),
        ({"kind": "weight", "amount": 72, "unit": "kg", "at": "2999-01-01T00:00:00Z"}, "unclear", "still to come"),
        ({"kind": "check_in", "amount": 3}, "invalid", "cannot be used"),
        ({"kind": "mood", "amount": 3, "colour": "red"}, "invalid", "cannot be used"),
    ],
)
def test_what_cannot_be_right_is_refused_with_what_to_do(
    senior: User, body: dict[str, Any], code: str, says: str
) -> None:
    response = Program(senior).post(journal(senior), body)
    assert (response.status_code, response.json()["code"]) == (422, code)
    assert says in response.json()["detail"]
    assert not Entry.objects.exists()


def test_a_dangerous_number_brings_its_question(senior: User, daughter: User) -> None:
    out = Program(senior).post(journal(senior), {"kind": "glucose", "amount": 45, "unit": "mg/dL"}).json()
    assert (out["advice"]["urgency"], out["advice"]["source"]["publisher"]) == ("ask", "NHS")
    assert out["alert_id"] == str(Alert.objects.get().pk)


def test_an_entry_is_corrected_and_taken_out(senior: User, daughter: User, shared: None) -> None:
    caller = Program(senior)
    first = caller.post(journal(senior), {"kind": "weight", "amount": 72, "unit": "kg"}).json()["entry"]
    second = Program(daughter).put(journal(senior, f"/{first['id']}"), {"amount": 73, "unit": "kg"}).json()["entry"]
    assert (second["replaces"], second["written_by"], second["at"]) == (first["id"], "Anna", first["at"])
    assert caller.get(journal(senior, f"/{first['id']}")).status_code == 404
    assert Program(daughter).delete(journal(senior, f"/{second['id']}")).status_code == 404
    assert caller.delete(journal(senior, f"/{second['id']}")).status_code == 204
    assert caller.get(journal(senior)).json()["items"] == []


def test_strangers_and_those_without_sharing_get_nothing(senior: User, daughter: User, stranger: User) -> None:
    entry = actions.write(senior, senior.pk, [Reading(Kind.MOOD, 3)], source=Source.FORM).entries[0]
    for person in (daughter, stranger):
        caller = Program(person)
        paths = ("/journal", f"/journal/{entry.pk}", "/trends", "/check-in", "/summary.pdf")
        assert [caller.get(f"/seniors/{senior.pk}{path}").status_code for path in paths] == [404] * 5
        assert caller.post(journal(senior), {"kind": "mood", "amount": 1}).status_code == 404
    assert Program(None).get(journal(senior)).status_code == 401
    assert Entry.objects.count() == 1


def test_trends_carry_their_n_in_the_persons_unit(senior: User) -> None:
    now = clock.now()
    for day in range(12):
        reading = Reading(Kind.WEIGHT, 72 + day * 0.1, unit="lb")
        actions.write(senior, senior.pk, [reading], source=Source.FORM, at=now - timedelta(days=day))
    (trend,) = Program(senior).get(f"/seniors/{senior.pk}/trends?days=30").json()["items"]
    (series,) = trend["series"]
    assert (trend["kind"], trend["unit"], trend["is_enough"]) == ("weight", "lb", True)
    assert (series["n"], series["days"], series["direction"]) == (12, 12, "down")
    assert series["slope"]["a_week"] == pytest.approx(-0.7 * 2.20462, abs=0.01)
    assert series["baseline"] is None, "less than two weeks are no usual"


def test_check_in_is_agreed_on_and_answered(senior: User, daughter: User, son: User, shared: None) -> None:
    path = f"/seniors/{senior.pk}/check-in"
    agreed = {"time_of_day": "08:30:00", "retries": 2}
    assert Program(son).put(path, agreed).status_code == 404
    assert Program(daughter).put(path, agreed).json()["time_of_day"] == "08:30:00"
    assert CheckInPlan.objects.get().retries == 2
    assert Program(daughter).post(path, {"answer": "fine"}).status_code == 404
    assert Program(senior).post(path, {"answer": "fine"}).json()["answer"] == "fine"
    assert Program(daughter).get(path).json()["answer"] == "fine"
    Program(senior).post(path, {"answer": "need_help"})
    assert Alert.objects.get().level == "E"


def test_the_summary_is_a_pdf(senior: User) -> None:
    response = Program(senior).get(f"/seniors/{senior.pk}/summary.pdf")
    assert (response["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")
    assert "margaret-summary-" in response["Content-Disposition"]


@pytest.mark.parametrize("at", ["09:00:00Z", "09:00+02:00"])
def test_a_clock_time_with_a_zone_is_refused_in_words(senior: User, at: str) -> None:
    visit = {"kind": "visit", "title": "Physio", "day": f"{clock.now():%Y-%m-%d}", "time_of_day": at}
    caller = Program(senior)
    assert caller.post(f"/seniors/{senior.pk}/calendar", visit).status_code == 422
    assert caller.put(f"/seniors/{senior.pk}/check-in", {"time_of_day": at}).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "medicines.fhir?since=9999-12-01&until=9999-12-31",
        "medicines.fhir?since=0001-01-01&until=0001-01-02",
        "activity?cursor=0001-01-01",
    ],
)
def test_a_day_at_the_end_of_time_breaks_nothing(senior: User, path: str) -> None:
    assert Program(senior).get(f"/seniors/{senior.pk}/{path}").status_code in (200, 422)


def test_a_call_for_help_whose_first_try_was_cut_off_is_heard_at_once(
    senior: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = Program(senior)
    caller._headers["Idempotency-Key"] = "press-1"
    path, body = f"/seniors/{senior.pk}/check-in", {"answer": "need_help"}
    with monkeypatch.context() as cut:
        cut.setattr(actions, "answer_check_in", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            caller.post(path, body)
    assert [caller.post(path, body).status_code for _ in range(2)] == [200, 200]
    assert Alert.objects.count() == 1
    assert Entry.objects.count() == 1
