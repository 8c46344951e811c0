"""The JSON API of the family portal: each part's router."""

from __future__ import annotations

from ninja import Router

from companion.family.facility.api import router as facility
from companion.family.portal_api import router as portal

router = Router()
router.add_router("", facility)
router.add_router("", portal)
