"""What is kept of turns to see whether they change: numbers, and how often each known word was used. Never who."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from knowledge.evaluation.drift.rules import Test, Turns


class TurnFigures(models.Model):
    """The numbers of one turn. Nothing tells whose it was, nor at what hour."""

    day = models.DateField(db_index=True)
    similarity = models.FloatField()
    """Of the question and the best evidence."""
    length = models.PositiveIntegerField()
    """Of the answer, in words."""
    tone = models.FloatField(null=True)
    """Of the answer; None where it has none of the listed words."""
    unknown = models.FloatField(null=True)
    """Share of the question's words that no entry has."""

    def __str__(self) -> str:
        return f"a turn on {self.day}"


class DayOfWords(models.Model):
    """How often the words of the entries were used in questions on one day. Words that no entry has are not kept."""

    day = models.DateField(unique=True)
    turns = models.PositiveIntegerField(default=0)
    words = models.JSONField(default=dict)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"words of {self.day}"


class Baseline(models.Model):
    """What turns were like when all was well. The newest is compared with; it holds a sample, so old days may go."""

    first_day = models.DateField()
    last_day = models.DateField()
    turns = models.PositiveIntegerField()
    figures = models.JSONField(default=dict)
    words = models.JSONField(default=dict)
    taken_at = models.DateTimeField(auto_now_add=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """None where Lilo took it by itself, as the first."""
    because = models.CharField(max_length=500)

    class Meta:
        ordering = ["-taken_at", "-pk"]

    def __str__(self) -> str:
        return f"baseline of {self.first_day} to {self.last_day}"

    @property
    def as_turns(self) -> Turns:
        """As the tests take it."""
        return Turns(self.turns, self.figures, self.words)


class DriftCheck(models.Model):
    """What the comparison of one day found."""

    day = models.DateField(unique=True)
    first_day = models.DateField()
    """Where a day has too few turns, the days before it are taken too."""
    baseline = models.ForeignKey(Baseline, null=True, on_delete=models.SET_NULL, related_name="checks")
    turns = models.PositiveIntegerField()
    found = models.JSONField(default=list)
    has_drifted = models.BooleanField(default=False)

    class Meta:
        ordering = ["-day"]
        verbose_name = "drift check"
        permissions = [("take_baseline", "Can take now as the new baseline")]

    def __str__(self) -> str:
        return f"drift on {self.day}"

    @property
    def tests(self) -> list[Test]:
        """The tests; none where there was too little to go by."""
        return [Test(**test) for test in self.found]
