"""Questions that people have passed on, gathered by meaning, and how often entries are used. No person is in here."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from knowledge.inbox.rules import Reason, headline
from lilo_site.encryption import EncryptedTextField


class QuestionGroup(models.Model):
    """Questions that mean the same, and what the curators made of them."""

    class State(models.TextChoices):
        OPEN = "open", "Waiting"
        WRITING = "writing", "An entry is on its way"
        ANSWERED = "answered", "Answered"
        DISMISSED = "dismissed", "Not for Lilo"

    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    entry = models.ForeignKey(
        "knowledge.Entry", null=True, blank=True, on_delete=models.SET_NULL, related_name="question_groups"
    )
    """The entry that answers it, or is going to."""
    dismissed_because = models.CharField("why", max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    people = models.PositiveIntegerField(default=0)
    """How many questions are in it: each has a ticket of its own."""
    last_asked_on = models.DateField(default=timezone.localdate)

    class Meta:
        verbose_name = "question for Lilo"
        verbose_name_plural = "questions for Lilo"
        ordering = ["-people", "-last_asked_on", "pk"]
        indexes = [models.Index(fields=["state", "-people", "-last_asked_on"], name="knowledge_inbox_order")]
        constraints = [
            models.CheckConstraint(
                name="knowledge_inbox_state", condition=Q(state__in=["open", "writing", "answered", "dismissed"])
            ),
            models.CheckConstraint(
                name="knowledge_inbox_dismissed_with_reason",
                condition=~Q(state="dismissed") | ~Q(dismissed_because=""),
            ),
        ]

    def __str__(self) -> str:
        return headline([question.text for question in self.questions.all()]) or "A question that was taken back"

    @property
    def is_decided(self) -> bool:
        """Whether a curator has said what becomes of it."""
        return self.state != self.State.OPEN


class Question(models.Model):
    """A question as somebody passed it on, without names. Who it was only the room of people knows, by the ticket."""

    Reason = Reason

    ticket = models.UUIDField(primary_key=True, default=uuid.uuid4)
    """Drawn by lot for this one question; it leads nowhere from here."""
    group = models.ForeignKey(QuestionGroup, null=True, on_delete=models.SET_NULL, related_name="questions")
    """None until its meaning was compared."""
    text = EncryptedTextField()
    vector = EncryptedTextField(default="")
    """Base64 of float16: a vector says nearly as much as the words it was made of."""
    model = models.CharField(max_length=200, blank=True)
    """Whose vector it is."""
    reason = models.CharField(max_length=12, choices=Reason)
    shown = models.JSONField(default=list)
    """Keys of the entries that were shown as the answer, or as something near."""
    by_senior = models.BooleanField(default=True)
    """Else somebody of a family or a home asked."""
    asked_on = models.DateField(default=timezone.localdate)
    """The day and no more: a time of day would tell who was talking."""
    tried_with = models.CharField(max_length=80, blank=True)
    """The index that was last asked this after its entry was published, and did not find it."""
    answered_by = models.CharField(max_length=200, blank=True)
    """Key of the entry that answers it now; empty until Lilo finds it."""
    is_told = models.BooleanField(default=False)
    """The room of people has taken note that it is answered."""

    class Meta:
        ordering = ["-asked_on", "pk"]
        indexes = [models.Index(fields=["asked_on"], name="knowledge_question_day")]
        constraints = [
            models.CheckConstraint(
                name="knowledge_question_reason", condition=Q(reason__in=["unanswered", "not_helpful"])
            )
        ]

    def __str__(self) -> str:
        return self.text


class GroupStep(models.Model):
    """What a curator did to a group by hand: whose hand, not whose words."""

    class What(models.TextChoices):
        MERGED = "merged", "put together with others"
        TAKEN_OUT = "taken_out", "taken out"

    group = models.ForeignKey(QuestionGroup, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=10, choices=What)
    count = models.PositiveIntegerField()
    """Questions that came or went."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.count} {self.get_what_display()}"


class EntryUsage(models.Model):
    """How often answers rested on an entry on one day."""

    key = models.CharField(max_length=200)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="knowledge_usage_of_day", fields=["key", "day"])]

    def __str__(self) -> str:
        return f"{self.key} on {self.day}: {self.count}"
