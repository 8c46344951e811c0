"""The daily look at experiments."""

from __future__ import annotations

from celery import shared_task

from knowledge.evaluation.experiments import actions


@shared_task(name="knowledge.evaluation.experiments.tasks.look_at_experiments")
def look_at_experiments() -> None:
    """Look at each experiment that runs, and end those that a rule ends."""
    actions.look_at_all()
