"""What FHIR R4 (4.0.1) asks of the resources that Lilo exports, as far as their structure goes.

Each table is the resource's definition: element -> (least, most, kind). A value outside it, a code outside a required
value set, a date without its zone, or a reference that leads nowhere is an error.
"""

from __future__ import annotations

import re
from typing import Any

MANY = 10_000
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
DATE_TIME = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TIME = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?")

CODES = {
    "request-status": "active on-hold cancelled completed entered-in-error stopped draft unknown",
    "request-intent": "proposal plan order original-order reflex-order filler-order instance-order option",
    "administration-status": "in-progress not-done on-hold completed entered-in-error stopped unknown",
    "statement-status": "active completed entered-in-error intended stopped on-hold unknown not-taken",
    "bundle-type": "document message transaction transaction-response batch batch-response history searchset "
    "collection",
    "days": "mon tue wed thu fri sat sun",
    "units": "s min h d wk mo a",
    "when": "MORN MORN.early MORN.late NOON AFT AFT.early AFT.late EVE EVE.early EVE.late NIGHT PHS HS WAKE C CM CD CV "
    "AC ACM ACD ACV PC PCM PCD PCV",
}
#: Types of elements, by name: each a table of its own.
TYPES: dict[str, dict[str, tuple[int, int, str]]] = {
    "CodeableConcept": {"coding": (0, MANY, "Coding"), "text": (0, 1, "string")},
    "Coding": {"system": (0, 1, "uri"), "code": (0, 1, "string"), "display": (0, 1, "string")},
    "Reference": {"reference": (0, 1, "reference"), "display": (0, 1, "string")},
    "Period": {"start": (0, 1, "dateTime"), "end": (0, 1, "dateTime")},
    "Annotation": {"text": (1, 1, "string")},
    "HumanName": {"text": (0, 1, "string")},
    "Quantity": {
        "value": (0, 1, "decimal"), "unit": (0, 1, "string"), "system": (0, 1, "uri"), "code": (0, 1, "string"),
    },
    "Ratio": {"numerator": (0, 1, "Quantity"), "denominator": (0, 1, "Quantity")},
    "Timing": {"repeat": (0, 1, "Repeat"), "event": (0, MANY, "dateTime"), "code": (0, 1, "CodeableConcept")},
    "Repeat": {
        "boundsPeriod": (0, 1, "Period"), "frequency": (0, 1, "positiveInt"), "period": (0, 1, "decimal"),
        "periodUnit": (0, 1, "code:units"), "dayOfWeek": (0, MANY, "code:days"), "timeOfDay": (0, MANY, "time"),
        "when": (0, MANY, "code:when"), "offset": (0, 1, "unsignedInt"),
    },
    "DoseAndRate": {"type": (0, 1, "CodeableConcept"), "doseQuantity": (0, 1, "Quantity")},
    "Dosage": {
        "sequence": (0, 1, "integer"), "text": (0, 1, "string"),
        "additionalInstruction": (0, MANY, "CodeableConcept"), "patientInstruction": (0, 1, "string"),
        "timing": (0, 1, "Timing"), "asNeededBoolean": (0, 1, "boolean"), "doseAndRate": (0, MANY, "DoseAndRate"),
        "maxDosePerPeriod": (0, 1, "Ratio"),
    },
    "Given": {"text": (0, 1, "string"), "dose": (0, 1, "Quantity")},
    "Performer": {"actor": (1, 1, "Reference")},
    "Patient": {"resourceType": (1, 1, "string"), "id": (1, 1, "id"), "name": (0, MANY, "HumanName")},
    "MedicationRequest": {
        "resourceType": (1, 1, "string"), "id": (1, 1, "id"), "status": (1, 1, "code:request-status"),
        "statusReason": (0, 1, "CodeableConcept"), "intent": (1, 1, "code:request-intent"),
        "reportedBoolean": (0, 1, "boolean"), "medicationCodeableConcept": (1, 1, "CodeableConcept"),
        "subject": (1, 1, "Reference"), "authoredOn": (0, 1, "dateTime"), "note": (0, MANY, "Annotation"),
        "dosageInstruction": (0, MANY, "Dosage"),
    },
    "MedicationAdministration": {
        "resourceType": (1, 1, "string"), "id": (1, 1, "id"), "status": (1, 1, "code:administration-status"),
        "statusReason": (0, MANY, "CodeableConcept"), "medicationCodeableConcept": (1, 1, "CodeableConcept"),
        "subject": (1, 1, "Reference"), "effectiveDateTime": (1, 1, "dateTime"),
        "performer": (0, MANY, "Performer"), "request": (0, 1, "Reference"), "note": (0, MANY, "Annotation"),
        "dosage": (0, 1, "Given"),
    },
    "MedicationStatement": {
        "resourceType": (1, 1, "string"), "id": (1, 1, "id"), "basedOn": (0, MANY, "Reference"),
        "status": (1, 1, "code:statement-status"), "medicationCodeableConcept": (1, 1, "CodeableConcept"),
        "subject": (1, 1, "Reference"), "effectivePeriod": (0, 1, "Period"), "dateAsserted": (0, 1, "dateTime"),
        "informationSource": (0, 1, "Reference"), "note": (0, MANY, "Annotation"),
    },
}  # fmt: skip


