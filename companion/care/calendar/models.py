"""Visits and tasks round a senior, as their own clock and calendar count them."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companion.accounts.fields import EncryptedTextField


class Kind(models.TextChoices):
    """What is planned."""

    VISIT = "visit", _("Visit or appointment")
    TASK = "task", _("Something to do")


class Repeat(models.TextChoices):
    """How often it comes again."""

    NEVER = "", _("Once")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")


class CalendarItem(models.Model):
    """A visit or a task, once or again and again. Days and times are the senior's: no change of clocks moves them."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    senior = models.ForeignKey("circle.Senior", on_delete=models.CASCADE, related_name="calendar_items")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    title = EncryptedTextField(_("what"))
    place = EncryptedTextField(_("where"), blank=True, default="")
    who = EncryptedTextField(_("who comes"), blank=True, default="")
    note = EncryptedTextField(_("note"), blank=True, default="")
    day = models.DateField(_("first day"))
    #: None: some time that day.
    time_of_day = models.TimeField(_("time"), null=True, blank=True)
    repeat = models.CharField(_("repeat"), max_length=7, choices=Repeat.choices, blank=True, default=Repeat.NEVER)
    #: The last day on which it may be.
    until = models.DateField(_("until"), null=True, blank=True)
    #: The senior wrote it for themselves: nobody else sees it.
    is_private = models.BooleanField(_("only I see it"), default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    #: The maker's own id of it: the same id twice is one item.
    key = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    #: When the senior is to be reminded next; None: never again.
    remind_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("day", "time_of_day", "created_at")
        verbose_name = _("visit or task")
        verbose_name_plural = _("visits and tasks")
        constraints = (
            models.UniqueConstraint(fields=("senior", "made_by", "key"), name="calendar_item_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="calendar_item_kind"),
            models.CheckConstraint(condition=Q(repeat__in=Repeat.values), name="calendar_item_repeat"),
        )
        indexes = (
            models.Index(fields=("senior", "day"), name="calendar_item_of_senior"),
            models.Index(fields=("remind_at",), condition=Q(remind_at__isnull=False), name="calendar_item_remind"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class CalendarDay(models.Model):
    """What became of an item on one of its days: taken on, done, or called off."""

    item = models.ForeignKey(CalendarItem, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    is_called_off = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("item", "day"), name="calendar_day_once"),)

    def __str__(self) -> str:
        return f"{self.item_id} on {self.day}"
