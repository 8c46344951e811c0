"""Medicines as FHIR R4 (4.0.1): what is to be taken, what was taken, and what is known of it all. Pure.

A regimen is a MedicationRequest of intent `plan`, reported: Lilo prescribes nothing. A dose that was noted is a
MedicationAdministration, `completed` or `not-done` with its reason; one that nobody noted is `unknown`, because Lilo
does not know that it was not taken. How it goes on the whole is a MedicationStatement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from companion.care.medicines import in_words
from companion.care.medicines.models import (
    DoseEvent,
    DoseState,
    Food,
    Form,
    Occurrence,
    PauseReason,
    Regimen,
    RegimenState,
    SkipReason,
)
from companion.care.medicines.plan import DAY, Moment, Rule, RuleKind, Slot

Resource = dict[str, Any]
CONTENT_TYPE = "application/fhir+json; fhirVersion=4.0"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UNITS_OF_MEASURE = "http://unitsofmeasure.org"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: At the moment, before it, after it. FHIR has no code for some: the words of `text` say it then.
WHEN = {
    Moment.WAKING: ("WAKE", None, "WAKE"),
    Moment.BREAKFAST: ("CM", "ACM", "PCM"),
    Moment.LUNCH: ("CD", "ACD", "PCD"),
    Moment.DINNER: ("CV", "ACV", "PCV"),
    Moment.BED: ("HS", "HS", None),
}
STATUS = {RegimenState.ACTIVE: "active", RegimenState.PAUSED: "on-hold", RegimenState.STOPPED: "stopped"}
#: Nobody noted these doses: nothing is claimed of them.
UNKNOWN = {DoseState.MISSED: "Nobody noted it as taken", DoseState.NOT_REMINDED: "Lilo could not remind of it"}


@dataclass(frozen=True, slots=True)
class Course:
    """One medicine with what an export tells of it."""

    regimen: Regimen
    rule: Rule
    events: Sequence[DoseEvent] = ()
    """Doses noted as taken or skipped, and not undone."""
    unnoted: Sequence[Occurrence] = ()
    """Doses that were due and that nobody noted."""
    adherence: str = ""
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Everything of one senior that is exported."""

    senior_id: UUID
    name: str
    made_at: datetime
    """By the senior's own clock, whose day says which courses are over."""
    courses: Sequence[Course] = field(default=())


