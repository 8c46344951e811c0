"""Background work on questions that wait."""

from __future__ import annotations

from celery import shared_task

from knowledge.inbox import actions


@shared_task(name=actions.TEND)
def tend() -> None:
    """Gather new questions, see which are answered by now, forget old ones. Safe to run twice; nothing waits for it."""
    actions.gather()
    actions.find_answered()
    actions.forget_old()
