"""Hand-over notes: what one shift tells the next, and who has read it."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models

from companion.accounts.fields import EncryptedTextField


class HandoverNote(models.Model):
    """A few words for the next shift of a unit, about one resident or about the unit. The words are encrypted."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    unit = models.ForeignKey("circle.Unit", on_delete=models.CASCADE, related_name="notes")
    #: The resident it is about, if it is about one.
    senior = models.ForeignKey("circle.Senior", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    text = EncryptedTextField()
    #: What must not be overlooked comes first.
    is_urgent = models.BooleanField(default=False)
    #: The shift it was written in, by when that began; empty where its writer was not on shift.
    shift_began_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-written_at",)
        indexes = (
            models.Index(fields=("unit", "-written_at"), name="notes_of_unit"),
            models.Index(fields=("senior", "-written_at"), name="notes_of_resident"),
        )

    def __str__(self) -> str:
        return f"note {self.id}"


class NoteReceipt(models.Model):
    """Somebody has read a note."""

    note = models.ForeignKey(HandoverNote, on_delete=models.CASCADE, related_name="receipts")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)
        constraints = (models.UniqueConstraint(fields=("note", "reader"), name="note_read_once"),)

    def __str__(self) -> str:
        return f"receipt {self.pk}"
