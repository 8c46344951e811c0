"""The JSON API of circles: the same actions and reads as the pages."""

from __future__ import annotations

from ninja import Router

from companion.circle.api.contact_points import router as contact_points
from companion.circle.api.invitations import router as invitations
from companion.circle.api.people import router as people
from companion.circle.api.seniors import router as seniors
from companion.circle.webhooks.api import router as webhooks

router = Router()
for part in (seniors, people, invitations, contact_points, webhooks):
    router.add_router("", part)
