"""The JSON API of circles: each part's router."""

from __future__ import annotations

from ninja import Router

router = Router()
