"""Building in the background."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from knowledge.plane import actions
from knowledge.plane.selectors import is_due, newest_build


@shared_task(name="knowledge.tasks.rebuild_index", acks_late=False, soft_time_limit=3500, time_limit=3600)
def rebuild_index() -> None:
    """Build and publish an index if something changed since the last, or go on with a build whose worker died.

    Otherwise do nothing. Runs for up to an hour, longer than a broker waits for a late acknowledgement, hence the early
    one; beat asks again should a worker die in it.
    """
    if is_due(newest_build(), timezone.now()):
        from knowledge.plane.pipeline import build_if_due  # loads the model's library

        build_if_due()


@shared_task(name="knowledge.plane.tasks.withdraw_missed")
def withdraw_missed() -> None:
    """Withdraw what was taken back but, for a crash or a full disk, never withdrawn from the index that serves."""
    actions.withdraw_missed()
