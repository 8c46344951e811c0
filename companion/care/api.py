"""The JSON API of care: each part's router."""

from __future__ import annotations

from ninja import Router

from companion.care.journal.api import router as journal

router = Router()
router.add_router("", journal)
