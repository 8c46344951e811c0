"""The JSON API of the family portal: each part's router."""

from __future__ import annotations

from ninja import Router

router = Router()