def bundle(record: Record) -> Resource:
    """A Bundle of type `collection`; entries refer to each other by their `urn:uuid` addresses."""
    resources = list(_resources(record))
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _instant(record.made_at),
        "entry": [{"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource} for resource in resources],
    }


def _resources(record: Record) -> Iterator[Resource]:
    yield {"resourceType": "Patient", "id": str(record.senior_id), "name": [{"text": record.name}]}
    for course in record.courses:
        yield _request(record, course)
        yield _statement(record, course)
        for event in course.events:
            yield _administration(record, course, event)
        for occurrence in course.unnoted:
            yield _unknown(record, course, occurrence)


def _request(record: Record, course: Course) -> Resource:
    regimen = course.regimen
    resource = {
        "resourceType": "MedicationRequest",
        "id": str(regimen.pk),
        "status": _status(course, record.made_at.date()),
        "intent": "plan",
        "reportedBoolean": True,
        **_about(record, regimen),
        "authoredOn": _instant(regimen.created_at),
        "dosageInstruction": list(_dosages(course)),
    }
    if regimen.state_reason and not regimen.is_active:
        resource["statusReason"] = {"text": str(PauseReason(regimen.state_reason).label)}
    if regimen.is_critical:
        resource["note"] = [{"text": "Must not be missed."}]
    return resource


def _statement(record: Record, course: Course) -> Resource:
    status = _status(course, record.made_at.date())
    resource = {
        "resourceType": "MedicationStatement",
        "id": str(uuid5(course.regimen.pk, "statement")),
        "basedOn": [_reference(course.regimen.pk)],
        "status": status,
        **_about(record, course.regimen),
        "effectivePeriod": _period(course.rule.start, course.rule.end),
        "dateAsserted": _instant(record.made_at),
        "informationSource": _reference(record.senior_id),
    }
    if course.adherence:
        resource["note"] = [{"text": course.adherence}]
    return resource


def _administration(record: Record, course: Course, event: DoseEvent) -> Resource:
    is_taken = event.kind == DoseEvent.Kind.TAKEN
    at = event.taken_at or event.due_at or event.recorded_at
    resource = {
        "resourceType": "MedicationAdministration",
        "id": str(event.pk),
        "status": "completed" if is_taken else "not-done",
        **_about(record, course.regimen),
        "effectiveDateTime": _instant(at),
        "request": _reference(course.regimen.pk),
    }
    if is_taken:
        resource["performer"] = [{"actor": _reference(record.senior_id)}]
        resource["dosage"] = {
            "text": in_words.how_much(event.quantity, course.regimen.form),
            "dose": _quantity(event.quantity, course.regimen.form),
        }
    elif event.reason:
        resource["statusReason"] = [{"text": str(SkipReason(event.reason).label)}]
    if event.note:
        resource["note"] = [{"text": event.note}]
    return resource


def _unknown(record: Record, course: Course, occurrence: Occurrence) -> Resource:
    return {
        "resourceType": "MedicationAdministration",
        "id": str(occurrence.pk),
        "status": "unknown",
        "statusReason": [{"text": UNKNOWN[DoseState(occurrence.state)]}],
        **_about(record, course.regimen),
        "effectiveDateTime": _instant(occurrence.due_at),
        "request": _reference(course.regimen.pk),
    }


def _about(record: Record, regimen: Regimen) -> Resource:
    """Which medicine, and whose."""
    concept: Resource = {"text": in_words.with_strength(regimen)}
    if regimen.rxnorm_id:
        concept["coding"] = [{"system": RXNORM, "code": regimen.rxnorm_id, "display": regimen.name}]
    return {"medicationCodeableConcept": concept, "subject": _reference(record.senior_id)}


def _status(course: Course, today: date) -> str:
    is_over = course.rule.end is not None and course.rule.end < today
    has_finished = course.regimen.state_reason == PauseReason.FINISHED
    if (course.regimen.state == RegimenState.STOPPED and has_finished) or (course.regimen.is_active and is_over):
        return "completed"
    return STATUS[RegimenState(course.regimen.state)]


def _dosages(course: Course) -> Iterator[Resource]:
    """One Dosage for each step, and within it for each amount and each manner of telling the time."""
    rule, form = course.rule, course.regimen.form
    text = in_words.regimen_words(course.regimen, rule, follows=course.follows)
    for number, (part, start, end) in enumerate(_steps(rule), start=1):
        for slots in _alike(part.slots) or [()]:
            amount = (slots[0].quantity if slots else None) or part.quantity
            dosage: Resource = {
                "sequence": number,
                "text": text,
                "timing": _timing(part, slots, _period(start, end)),
                "asNeededBoolean": rule.kind is RuleKind.AS_NEEDED,
                "doseAndRate": [{"doseQuantity": _quantity(amount, form)}],
            }
            if course.regimen.instructions:
                dosage["patientInstruction"] = course.regimen.instructions
            if food := in_words.FOODS.get(Food(course.regimen.food)):
                dosage["additionalInstruction"] = [{"text": food}]
            if rule.kind is RuleKind.AS_NEEDED and course.regimen.most_in_24_hours is not None:
                dosage["maxDosePerPeriod"] = _most(course.regimen.most_in_24_hours, form)
            yield dosage


def _steps(rule: Rule) -> Iterator[tuple[Rule, date, date | None]]:
    """A taper's steps, each as a rule of its own; any other rule as it is."""
    if not rule.taper:
        yield rule, rule.start, rule.end
    start = rule.start
    for step in rule.taper:
        end = start + timedelta(days=step.days - 1) if step.days else rule.end
        yield rule.model_copy(update={"quantity": step.quantity}), start, end
        start = end + timedelta(days=1) if end else start


def _alike(slots: Sequence[Slot]) -> list[tuple[Slot, ...]]:
    """Slots that one Timing can tell together: clock times of one amount; each moment apart, for its offset."""
    clock: dict[Decimal | None, list[Slot]] = {}
    for slot in slots:
        if slot.at is not None:
            clock.setdefault(slot.quantity, []).append(slot)
    return [*(tuple(group) for group in clock.values()), *((slot,) for slot in slots if slot.moment is not None)]


def _timing(rule: Rule, slots: Sequence[Slot], bounds: Resource) -> Resource:
    repeat: Resource = {"boundsPeriod": bounds}
    if rule.kind is RuleKind.INTERVAL and rule.every_minutes:
        repeat |= {"frequency": 1, **_span(rule.every_minutes)}
    if rule.kind is RuleKind.TIMES:
        repeat |= _days(rule, len(slots))
        if slots[0].at is not None:
            repeat["timeOfDay"] = [slot.at.strftime("%H:%M:%S") for slot in slots if slot.at is not None]
        else:
            repeat |= _moment(slots[0])
    return {"repeat": repeat}


def _days(rule: Rule, times: int) -> Resource:
    """How often. A cycle of days on and off has no form in FHIR: the words of `text` say it."""
    if rule.month_days:
        return {"frequency": times * len(rule.month_days), "period": 1, "periodUnit": "mo"}
    if rule.every_weeks > 1:
        names = [WEEKDAYS[day] for day in sorted(rule.weekdays) or [rule.start.weekday()]]
        return {"frequency": times * len(names), "period": rule.every_weeks, "periodUnit": "wk", "dayOfWeek": names}
    if rule.weekdays:
        names = [WEEKDAYS[day] for day in sorted(rule.weekdays)]
        return {"frequency": times, "period": 1, "periodUnit": "d", "dayOfWeek": names}
    if rule.days_on is not None:
        return {}
    return {"frequency": times, "period": rule.every_days, "periodUnit": "d"}


def _moment(slot: Slot) -> Resource:
    at, before, after = WHEN[slot.moment or Moment.WAKING]
    code = before if slot.offset_minutes < 0 else after if slot.offset_minutes else at
    if code is None:
        return {}
    return {"when": [code]} | ({"offset": abs(slot.offset_minutes)} if slot.offset_minutes else {})


def _span(minutes: int) -> Resource:
    for unit, size in (("d", DAY), ("h", 60), ("min", 1)):
        if minutes % size == 0:
            return {"period": minutes // size, "periodUnit": unit}
    raise ValueError("An interval is in whole minutes.")


def _quantity(amount: Decimal, form: str) -> Resource:
    one, several = in_words.UNITS[Form(form)]
    return {"value": _number(amount), "unit": one if amount == 1 else several}


def _most(amount: Decimal, form: str) -> Resource:
    hours = {"value": 24, "unit": "h", "system": UNITS_OF_MEASURE, "code": "h"}
    return {"numerator": _quantity(amount, form), "denominator": hours}


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _period(start: date, end: date | None) -> Resource:
    return {"start": start.isoformat()} | ({"end": end.isoformat()} if end else {})


def _reference(key: UUID) -> Resource:
    return {"reference": f"urn:uuid:{key}"}


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
