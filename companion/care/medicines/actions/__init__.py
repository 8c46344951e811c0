"""What is done with medicines: one function a verb, each with its right, its row of the audit log and its live hint.

All of them block: the event loop calls them through `lilo_site.threads.in_thread`.
"""

from companion.care.medicines.actions.as_needed import record_effect, take_as_needed, undo_as_needed
from companion.care.medicines.actions.doses import (
    DoseResult,
    change_taken_at,
    mark_seen,
    skip_dose,
    snooze_dose,
    take_dose,
    undo_dose,
)
from companion.care.medicines.actions.regimens import (
    RefusedError,
    RegimenDetails,
    add_regimen,
    change_regimen,
    pause_all,
    pause_regimen,
    resume_all,
    resume_regimen,
    set_picture,
    set_routine,
    settle_zone,
    stop_regimen,
)
from companion.care.medicines.actions.stock import count_stock, discard_stock, refill

__all__ = [
    "DoseResult",
    "RefusedError",
    "RegimenDetails",
    "add_regimen",
    "change_regimen",
    "change_taken_at",
    "count_stock",
    "discard_stock",
    "mark_seen",
    "pause_all",
    "pause_regimen",
    "record_effect",
    "refill",
    "resume_all",
    "resume_regimen",
    "set_picture",
    "set_routine",
    "settle_zone",
    "skip_dose",
    "snooze_dose",
    "stop_regimen",
    "take_as_needed",
    "take_dose",
    "undo_as_needed",
    "undo_dose",
]
