"""Background work of the journal: forgetting for good what was taken out."""

from __future__ import annotations

from celery import shared_task

from companion.care.journal import actions


@shared_task(name="journal.erase_deleted")
def erase_deleted() -> None:
    """Erase what was deleted thirty days ago; safe to run twice."""
    actions.erase_deleted()
