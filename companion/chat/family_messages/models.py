"""What a senior and one person of their circle write to each other."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companion.accounts.fields import EncryptedTextField


class FamilyMessage(models.Model):
    """One message between a senior and one person of the circle. Nobody else sees it; its words are encrypted.

    It is text and nothing else: never markup, never knowledge, never an instruction to Lilo.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    senior = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    by_senior = models.BooleanField(_("written by the senior"))
    text = EncryptedTextField()
    #: The writer's own id of the message: the same id twice is one message.
    key = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    #: From when it may come up on the senior's page by itself. The senior's own have none.
    due_at = models.DateTimeField(null=True, blank=True)
    #: When it did come up there.
    told_at = models.DateTimeField(null=True, blank=True)
    #: When the one it is for has looked at it.
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("written_at", "id")
        verbose_name = _("message between a senior and their people")
        verbose_name_plural = _("messages between seniors and their people")
        constraints = (
            models.UniqueConstraint(fields=("senior", "person", "by_senior", "key"), name="family_message_once"),
            models.CheckConstraint(condition=~Q(senior=models.F("person")), name="family_message_to_another"),
        )
        indexes = (
            models.Index(fields=("senior", "person", "-written_at"), name="family_message_thread"),
            models.Index(
                fields=("due_at",), condition=Q(told_at=None, due_at__isnull=False), name="family_message_waiting"
            ),
        )

    def __str__(self) -> str:
        return f"message {self.id}"
