"""Medicines: what is taken and by which rule, when it was due, what became of it, and who was told.

A regimen's rule is kept in versions that each hold from an instant on, so the past keeps the rule it lived by. An
occurrence is one dose that is due once; dose events are only ever added, and the occurrence's state follows from them.
"""

from companion.care.medicines.models.doses import (
    OPEN,
    DoseEvent,
    DoseState,
    Occurrence,
    SkipReason,
    Source,
)
from companion.care.medicines.models.keeping import (
    Notice,
    StockEvent,
)
from companion.care.medicines.models.regimens import (
    QUANTITY,
    Food,
    Form,
    PauseReason,
    Regimen,
    RegimenPicture,
    RegimenState,
    RegimenVersion,
    Routine,
    ZonePolicy,
)

__all__ = [
    "OPEN",
    "QUANTITY",
    "DoseEvent",
    "DoseState",
    "Food",
    "Form",
    "Notice",
    "Occurrence",
    "PauseReason",
    "Regimen",
    "RegimenPicture",
    "RegimenState",
    "RegimenVersion",
    "Routine",
    "SkipReason",
    "Source",
    "StockEvent",
    "ZonePolicy",
]
