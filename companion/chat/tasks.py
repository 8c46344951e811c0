"""Background work of the talk."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from companion.chat.questions import actions


@shared_task(name="chat.tell_answered")
def tell_answered() -> None:
    """Let those who passed a question on know that Lilo can answer it now. Safe to run twice."""
    actions.note_answers()
    actions.bring_up_answers()
    actions.forget_old(timezone.now())
