"""What is in the house, and who was told what."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companion.care.medicines.models.doses import DoseEvent, Occurrence
from companion.care.medicines.models.regimens import QUANTITY, Regimen


class StockEvent(models.Model):
    """What came into the house or was counted there. What is left follows from these and from the doses taken."""

    class Kind(models.TextChoices):
        """What happened."""

        REFILL = "refill", _("fetched from the pharmacy")
        COUNT = "count", _("counted")
        DISCARD = "discard", _("thrown away")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    regimen = models.ForeignKey(Regimen, on_delete=models.CASCADE, related_name="stock_events")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    #: Added, taken away, or (counted) the whole.
    quantity = models.DecimalField(validators=[MinValueValidator(0)], **QUANTITY)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("at",)
        constraints = (models.CheckConstraint(condition=Q(quantity__gte=0), name="stock_quantity"),)
        indexes = (models.Index(fields=("regimen", "at"), name="stock_of_regimen"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Notice(models.Model):
    """Something that one person is told, on one channel, once: the row is written before it is sent."""

    class Kind(models.TextChoices):
        """What it says."""

        REMINDER = "reminder", _("it is time")
        LATE = "late", _("not noted as taken")
        UNSEEN = "unseen", _("the reminder may not have been seen")
        TAKEN = "taken", _("taken meanwhile")
        DOUBLE = "double", _("may have been taken twice")
        DIGEST = "digest", _("of the day")
        EFFECT = "effect", _("did it help?")
        REFILL = "refill", _("time to refill")
        EXPIRY = "expiry", _("use before")
        ZONE = "zone", _("which clock?")

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("to be sent")
        SENT = "sent", _("handed over")
        CANCELLED = "cancelled", _("no longer needed")

    id = models.UUIDField(primary_key=True, editable=False)
    senior = models.ForeignKey("circle.Senior", on_delete=models.CASCADE, related_name="medicine_notices")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    regimen = models.ForeignKey(Regimen, on_delete=models.CASCADE, null=True, blank=True, related_name="notices")
    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, null=True, blank=True, related_name="notices")
    event = models.ForeignKey(DoseEvent, on_delete=models.CASCADE, null=True, blank=True, related_name="notices")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    #: `page` for the senior's open pages, or the kind of a contact point; empty while it is not settled.
    channel = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    #: The message of `safety` that carries it, whose row says whether it arrived.
    delivery_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ("due_at",)
        indexes = (
            models.Index(fields=("due_at",), condition=Q(state="waiting"), name="dose_notice_due"),
            models.Index(fields=("occurrence", "kind"), name="dose_notice_of_dose"),
        )

    def __str__(self) -> str:
        return f"{self.kind} notice {self.id}"
