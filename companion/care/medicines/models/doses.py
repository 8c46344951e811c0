"""What was due and what became of it."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companion.accounts.fields import EncryptedTextField
from companion.care.medicines.models.regimens import QUANTITY, Regimen, RegimenVersion


class DoseState(models.TextChoices):
    """What became of a dose."""

    PENDING = "pending", _("to take")
    SNOOZED = "snoozed", _("later")
    LATE = "late", _("late")
    TAKEN = "taken", _("taken")
    SKIPPED = "skipped", _("skipped")
    MISSED = "missed", _("missed")
    NOT_REMINDED = "not_reminded", _("not reminded")
    CANCELLED = "cancelled", _("called off")


#: A person can still do something about it, and is reminded.
OPEN = (DoseState.PENDING, DoseState.SNOOZED, DoseState.LATE)


class Occurrence(models.Model):
    """One dose of one medicine at one time. Its deadlines are columns, so that any tick can act on them after any
    crash.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    senior = models.ForeignKey("circle.Senior", on_delete=models.CASCADE, related_name="occurrences")
    regimen = models.ForeignKey(Regimen, on_delete=models.CASCADE, related_name="occurrences")
    version = models.ForeignKey(RegimenVersion, on_delete=models.CASCADE, related_name="occurrences")
    #: The day it belongs to, by the clock of its zone, whenever it is taken.
    local_date = models.DateField()
    slot = models.CharField(max_length=24)
    #: The time as the clock of its zone shows it, as "08:00".
    label = models.CharField(max_length=5)
    zone = models.CharField(max_length=64)
    quantity = models.DecimalField(**QUANTITY)
    due_at = models.DateTimeField()
    #: On time from, late from, and missed from.
    opens_at = models.DateTimeField()
    late_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    state = models.CharField(max_length=12, choices=DoseState.choices, default=DoseState.PENDING)
    #: When the senior is to be reminded next, told on another way, and the circle told; empty once done.
    remind_at = models.DateTimeField(null=True, blank=True)
    nudge_at = models.DateTimeField(null=True, blank=True)
    notice_at = models.DateTimeField(null=True, blank=True)
    #: The earliest of what is still to be done about it.
    step_at = models.DateTimeField(null=True, blank=True)
    snoozes = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: The alert that its being missed has raised.
    alert_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ("due_at",)
        verbose_name = _("dose")
        verbose_name_plural = _("doses")
        constraints = (
            models.UniqueConstraint(fields=("regimen", "local_date", "slot"), name="dose_once"),
            models.CheckConstraint(condition=Q(state__in=DoseState.values), name="dose_state"),
        )
        indexes = (
            models.Index(fields=("step_at",), condition=Q(step_at__isnull=False), name="dose_to_step"),
            models.Index(fields=("senior", "due_at"), name="dose_of_senior"),
            models.Index(fields=("senior", "local_date"), name="dose_of_day"),
            models.Index(fields=("regimen", "due_at"), name="dose_of_regimen"),
        )

    def __str__(self) -> str:
        return f"dose {self.id}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be taken in its time."""
        return self.state in OPEN

    @property
    def was_late(self) -> bool:
        """Whether it was taken, but after its time."""
        return self.taken_at is not None and self.taken_at > self.late_at


class Source(models.TextChoices):
    """How it came to be known."""

    TAP = "tap", _("the senior pressed a button")
    VOICE = "voice", _("the senior said so")
    CARER = "carer", _("somebody else noted it")
    IMPORT = "import", _("brought in")
    LILO = "lilo", _("Lilo")


class SkipReason(models.TextChoices):
    """Why a dose was left out."""

    FELT_ILL = "felt_ill", _("I felt ill")
    DOCTOR = "doctor", _("the doctor said so")
    RAN_OUT = "ran_out", _("I had none left")
    DID_NOT_WANT = "did_not_want", _("I did not want it")
    OTHER = "other", _("another reason")


class DoseEvent(models.Model):
    """Something that happened with a dose. Rows are only ever added: an undo is a further row that names the one it
    undoes.
    """

    class Kind(models.TextChoices):
        """What happened."""

        TAKEN = "taken", _("taken")
        SKIPPED = "skipped", _("skipped")
        SNOOZED = "snoozed", _("put off")
        UNDONE = "undone", _("undone")
        EFFECT = "effect", _("how it helped")

    class Doubt(models.TextChoices):
        """What Lilo said about it when it was noted."""

        NONE = "", ""
        DOUBLE = "double", _("may be a double dose")
        TOO_SOON = "too_soon", _("too soon after the last one")
        OVER_MOST = "over_most", _("more than the most in 24 hours")

    class Effect(models.TextChoices):
        """How much it helped."""

        NONE = "", ""
        BETTER = "better", _("better")
        SAME = "same", _("the same")
        WORSE = "worse", _("worse")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    senior = models.ForeignKey("circle.Senior", on_delete=models.CASCADE, related_name="dose_events")
    regimen = models.ForeignKey(Regimen, on_delete=models.CASCADE, related_name="dose_events")
    #: None for a dose that had no due time: as needed, or besides.
    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, null=True, blank=True, related_name="events")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    recorded_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    quantity = models.DecimalField(default=Decimal(0), **QUANTITY)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=6, choices=Source.choices)
    reason = models.CharField(max_length=12, choices=SkipReason.choices, blank=True, default="")
    note = EncryptedTextField(blank=True, default="")
    doubt = models.CharField(max_length=9, choices=Doubt.choices, blank=True, default=Doubt.NONE)
    effect = models.CharField(max_length=6, choices=Effect.choices, blank=True, default=Effect.NONE)
    #: The row that this one undoes, or tells the effect of.
    of = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="followed_by")

    class Meta:
        ordering = ("recorded_at",)
        constraints = (
            models.UniqueConstraint(fields=("of",), condition=Q(kind="undone"), name="dose_event_undone_once"),
        )
        indexes = (
            models.Index(fields=("senior", "-recorded_at"), name="dose_event_of_senior"),
            models.Index(fields=("regimen", "taken_at"), name="dose_event_of_regimen"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
