"""The JSON API of the family portal: each part's router."""

from __future__ import annotations

from ninja import Router

from companion.family.facility.api import router as facility

router = Router()
router.add_router("", facility)
