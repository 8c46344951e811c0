"""The senior's journal: each entry is one reading or a few words, with who wrote it and when.

Words are encrypted. Numbers are kept as numbers: the database then holds them to their ranges and finds the latest of
each kind, and a number beside a random id says little without the name, which is in another table.
"""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companion.accounts.fields import EncryptedTextField
from companion.care.journal.measures import WORDS, Kind, Reading


class Source(models.TextChoices):
    """How an entry came in."""

    TAP = "tap", _("By a tap")
    FORM = "form", _("Written on a page")
    CHAT = "chat", _("Told to Lilo")
    API = "api", _("From a phone or a device")


class Ending(models.TextChoices):
    """Why an entry is no longer the journal's word."""

    CORRECTED = "corrected", _("Corrected")
    DELETED = "deleted", _("Deleted")


class CurrentManager(models.Manager["Entry"]):
    """What the journal says now: without what was corrected or deleted."""

    def get_queryset(self) -> models.QuerySet[Entry]:
        """Entries that have not ended."""
        return super().get_queryset().filter(ended_at=None)


class Entry(models.Model):
    """One thing in the journal. It is never changed: a correction is a new entry that replaces it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    senior = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="journal")
    kind = models.CharField(_("what"), max_length=16, choices=Kind.choices)
    #: When it was so, and the day that was by the senior's clock then: a later journey moves no reading.
    at = models.DateTimeField(_("when"))
    day = models.DateField(_("day"))
    #: In the first unit of the kind's measure.
    value = models.FloatField(null=True, blank=True)
    lower = models.FloatField(null=True, blank=True)
    #: The unit in which it was told.
    unit = models.CharField(max_length=8, blank=True)
    note = EncryptedTextField(_("words"), blank=True, default="")
    source = models.CharField(max_length=8, choices=Source.choices)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField()
    #: The writer's key: the same press is one entry.
    key = models.CharField(max_length=100, blank=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaced_by"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=9, choices=Ending.choices, blank=True)

    everything = models.Manager()
    objects = CurrentManager()

    class Meta:
        ordering = ("-at", "-written_at")
        base_manager_name = "everything"
        default_manager_name = "everything"
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        indexes = (
            models.Index(fields=("senior", "kind", "-at"), condition=Q(ended_at=None), name="journal_of_kind"),
            models.Index(fields=("senior", "-at"), condition=Q(ended_at=None), name="journal_of_senior"),
            models.Index(fields=("ended_at",), condition=Q(ended_because="deleted"), name="journal_deleted"),
        )
        constraints = (
            models.UniqueConstraint(fields=("senior", "key"), condition=~Q(key=""), name="journal_key_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="journal_kind"),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | Q(kind__in=sorted(WORDS)), name="journal_value_or_words"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def reading(self) -> Reading:
        """What it tells."""
        return Reading(Kind(self.kind), self.value, self.lower, self.unit, self.note)
