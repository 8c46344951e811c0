"""What a version of an entry holds besides the entry's own fields."""

from __future__ import annotations

from django.db import models


class VersionFacts(models.Model):
    """What was done, and the sources as they were then: a version is the whole entry, as a reader saw it."""

    class Action(models.TextChoices):
        WRITTEN = "written", "Written"
        EDITED = "edited", "Edited"
        SUBMITTED = "submitted", "Submitted for review"
        APPROVED = "approved", "Approved"
        SENT_BACK = "sent_back", "Sent back"
        PUBLISHED = "published", "Published"
        CONFIRMED = "confirmed", "Confirmed still right"
        RETIRED = "retired", "Retired"
        REOPENED = "reopened", "Taken up again"
        RESTORED = "restored", "Earlier version restored"
        IMPORTED = "imported", "Imported"
        DELETED = "deleted", "Deleted"

    # Deleting, which only an operator at the console can do, is the one version that the library writes by itself.
    action = models.CharField(max_length=10, choices=Action, default=Action.DELETED)
    sources = models.JSONField(default=list)

    class Meta:
        abstract = True
