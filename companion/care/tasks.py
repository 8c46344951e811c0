"""The background work of care, each part's: Celery finds it here."""

from companion.care.journal.tasks import erase_deleted

__all__ = ["erase_deleted"]
