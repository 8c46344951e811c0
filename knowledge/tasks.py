"""Background work of the curation side, part by part; Celery looks for it here."""

from __future__ import annotations

from knowledge.plane.tasks import rebuild_index, withdraw_missed

__all__ = ["rebuild_index", "withdraw_missed"]
