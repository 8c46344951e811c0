"""Secret addresses of calendar feeds. Only a keyed fingerprint is kept, so that a copy of the table opens nothing."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarFeed(models.Model):
    """One person's address for one senior's plan. It shows what that person may see at the moment it is read."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    senior = models.ForeignKey("circle.Senior", on_delete=models.CASCADE, related_name="calendar_feeds")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    last_read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = (
            models.UniqueConstraint(
                fields=("senior", "made_by"), condition=models.Q(revoked_at=None), name="calendar_feed_once"
            ),
        )

    def __str__(self) -> str:
        return f"calendar feed {self.id}"
