"""Homes with many residents: their units, the people who work there, and who lives where."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from companion.accounts import rules as spelling
from companion.accounts.fields import EncryptedTextField


class Post(models.TextChoices):
    """What somebody does in a home."""

    CARER = "carer", _("Carer")
    NURSE = "nurse", _("Nurse")
    LEAD = "lead", _("Lead")


class Organisation(models.Model):
    """A home, or whoever runs it. What belongs to one is never seen by another."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=80)
    phone = EncryptedTextField(_("phone"), blank=True, default="")
    #: Shifts are by the clock on its wall.
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[spelling.check_time_zone])
    country = models.CharField(_("country"), max_length=2, default="US", validators=[spelling.check_country])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        """The zone of the clock on its wall."""
        return ZoneInfo(self.time_zone)


class Unit(models.Model):
    """A part of a home with staff of its own: a floor, a corridor, a house."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="units")
    name = models.CharField(_("name"), max_length=60)
    #: The telephone at its desk, which whoever is on shift answers.
    phone = EncryptedTextField(_("phone"), blank=True, default="")

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("organisation", "name"), name="unit_name_once"),)

    def __str__(self) -> str:
        return self.name


class StaffMember(models.Model):
    """One person's work for one organisation. It counts from the moment they have joined until they leave."""

    INVITATION_LIFE: ClassVar[timedelta] = timedelta(days=7)

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="staff")
    #: Nobody until the invitation is taken up.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="posts"
    )
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=8, choices=Post.choices, default=Post.CARER)
    #: Told of abuse and neglect, anywhere in the home.
    is_safeguarding_lead = models.BooleanField(_("safeguarding lead"), default=False)
    #: Whose residents they look after. Leads and safeguarding leads look after all.
    units = models.ManyToManyField(Unit, related_name="staff", blank=True)
    #: Ill or on holiday up to this day, it included: not on shift.
    away_until = models.DateField(_("away until"), null=True, blank=True)
    link_digest = models.CharField(max_length=64, blank=True, db_index=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "user"), condition=Q(left_at=None) & ~Q(user=None), name="staff_once"
            ),
        )
        indexes = (models.Index(fields=("user", "left_at"), name="staff_by_person"),)

    def __str__(self) -> str:
        return f"{self.role} {self.id}"

    @property
    def is_lead(self) -> bool:
        """Whether they run the home: staff, units, shifts, who moves in."""
        return self.role == Post.LEAD

    @property
    def covers_all(self) -> bool:
        """Whether they look after the residents of every unit."""
        return self.is_lead or self.is_safeguarding_lead


class Residency(models.Model):
    """A senior lives in a unit, from one day to another. Only the one without an end counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    senior = models.ForeignKey("circle.Senior", on_delete=models.CASCADE, related_name="residencies")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="residencies")
    room = models.CharField(_("room"), max_length=20, blank=True)
    moved_in_at = models.DateTimeField()
    moved_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("moved_in_at",)
        verbose_name_plural = _("residencies")
        constraints = (
            models.UniqueConstraint(fields=("senior",), condition=Q(moved_out_at=None), name="lives_in_one_place"),
            models.CheckConstraint(
                condition=Q(moved_out_at=None) | Q(moved_out_at__gte=F("moved_in_at")), name="moves_in_before_out"
            ),
        )
        indexes = (models.Index(fields=("unit",), condition=Q(moved_out_at=None), name="residents_of_unit"),)

    def __str__(self) -> str:
        return f"residency {self.id}"


class HomeSharing(models.Model):
    """Whether a resident lets their home see one item. What is shared with the family says nothing about the home.

    Asked item by item when they move in, the resident's own to change ever after. Alerts are not asked about: whoever
    is on the spot must hear a call for help.
    """

    residency = models.ForeignKey(Residency, on_delete=models.CASCADE, related_name="sharing")
    item = models.CharField(_("what"), max_length=12)
    is_on = models.BooleanField(_("shared"))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("residency", "item"), name="home_sharing_once"),)

    def __str__(self) -> str:
        return f"{self.item} {'on' if self.is_on else 'off'}"


class Shift(models.Model):
    """When somebody works in a unit: these days of the week, from this time to that, by the home's clock."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="shifts")
    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="shifts")
    #: Days on which it begins: digits, Monday is 0.
    weekdays = models.CharField(max_length=7, default="0123456")
    starts = models.TimeField(_("from"))
    #: The same as the start, or earlier: it ends on the next day.
    ends = models.TimeField(_("to"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        ordering = ("starts", "staff__name")
        constraints = (
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")), name="shift_days_in_order"
            ),
        )
        indexes = (models.Index(fields=("unit", "first_day"), name="shifts_of_unit"),)

    def __str__(self) -> str:
        return f"shift {self.id}"
