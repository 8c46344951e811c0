"""Whether somebody lets Lilo pass questions on, and which of theirs were."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from companion.accounts.fields import BlindIndexField, EncryptedTextField


class PassingOn(models.Model):
    """What somebody said about passing their questions on. Without a row Lilo asks each time."""

    class Choice(models.TextChoices):
        ASK = "ask", "Ask me each time"
        ALWAYS = "always", "Yes, always"
        NEVER = "never", "No, never"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    choice = models.CharField(max_length=6, choices=Choice, default=Choice.ASK)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(choice__in=("ask", "always", "never")), name="passing_on")]

    def __str__(self) -> str:
        return f"{self.choice}: {self.pk}"


class PassedQuestion(models.Model):
    """A question that was passed on, and the ticket by which its answer finds the way back.

    The ticket is the only thing that knowledge has too. It is encrypted here, and found by a blind index: who reads
    both tables without the keys cannot put them together.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    turn_id = models.UUIDField()
    question = EncryptedTextField()
    """In the person's own words: what is asked again when they wish to hear the answer."""
    question_index = BlindIndexField(of="question")
    passed = EncryptedTextField()
    """What was passed on of it."""
    ticket = EncryptedTextField()
    ticket_index = BlindIndexField(of="ticket", unique=True)
    passed_at = models.DateTimeField()
    key = models.CharField(max_length=200, blank=True)
    """Of the entry that answers it by now."""
    told_at = models.DateTimeField(null=True, blank=True)
    """When Lilo began to say that it knows more; once."""
    settled_at = models.DateTimeField(null=True, blank=True)
    """When the person asked to hear it, or not to."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=("user", "turn_id"), name="question_passed_once")]
        indexes = [
            models.Index(fields=("user", "question_index"), name="question_passed_words"),
            models.Index(fields=("key", "told_at"), name="question_passed_answered"),
        ]

    def __str__(self) -> str:
        return f"passed on {self.passed_at:%Y-%m-%d}"
