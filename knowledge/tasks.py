"""Background work of the curation side, part by part; Celery looks for it here."""

from __future__ import annotations

from knowledge.evaluation.drift.tasks import check_drift
from knowledge.evaluation.experiments.tasks import look_at_experiments
from knowledge.evaluation.tasks import carry_out_run
from knowledge.importers.tasks import carry_on
from knowledge.importers.tasks import tend as tend_imports
from knowledge.inbox.tasks import tend
from knowledge.plane.tasks import rebuild_index, withdraw_missed

__all__ = [
    "carry_on",
    "carry_out_run",
    "check_drift",
    "look_at_experiments",
    "rebuild_index",
    "tend",
    "tend_imports",
    "withdraw_missed",
]
