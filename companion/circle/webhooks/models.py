"""Where programs listen, and what is still to be sent to them."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companion.accounts.fields import EncryptedTextField


class Kind(models.TextChoices):
    """What can be told."""

    ALERT = "alert.changed", _("Alerts")
    DOSE = "dose.changed", _("Medicines")
    JOURNAL = "journal.changed", _("Journal")
    CALENDAR = "calendar.changed", _("Visits and tasks")
    ACTIVITY = "activity.changed", _("Activity")
    CIRCLE = "circle.changed", _("People and sharing")


class Webhook(models.Model):
    """One address of one person's program, with the secret that signs what is sent there."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    address = EncryptedTextField()
    secret = EncryptedTextField()
    kinds = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    #: Since when nothing was taken; nothing where the last request was.
    failing_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("created_at",)

    def __str__(self) -> str:
        return f"webhook {self.id}"


class WebhookDelivery(models.Model):
    """One request. It is written with the change that it tells of, so that no crash can lose it."""

    class State(models.TextChoices):
        """Where it stands."""

        PENDING = "pending", _("To be sent")
        SENT = "sent", _("Taken")
        DEAD = "dead", _("Given up")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    senior_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=20)
    body = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    #: A word of ours for what went wrong last.
    trouble = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("at",)
        indexes = (
            models.Index(fields=("due_at",), condition=Q(state="pending"), name="webhook_due"),
            models.Index(fields=("webhook", "-at"), name="webhook_history"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
