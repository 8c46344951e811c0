"""The JSON API of care: each part's router."""

from __future__ import annotations

from ninja import Router

router = Router()
