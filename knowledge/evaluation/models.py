"""Kept runs of the golden set."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from knowledge.evaluation.scoring import Row


class EvaluationRun(models.Model):
    """What the golden set came to once, against one index. Write through `knowledge.evaluation.actions` only."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    """None for a run from the terminal."""
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    """Questions asked so far, and to be asked."""
    artefact = models.CharField(max_length=80, blank=True)
    """Version of the index that answered."""
    golden = models.CharField(max_length=16, blank=True)
    """Digest of the golden set."""
    split = models.CharField(max_length=4, default="all")
    summary = models.JSONField(default=dict)
    packed_rows = models.BinaryField(default=bytes)
    """A row of numbers for each question, as gzipped JSON: plain, it would be a megabyte."""
    problem = models.CharField(max_length=300, blank=True)
    """Why it failed."""

    class Meta:
        verbose_name = "evaluation"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="knowledge_evaluation_state",
                condition=models.Q(state__in=["waiting", "running", "done", "failed"]),
            ),
            models.CheckConstraint(
                name="knowledge_evaluation_ended",
                condition=models.Q(state__in=["waiting", "running"]) | models.Q(ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Evaluation {self.pk}"

    @property
    def rows(self) -> list[Row]:
        """The row of each question; none before it is done."""
        from knowledge.evaluation.scoring import Row

        packed = bytes(self.packed_rows)
        kept: list[dict[str, Any]] = json.loads(gzip.decompress(packed)) if packed else []
        return [Row.from_json(row) for row in kept]


def pack(rows: list[dict[str, Any]]) -> bytes:
    """Rows as a run keeps them."""
    return gzip.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)
