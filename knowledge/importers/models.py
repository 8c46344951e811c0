"""Imports that curators started: what was to be read, how far it is, and what became of each row."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from knowledge.importers.outcomes import Outcome, Result
from knowledge.importers.reading import Choices, SourceFile
from knowledge.rules import SourceText


class ImportJob(models.Model):
    """Files brought in together. First they are checked, then, if the curator says so, imported.

    Write through `knowledge.importers.actions` only.
    """

    class State(models.TextChoices):
        CHECKING = "checking", "Being checked"
        READY = "ready", "Waits for your yes"
        IMPORTING = "importing", "Being imported"
        DONE = "done", "Imported"
        DISCARDED = "discarded", "Discarded"
        FAILED = "failed", "Stopped"

    WORKING = (State.CHECKING, State.IMPORTING)
    OPEN = (State.CHECKING, State.READY, State.IMPORTING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.CHECKING)
    files = models.JSONField()
    """Name, size and SHA-256 of each; the files lie in a folder of the import's own until it is over."""
    chosen = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    """SHA-256 of the files and of what was chosen for them: the same twice is one import."""
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    rows_read = models.PositiveIntegerField(default=0)
    bytes_done = models.PositiveBigIntegerField(default=0)
    bytes_total = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    """How many workers took up its present step."""
    beat_at = models.DateTimeField(null=True)
    """When the worker that has it in hand last said so."""
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = "import"
        ordering = ["-created_at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="knowledge_import_once",
                fields=["created_by", "digest"],
                condition=Q(state__in=["checking", "ready", "importing"]),
            ),
            models.CheckConstraint(
                name="knowledge_import_state",
                condition=Q(state__in=["checking", "ready", "importing", "done", "discarded", "failed"]),
            ),
        ]

    def __str__(self) -> str:
        names = [str(file["name"]) for file in self.files]
        return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return Path(settings.IMPORT_DIR) / str(self.pk)

    @property
    def is_working(self) -> bool:
        """A worker has it in hand, or will."""
        return self.state in self.WORKING

    @property
    def percent(self) -> int:
        """How much of its files is read."""
        return min(100, round(100 * self.bytes_done / self.bytes_total)) if self.bytes_total else 0

    def sources(self) -> list[SourceFile]:
        """Its files, by the names they came with."""
        return [SourceFile(str(file["name"]), self.folder / str(at)) for at, file in enumerate(self.files)]

    def choices(self) -> Choices:
        """What the curator chose for all of them."""
        chosen = self.chosen
        source = None
        if chosen.get("title"):
            day = date.fromisoformat(chosen["date"]) if chosen.get("date") else None
            source = SourceText(chosen["title"], chosen.get("publisher", ""), chosen.get("url", ""), day)
        return Choices(category=chosen.get("category", ""), audience=chosen.get("audience", ""), source=source)

    def day(self) -> date:
        """The day on which it was brought in."""
        return timezone.localdate(self.created_at)


class ImportLine(models.Model):
    """One row of an import's report."""

    RESULTS = {
        Result.NEW: "New",
        Result.CHANGED: "Changed",
        Result.UNCHANGED: "Unchanged",
        Result.REFUSED: "Refused",
        Result.NOTE: "Note",
        Result.GONE: "No longer there",
    }

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    """Among all rows of all files: a step that is taken up again writes each line once."""
    result = models.CharField(max_length=10, choices=[(result.value, label) for result, label in RESULTS.items()])
    place = models.TextField()
    key = models.CharField(max_length=200, blank=True)
    question = models.TextField(blank=True)
    detail = models.TextField(blank=True)
    warnings = models.JSONField(default=list)
    has_warnings = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="knowledge_import_line_once", fields=["job", "position"])]
        indexes = [models.Index(fields=["job", "result", "position"], name="knowledge_import_line_result")]

    def __str__(self) -> str:
        return f"{self.get_result_display()}: {self.place}"

    def as_outcome(self) -> Outcome:
        """As the importer told it."""
        return Outcome(
            Result(self.result), self.place, self.position, self.key, self.question, self.detail, tuple(self.warnings)
        )