def faults_in(bundle: dict[str, Any]) -> list[str]:
    """Everything about a Bundle that R4 does not allow."""
    faults: list[str] = []
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") not in CODES["bundle-type"].split():
        faults.append("no Bundle")
    if not INSTANT.fullmatch(bundle.get("timestamp", "")):
        faults.append("Bundle.timestamp is no instant")
    addresses = [entry["fullUrl"] for entry in bundle["entry"]]
    if len(set(addresses)) < len(addresses):
        faults.append("bdl-7: a fullUrl comes twice")
    for entry in bundle["entry"]:
        resource = entry["resource"]
        if set(entry) != {"fullUrl", "resource"}:
            faults.append("bdl-2, bdl-3, bdl-4: only fullUrl and resource in a collection")
        if entry["fullUrl"] != f"urn:uuid:{resource['id']}":
            faults.append("the address is not the id's")
        faults += _check(resource, resource["resourceType"], resource["resourceType"], set(addresses))
    return faults


def _check(value: Any, kind: str, path: str, known: set[str]) -> list[str]:
    if kind not in TYPES:
        return [] if _is_plain(value, kind, known) else [f"{path}: {value!r} is no {kind}"]
    if not isinstance(value, dict) or not value:
        return [f"{path}: {value!r} is no {kind}, or empty"]
    table = TYPES[kind]
    faults = [f"{path}.{name}: there is no such element" for name in value.keys() - table.keys()]
    for name, (least, most, inner) in table.items():
        given = value.get(name, [])
        several = given if isinstance(given, list) else [given]
        if name in value and isinstance(given, list) != (most == MANY):
            faults.append(f"{path}.{name}: a list where there is one, or one where there are several")
        if name in value and not several:
            faults.append(f"{path}.{name}: an empty list")
        if not least <= len(several) <= most:
            faults.append(f"{path}.{name}: {len(several)} times")
        for one in several:
            faults += _check(one, inner, f"{path}.{name}", known)
    return faults + [f"{path}: {words}" for words in _rules(value, kind)]


def _is_plain(value: Any, kind: str, known: set[str]) -> bool:
    if kind.startswith("code:"):
        return value in CODES[kind.removeprefix("code:")].split()
    if kind == "reference":
        return value in known
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in ("integer", "positiveInt", "unsignedInt"):
        least = {"integer": -(2**31), "positiveInt": 1, "unsignedInt": 0}[kind]
        return isinstance(value, int) and not isinstance(value, bool) and value >= least
    if kind == "decimal":
        return isinstance(value, int | float) and not isinstance(value, bool)
    shape = {"id": ID, "dateTime": DATE_TIME, "date": DATE, "time": TIME}.get(kind)
    return isinstance(value, str) and bool(value.strip()) and (shape is None or shape.fullmatch(value) is not None)


def _rules(value: dict[str, Any], kind: str) -> list[str]:
    """Invariants of the types."""
    broken = []
    if kind == "Repeat":
        if "period" in value and "periodUnit" not in value:
            broken.append("tim-2: a period needs its unit")
        if "offset" in value and not set(value.get("when", ())) - {"C", "CM", "CD", "CV"}:
            broken.append("tim-9: an offset needs a when that is not the meal itself")
        if "timeOfDay" in value and "when" in value:
            broken.append("tim-10: timeOfDay and when")
        if value.get("period", 0) < 0:
            broken.append("tim-5: a period below nothing")
    if kind == "Quantity" and "code" in value and "system" not in value:
        broken.append("qty-3: a code needs its system")
    if kind == "Given" and "dose" not in value:
        broken.append("mad-1: a dose or a rate")
    if kind == "Period" and value.get("end", "9999") < value.get("start", ""):
        broken.append("per-1: it ends before it begins")
    return broken
