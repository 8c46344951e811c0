"""The JSON API of care: each part's router."""

from __future__ import annotations

from ninja import Router

from companion.care.calendar.api import router as calendar
from companion.care.journal.api import router as journal
from companion.care.medicines.api import router as medicines

router = Router()
router.add_router("", journal)
router.add_router("", calendar)
router.add_router("", medicines)
