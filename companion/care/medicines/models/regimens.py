"""What is taken and by which rule: a medicine, its rule by version, the senior's own day."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companion.accounts.fields import EncryptedTextField
from companion.care.medicines.plan import Rule

QUANTITY: dict[str, Any] = {"max_digits": 8, "decimal_places": 3}


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

    #: Where `selectors.regimens_of` has read it: its version of now, and whether there is a photo.
    current: RegimenVersion
    has_picture: bool

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
