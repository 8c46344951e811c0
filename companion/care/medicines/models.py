"""Medicines: what is taken and by which rule, when it was due, what became of it, and who was told.

A regimen's rule is kept in versions that each hold from an instant on, so the past keeps the rule it lived by. An
occurrence is one dose that is due once; dose events are only ever added, and the occurrence's state follows from them.
"""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companion.accounts.fields import EncryptedTextField
from companion.care.medicines.plan import Rule

QUANTITY = {"max_digits": 8, "decimal_places": 3}


class Form(models.TextChoices):
    """What it is, to hold in the hand."""

    TABLET = "tablet", _("tablet")
    CAPSULE = "capsule", _("capsule")
    LIQUID = "liquid", _("spoon of liquid")
    DROPS = "drops", _("drops")
    INHALER = "inhaler", _("puff")
    INJECTION = "injection", _("injection")
    PATCH = "patch", _("patch")
    CREAM = "cream", _("cream")
    OTHER = "other", _("dose")


class Food(models.TextChoices):
    """Whether it goes with a meal."""

    ANY = "", _("with or without food")
    WITH = "with", _("with food")
    WITHOUT = "without", _("on an empty stomach")


class ZonePolicy(models.TextChoices):
    """What a journey to another time zone does to the clock times."""

    HOME = "home", _("keep the times of home")
    DEVICE = "device", _("go by the clock where I am")
    ASK = "ask", _("ask me")


class RegimenState(models.TextChoices):
    """Whether it is taken now."""

    ACTIVE = "active", _("in use")
    PAUSED = "paused", _("paused")
    STOPPED = "stopped", _("stopped")


class PauseReason(models.TextChoices):
    """Why it is paused or stopped."""

    HOSPITAL = "hospital", _("in hospital")
    DOCTOR = "doctor", _("the doctor said so")
    FINISHED = "finished", _("finished")
    DECEASED = "deceased", _("died")
    OTHER = "other", _("another reason")


class Regimen(models.Model):
    """One medicine of one senior: what it is, how it is told apart, and how people are told of it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    senior = models.ForeignKey("circle.Senior", on_delete=models.CASCADE, related_name="regimens")
    name = EncryptedTextField(_("name"))
    generic_name = EncryptedTextField(_("other name"), blank=True, default="")
    strength = EncryptedTextField(_("strength"), blank=True, default="")
    form = models.CharField(_("form"), max_length=10, choices=Form.choices, default=Form.TABLET)
    look = EncryptedTextField(_("what it looks like"), blank=True, default="")
    instructions = EncryptedTextField(_("how to take it"), blank=True, default="")
    food = models.CharField(_("food"), max_length=8, choices=Food.choices, blank=True, default=Food.ANY)
    rxnorm_id = EncryptedTextField(_("RxNorm number"), blank=True, default="")
    is_critical = models.BooleanField(_("must not be missed"), default=False)
    zone_policy = models.CharField(
        _("when travelling"), max_length=6, choices=ZonePolicy.choices, default=ZonePolicy.ASK
    )
    #: The zone about which the senior was asked last, so that each journey is asked about once.
    asked_zone = models.CharField(max_length=64, blank=True)
    #: Minutes each side of the due time that count as on time; empty takes the usual ones of the rule.
    window_minutes = models.PositiveSmallIntegerField(
        _("minutes that are on time"), null=True, blank=True, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    notice_minutes = models.PositiveSmallIntegerField(
        _("minutes until the circle is told"), default=60, validators=[MinValueValidator(5), MaxValueValidator(720)]
    )
    is_low_risk = models.BooleanField(_("told once a day only"), default=False)
    hides_name = models.BooleanField(_("messages do not name it"), default=True)
    most_snoozes = models.PositiveSmallIntegerField(_("times it can be put off"), default=3)
    #: As needed: shortest time between two doses, and most in any 24 hours, in the unit of the quantity.
    least_minutes_between = models.PositiveIntegerField(_("minutes between doses"), null=True, blank=True)
    most_in_24_hours = models.DecimalField(_("most in 24 hours"), null=True, blank=True, **QUANTITY)

    lead_days = models.PositiveSmallIntegerField(_("days the pharmacy needs"), default=5)
    expires_on = models.DateField(_("use before"), null=True, blank=True)

    state = models.CharField(max_length=8, choices=RegimenState.choices, default=RegimenState.ACTIVE)
    state_reason = models.CharField(max_length=10, choices=PauseReason.choices, blank=True, default="")
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    #: The medicine that this one is taken after, as its rule says.
    follows = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="followers")
    #: Doses that would have been due before are never made up for.
    active_since = models.DateTimeField()
    #: Up to when its occurrences stand in the table.
    laid_out_until = models.DateTimeField()
    #: When it is next looked at whether to order it.
    errands_at = models.DateTimeField(auto_now_add=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("created_at",)
        verbose_name = _("medicine")
        verbose_name_plural = _("medicines")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=RegimenState.values), name="regimen_state"),
            models.CheckConstraint(condition=Q(most_in_24_hours=None) | Q(most_in_24_hours__gt=0), name="regimen_most"),
        )
        indexes = (
            models.Index(fields=("laid_out_until",), condition=Q(state="active"), name="regimen_to_lay_out"),
            models.Index(fields=("senior", "state"), name="regimen_of_senior"),
        )

    def __str__(self) -> str:
        return f"medicine {self.id}"

    @property
    def is_active(self) -> bool:
        """Whether it is taken now."""
        return self.state == RegimenState.ACTIVE


class RegimenPicture(models.Model):
    """A small photo of the pill, made anew from what was sent, and encrypted. Apart, so that lists do not carry it."""

    regimen = models.OneToOneField(Regimen, on_delete=models.CASCADE, primary_key=True, related_name="picture")
    #: A JPEG, as base64.
    data = EncryptedTextField()
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"picture of medicine {self.pk}"


class RegimenVersion(models.Model):
    """The rule and the zone that a regimen goes by from an instant on."""

    regimen = models.ForeignKey(Regimen, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField(null=True, blank=True)
    rule_data = models.JSONField()
    zone = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("regimen", "number"), name="regimen_version_once"),)

    def __str__(self) -> str:
        return f"version {self.number} of medicine {self.regimen_id}"

    @property
    def rule(self) -> Rule:
        """The rule, as data."""
        return Rule.model_validate(self.rule_data)


class Routine(models.Model):
    """When a senior's day has its moments, by their own clock: "with breakfast" means this breakfast."""

    senior = models.OneToOneField("circle.Senior", on_delete=models.CASCADE, primary_key=True, related_name="routine")
    waking = models.TimeField(_("getting up"), default="07:00")
    breakfast = models.TimeField(_("breakfast"), default="08:00")
    lunch = models.TimeField(_("lunch"), default="12:30")
    dinner = models.TimeField(_("dinner"), default="18:30")
    bed = models.TimeField(_("going to bed"), default="22:00")

    def __str__(self) -> str:
        return f"routine of {self.pk}"


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
