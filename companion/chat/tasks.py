"""Background work of the conversation."""

from __future__ import annotations

from celery import shared_task

from companion.chat.family_messages import actions


@shared_task(name="chat.bring_up_waiting_messages")
def bring_up_waiting_messages() -> None:
    """Show messages of the family that are due by now; safe to run twice."""
    actions.bring_up_waiting()
