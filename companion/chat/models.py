"""What was said, when conversations are kept in the relational database, and what people thought of the answers."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from companion.accounts.fields import EncryptedTextField
from companion.chat.family_messages.models import FamilyMessage
from companion.chat.questions.models import PassedQuestion, PassingOn

__all__ = ["Disclosure", "FamilyMessage", "Feedback", "Message", "PassedQuestion", "PassingOn", "TakesPart"]


class Message(models.Model):
    """One side of a turn: the senior's words or Lilo's answer. The words are encrypted."""

    class Role(models.TextChoices):
        """Who speaks."""

        SENIOR = "senior", "the senior"
        LILO = "lilo", "Lilo"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="messages")
    turn_id = models.UUIDField()
    message_id = models.CharField(max_length=64)
    role = models.CharField(max_length=8, choices=Role)
    text = EncryptedTextField()
    details = EncryptedTextField(default="")
    said_at = models.DateTimeField()

    class Meta:
        ordering = ("said_at", "role")
        constraints = [
            models.UniqueConstraint(fields=("user", "message_id", "role"), name="message_once"),
            models.CheckConstraint(condition=models.Q(role__in=("senior", "lilo")), name="message_role"),
        ]
        indexes = [models.Index(fields=("user", "-said_at"), name="message_recent")]

    def __str__(self) -> str:
        return f"{self.role} at {self.said_at:%Y-%m-%d %H:%M}"


class Feedback(models.Model):
    """Whether an answer helped, in the senior's view. One row a turn; the last press counts."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    turn_id = models.UUIDField()
    helpful = models.BooleanField()
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("user", "turn_id"), name="feedback_once")]

    def __str__(self) -> str:
        return f"{'helpful' if self.helpful else 'not helpful'}: {self.turn_id}"


class Disclosure(models.Model):
    """When Lilo last told somebody that it is a computer program."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"told {self.pk}"


class TakesPart(models.Model):
    """Somebody agreed that Lilo tries small differences in its answers with them. Without a row they did not.

    Knowledge counts under the alias, drawn by lot. With this row goes the only thing that tells who that is.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    alias = models.CharField(max_length=32, unique=True)
    agreed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"takes part since {self.agreed_at:%Y-%m-%d}"
