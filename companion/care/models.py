"""The tables of care, each with its part: medicines, journal, calendar."""

from companion.care.medicines.models import (
    DoseEvent,
    Notice,
    Occurrence,
    Regimen,
    RegimenPicture,
    RegimenVersion,
    Routine,
    StockEvent,
)

__all__ = [
    "DoseEvent",
    "Notice",
    "Occurrence",
    "Regimen",
    "RegimenPicture",
    "RegimenVersion",
    "Routine",
    "StockEvent",
]
