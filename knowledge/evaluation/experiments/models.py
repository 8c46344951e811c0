"""Experiments, what was counted of those in them, and what each day's look found. No words, and no names."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q

from knowledge.evaluation.experiments.measures import MEASURES
from knowledge.evaluation.experiments.rules import Plan
from knowledge.evaluation.experiments.sequential import planned_people


def new_salt() -> str:
    """So that the arms of one experiment say nothing about those of another."""
    return secrets.token_hex(8)


class Experiment(models.Model):
    """Two or more ways of answering, tried on people who agreed. Write through `actions` once it is started."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        RUNNING = "running", "Running"
        STOPPED = "stopped", "Stopped"
        CONCLUDED = "concluded", "Concluded"

    name = models.CharField(max_length=100, unique=True)
    hypothesis = models.TextField(
        max_length=500,
        help_text="What do you expect, and why? “If an answer has four sentences, fewer people ask again.”",
    )
    lever = models.CharField("what is varied", max_length=20)
    arms = models.JSONField(default=list)
    """The first is how things are today; each has `name`, `value` and `weight`."""
    primary = models.CharField("what should become better", max_length=20, default="answered")
    guardrails = models.JSONField(default=dict)
    """Measures that must not get worse, each with how much worse is tolerated."""
    traffic = models.FloatField(default=1.0)
    alpha = models.FloatField(default=0.05)
    power = models.FloatField(default=0.8)
    smallest_effect = models.FloatField(default=0.05)
    minimum = models.PositiveIntegerField(default=100)
    days = models.PositiveSmallIntegerField(default=7)
    """How long each person is watched, from their first question on; then they count, once."""
    salt = models.CharField(max_length=32, default=new_salt, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(null=True)
    started_because = models.CharField(max_length=500, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """None where a rule ended it."""
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        permissions = [("run_experiment", "Can start and stop experiments")]
        constraints = [
            models.UniqueConstraint(
                name="knowledge_experiment_one_a_lever", fields=["lever"], condition=Q(state="running")
            ),
            models.CheckConstraint(
                name="knowledge_experiment_state", condition=Q(state__in=["draft", "running", "stopped", "concluded"])
            ),
            models.CheckConstraint(
                name="knowledge_experiment_started",
                condition=Q(state="draft") | (Q(started_at__isnull=False) & ~Q(started_because="")),
            ),
            models.CheckConstraint(
                name="knowledge_experiment_ended",
                condition=Q(state__in=["draft", "running"]) | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def planned(self) -> int:
        """People of two arms together at which it ends."""
        others = max(1, len(self.arms) - 1)
        least = min((arm["weight"] for arm in self.arms[1:]), default=1)
        weights = (self.arms[0]["weight"], least) if self.arms else (1, 1)
        people = planned_people(
            spread=MEASURES[self.primary].spread,
            effect=self.smallest_effect,
            alpha=self.alpha / others,
            power=self.power,
            weights=weights,
        )
        return max(people, 2 * self.minimum)

    @property
    def plan(self) -> Plan:
        """What was decided before the start."""
        return Plan(
            lever=self.lever,
            arms=self.arms,
            primary=self.primary,
            guardrails=self.guardrails,
            alpha=self.alpha,
            smallest_effect=self.smallest_effect,
            minimum=self.minimum,
            planned=self.planned,
        )


class PersonDay(models.Model):
    """What was counted of one person in one experiment on one day."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="people")
    alias = models.CharField(max_length=32)
    """Stands for the person. Who it is, only the people's side knows, and only while they take part."""
    arm = models.CharField(max_length=40)
    day = models.DateField()
    turns = models.PositiveIntegerField(default=0)
    answered = models.IntegerField(default=0)
    abstained = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    asked_more = models.PositiveIntegerField(default=0)
    helpful = models.IntegerField(default=0)
    not_helpful = models.IntegerField(default=0)
    held_back = models.PositiveIntegerField(default=0)
    latency_ms = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="knowledge_person_day_once", fields=["experiment", "alias", "day"])]

    def __str__(self) -> str:
        return f"{self.arm} on {self.day}"


class Look(models.Model):
    """What the numbers of an experiment said on one day."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="looks")
    day = models.DateField()
    figures = models.JSONField(default=dict)
    end = models.CharField(max_length=10)
    said = models.CharField(max_length=500)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(name="knowledge_look_once_a_day", fields=["experiment", "day"])]

    def __str__(self) -> str:
        return f"{self.experiment_id} on {self.day}"
