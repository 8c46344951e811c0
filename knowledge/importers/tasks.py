"""Imports in the background."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task


@shared_task(name="knowledge.importers.tasks.carry_on", acks_late=False, soft_time_limit=1_700, time_limit=1_800)
def carry_on(job_id: str) -> None:
    """Do the present step of an import. It may run long, so it is acknowledged early: `tend` asks again if it dies."""
    from knowledge.importers import actions  # its readers are of no use to other tasks

    actions.carry_on(UUID(job_id))


@shared_task(name="knowledge.importers.tasks.tend")
def tend() -> None:
    """Take up imports whose worker died, and clear away those that are over."""
    from knowledge.importers import actions

    actions.tend_imports()
