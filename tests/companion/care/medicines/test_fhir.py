"""The export says what is on the list and what was noted, in the words and shapes of FHIR R4."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from companion.accounts.models import User
from companion.care.medicines import actions, exports, fhir
from companion.care.medicines.fhir import Course, Record, bundle
from companion.care.medicines.models import Regimen
from companion.care.medicines.plan import CountFrom, Moment, Rule, RuleKind, Slot, Step
from companion.circle.models import Senior
from tests.companion.care.medicines.conftest import Clockwork, daily, doses
from tests.companion.care.medicines.r4 import faults_in

START = date(2026, 1, 30)
NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
TIMES: dict[str, Any] = {"kind": RuleKind.TIMES, "start": START, "slots": (Slot(at=time(8)), Slot(at=time(20, 30)))}
RULES = {
    "twice a day": Rule(**TIMES),
    "until a day": Rule(**TIMES, end=date(2026, 12, 1)),
    "other amounts": Rule(
        kind=RuleKind.TIMES, start=START, slots=(Slot(at=time(8)), Slot(at=time(20), quantity=Decimal("0.5")))
    ),
    "mondays": Rule(**TIMES, weekdays=frozenset({0})),
    "every other week": Rule(**TIMES, every_weeks=2),
    "every three days": Rule(**TIMES, every_days=3),
    "in the month": Rule(**TIMES, month_days=frozenset({1, 15})),
    "cycle": Rule(**TIMES, days_on=21, days_off=7),
    "taper": Rule(**TIMES, taper=(Step(quantity=Decimal(2), days=5), Step(quantity=Decimal(1)))),
    **{
        f"{moment} {offset}": Rule(
            kind=RuleKind.TIMES, start=START, slots=(Slot(moment=moment, offset_minutes=offset),)
        )
        for moment in Moment
        for offset in (-30, 0, 30)
    },
    "interval": Rule(kind=RuleKind.INTERVAL, start=START, every_minutes=480, first_at=NOW),
    "from taken": Rule(kind=RuleKind.INTERVAL, start=START, every_minutes=90, first_at=NOW, count_from=CountFrom.TAKEN),
    "linked": Rule(kind=RuleKind.LINKED, start=START, after=uuid4(), minutes_after=10),
    "as needed": Rule(kind=RuleKind.AS_NEEDED, start=START),
}


def exported(rule: Rule, **more: Any) -> dict[str, Any]:
    details = {"name": "Ramipril", "strength": "5 mg", "form": "tablet", **more}
    regimen = Regimen(id=uuid4(), created_at=NOW, **details)
    return bundle(Record(uuid4(), "Margaret Doyle", NOW, [Course(regimen, rule)]))


def only(resources: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in resources["entry"]]
    return [resource for resource in found if resource["resourceType"] == kind]


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("state", ["active", "paused", "stopped"])
def test_every_kind_of_rule_is_told_as_r4_allows(name: str, state: str) -> None:
    more = {"state": state, "state_reason": "" if state == "active" else "doctor", "rxnorm_id": "35208"}
    made = exported(RULES[name], food="with", instructions="With water", is_critical=True, **more)
    assert faults_in(made) == []
    json.dumps(made)


def test_the_check_of_r4_finds_what_is_wrong() -> None:
    made = exported(RULES["twice a day"])
    request = only(made, "MedicationRequest")[0]
    request["status"] = "paused"
    request["dosageInstruction"][0]["timing"]["repeat"]["when"] = ["CM"]
    request["subject"] = {"reference": "urn:uuid:nobody"}
    del request["intent"]
    assert len(faults_in(made)) == 4


def test_clock_times_days_and_amounts() -> None:
    dosage = only(exported(RULES["mondays"]), "MedicationRequest")[0]["dosageInstruction"][0]
    assert dosage["timing"]["repeat"] == {
        "boundsPeriod": {"start": "2026-01-30"},
        "frequency": 2,
        "period": 1,
        "periodUnit": "d",
        "dayOfWeek": ["mon"],
        "timeOfDay": ["08:00:00", "20:30:00"],
    }
    assert dosage["doseAndRate"] == [{"doseQuantity": {"value": 1, "unit": "tablet"}}]
    amounts = only(exported(RULES["other amounts"]), "MedicationRequest")[0]["dosageInstruction"]
    assert [one["doseAndRate"][0]["doseQuantity"]["value"] for one in amounts] == [1, 0.5]


def test_a_taper_is_one_dosage_a_step_each_with_its_days() -> None:
    steps = only(exported(RULES["taper"]), "MedicationRequest")[0]["dosageInstruction"]
    assert [step["sequence"] for step in steps] == [1, 2]
    assert [step["timing"]["repeat"]["boundsPeriod"] for step in steps] == [
        {"start": "2026-01-30", "end": "2026-02-03"},
        {"start": "2026-02-04"},
    ]


def test_before_breakfast_is_half_an_hour_before_the_meal() -> None:
    repeat = only(exported(RULES["breakfast -30"]), "MedicationRequest")[0]["dosageInstruction"][0]["timing"]["repeat"]
    assert (repeat["when"], repeat["offset"]) == (["ACM"], 30)


def test_as_needed_has_its_most_in_a_day() -> None:
    made = exported(RULES["as needed"], most_in_24_hours=Decimal(4), least_minutes_between=360)
    dosage = only(made, "MedicationRequest")[0]["dosageInstruction"][0]
    assert dosage["asNeededBoolean"] is True
    assert dosage["maxDosePerPeriod"]["numerator"]["value"] == 4
    assert "at least 6 hours apart" in dosage["text"]


@pytest.mark.parametrize(
    ("details", "status"),
    [
        ({}, "active"),
        ({"state": "paused", "state_reason": "hospital"}, "on-hold"),
        ({"state": "stopped", "state_reason": "doctor"}, "stopped"),
        ({"state": "stopped", "state_reason": "finished"}, "completed"),
    ],
)
def test_states(details: dict[str, str], status: str) -> None:
    made = exported(RULES["twice a day"], **details)
    assert only(made, "MedicationRequest")[0]["status"] == status
    assert only(made, "MedicationStatement")[0]["status"] == status


def test_what_was_noted_is_told_and_what_was_not_is_unknown(
    senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    regimen = add(daily("08:00"))
    clockwork.go_to("2026-06-01 12:30")
    actions.take_dose(senior, doses(regimen)[0].pk)
    clockwork.go_to("2026-06-02 12:30")
    actions.skip_dose(senior, doses(regimen)[1].pk, reason="felt_ill")
    clockwork.go_to("2026-06-03 12:30")
    actions.take_dose(senior, doses(regimen)[2].pk)
    actions.undo_dose(senior, doses(regimen)[2].pk)
    clockwork.go_to("2026-06-04 13:00")
    record = exports.record_of(Senior.objects.get(pk=senior.pk), date(2026, 6, 1), date(2026, 6, 3))
    made = fhir.bundle(record)
    assert faults_in(made) == []
    given = only(made, "MedicationAdministration")
    assert [one["status"] for one in given] == ["completed", "not-done", "unknown"]
    assert given[0]["effectiveDateTime"] == "2026-06-01T12:30:00+00:00"
    assert given[1]["statusReason"] == [{"text": "I felt ill"}]
    assert {one["request"]["reference"] for one in given} == {f"urn:uuid:{regimen.pk}"}
    note = only(made, "MedicationStatement")[0]["note"][0]["text"]
    assert note.startswith("1 of 2 doses due from 2026-06-01 to 2026-06-03")


def test_days_are_the_seniors_own(senior: User, clockwork: Clockwork, add: Callable[..., Regimen]) -> None:
    needed = add(RULES["as needed"])
    last_day = add(daily("08:00", end="2026-06-01"))
    clockwork.jump_to("2026-06-02 01:00")  # nine in the evening of the first in New York
    actions.take_as_needed(senior, needed.pk)

    def told(day: int) -> dict[str, Any]:
        return fhir.bundle(exports.record_of(Senior.objects.get(pk=senior.pk), date(2026, 6, day), date(2026, 6, day)))

    made = told(1)
    assert faults_in(made) == []
    assert [one["effectiveDateTime"] for one in only(made, "MedicationAdministration")] == ["2026-06-02T01:00:00+00:00"]
    assert only(told(2), "MedicationAdministration") == []
    states = {one["id"]: one["status"] for one in only(made, "MedicationRequest")}
    assert states[str(last_day.pk)] == "active"
