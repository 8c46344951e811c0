"""Background work of the curation side, part by part; Celery looks for it here."""

from __future__ import annotations

from knowledge.evaluation.tasks import carry_out_run
from knowledge.plane.tasks import rebuild_index, withdraw_missed

__all__ = ["carry_out_run", "rebuild_index", "withdraw_missed"]
