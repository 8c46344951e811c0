"""Builds of the index, and the vectors they are made of where no MongoDB keeps them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from knowledge.plane.rules import Verdict


class Build(models.Model):
    """One way from published entries to an index that serves. Who dies on it leaves it RUNNING; another goes on."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        PUBLISHED = "published", "Published"
        REFUSED = "refused", "Refused"
        FAILED = "failed", "Failed"

    class Step(models.TextChoices):
        READ = "read", "Read the entries"
        EMBED = "embed", "Turn new texts into vectors"
        WRITE = "write", "Write and check the index"
        JUDGE = "judge", "Judge its answers"
        SWAP = "swap", "Let it serve"
        TIDY = "tidy", "Clear away what is gone"

    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    step = models.CharField(max_length=10, choices=Step, default=Step.READ)
    progress = models.JSONField(default=dict)
    """By step: `done`, `total` (0 while unknown), `began` and `ended` in seconds since 1970."""
    version = models.CharField(max_length=80, blank=True, db_index=True)
    """The index it makes; another one whenever it must begin anew."""
    entry_count = models.PositiveIntegerField(default=0)
    vector_count = models.PositiveIntegerField(default=0)
    reused_count = models.PositiveIntegerField(default=0)
    """Vectors that were stored already; the others were embedded."""
    attempts = models.PositiveIntegerField(default=1)
    verdict = models.JSONField(null=True)
    error = models.CharField(max_length=500, blank=True)
    trace_id = models.CharField(max_length=32, blank=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    """The last sign of life."""
    finished_at = models.DateTimeField(null=True)
    overruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    overruled_because = models.CharField(max_length=500, blank=True)
    """Why somebody let it serve though it was refused."""

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="knowledge_build_one_running", fields=["state"], condition=Q(state="running")),
            models.CheckConstraint(
                name="knowledge_build_state", condition=Q(state__in=["running", "published", "refused", "failed"])
            ),
            models.CheckConstraint(
                name="knowledge_build_ended", condition=Q(state="running") | Q(finished_at__isnull=False)
            ),
            models.CheckConstraint(
                name="knowledge_build_overruled_with_reason",
                condition=Q(overruled_by=None) | ~Q(overruled_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Build {self.pk}"

    @property
    def judged(self) -> Verdict | None:
        """What the gate said, once it has."""
        return Verdict.from_json(self.verdict) if self.verdict else None

    def took(self, now: datetime) -> timedelta:
        """How long it took, or has been at it."""
        return (self.finished_at or now) - self.started_at


class Embedding(models.Model):
    """The vector of a text, found by the text's hash: whoever needs it, it is made once. Of one model each."""

    text_hash = models.CharField(max_length=32)
    """128 bits of BLAKE2b of the text as the model reads it, the same that the index keeps."""
    model = models.CharField(max_length=200)
    dimension = models.PositiveIntegerField()
    vector = models.BinaryField()
    """Of length one, float16, little-endian."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="knowledge_embedding_of_text", fields=["text_hash", "model", "dimension"])
        ]

    def __str__(self) -> str:
        return f"{self.text_hash} by {self.model}"


class KnowledgeVector(models.Model):
    """Which vector stands for which part of a published entry."""

    entry_key = models.CharField(max_length=200)
    chunk_index = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    """`searched`: a wording of the question, or the answer; `sentence`: one sentence of the answer."""
    text_hash = models.CharField(max_length=32, db_index=True)
    model = models.CharField(max_length=200)
    dimension = models.PositiveIntegerField()
    artefact = models.CharField(max_length=80)
    """Version of the index it came with."""
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["entry_key", "chunk_index"]
        constraints = [models.UniqueConstraint(name="knowledge_vector_of_part", fields=["entry_key", "chunk_index"])]

    def __str__(self) -> str:
        return f"{self.entry_key} {self.chunk_index}"
