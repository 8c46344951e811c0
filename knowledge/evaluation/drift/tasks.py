"""The daily look for drift."""

from __future__ import annotations

from celery import shared_task

from knowledge.evaluation.drift import actions


@shared_task(name="knowledge.evaluation.drift.tasks.check_drift")
def check_drift() -> None:
    """Compare yesterday with the baseline."""
    actions.check_day()
