"""Experiments, what is counted in them, and what is kept of turns to see whether they drift."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import knowledge.evaluation.experiments.models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0005_evaluation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DayOfWords",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("turns", models.PositiveIntegerField(default=0)),
                ("words", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="TurnFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(db_index=True)),
                ("similarity", models.FloatField()),
                ("length", models.PositiveIntegerField()),
                ("tone", models.FloatField(null=True)),
                ("unknown", models.FloatField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Baseline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("turns", models.PositiveIntegerField()),
                ("figures", models.JSONField(default=dict)),
                ("words", models.JSONField(default=dict)),
                ("taken_at", models.DateTimeField(auto_now_add=True)),
                ("because", models.CharField(max_length=500)),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-taken_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="DriftCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("first_day", models.DateField()),
                ("turns", models.PositiveIntegerField()),
                ("found", models.JSONField(default=list)),
                ("has_drifted", models.BooleanField(default=False)),
                (
                    "baseline",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="checks",
                        to="knowledge.baseline",
                    ),
                ),
            ],
            options={
                "verbose_name": "drift check",
                "ordering": ["-day"],
                "permissions": [("take_baseline", "Can take now as the new baseline")],
            },
        ),
        migrations.CreateModel(
            name="Experiment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                (
                    "hypothesis",
                    models.TextField(
                        help_text="What do you expect, and why? “If an answer has four sentences, fewer people ask again.”",
                        max_length=500,
                    ),
                ),
                ("lever", models.CharField(max_length=20, verbose_name="what is varied")),
                ("arms", models.JSONField(default=list)),
                (
                    "primary",
                    models.CharField(default="answered", max_length=20, verbose_name="what should become better"),
                ),
                ("guardrails", models.JSONField(default=dict)),
                ("traffic", models.FloatField(default=1.0)),
                ("alpha", models.FloatField(default=0.05)),
                ("power", models.FloatField(default=0.8)),
                ("smallest_effect", models.FloatField(default=0.05)),
                ("minimum", models.PositiveIntegerField(default=100)),
                ("days", models.PositiveSmallIntegerField(default=7)),
                (
                    "salt",
                    models.CharField(
                        default=knowledge.evaluation.experiments.models.new_salt, editable=False, max_length=32
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("running", "Running"),
                            ("stopped", "Stopped"),
                            ("concluded", "Concluded"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("started_because", models.CharField(blank=True, max_length=500)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_because", models.CharField(blank=True, max_length=500)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
                "permissions": [("run_experiment", "Can start and stop experiments")],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("figures", models.JSONField(default=dict)),
                ("end", models.CharField(max_length=10)),
                ("said", models.CharField(max_length=500)),
                (
                    "experiment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="looks", to="knowledge.experiment"
                    ),
                ),
            ],
            options={
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="PersonDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("alias", models.CharField(max_length=32)),
                ("arm", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("turns", models.PositiveIntegerField(default=0)),
                ("answered", models.IntegerField(default=0)),
                ("abstained", models.PositiveIntegerField(default=0)),
                ("repeated", models.PositiveIntegerField(default=0)),
                ("asked_more", models.PositiveIntegerField(default=0)),
                ("helpful", models.IntegerField(default=0)),
                ("not_helpful", models.IntegerField(default=0)),
                ("held_back", models.PositiveIntegerField(default=0)),
                ("latency_ms", models.FloatField(default=0)),
                (
                    "experiment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="people", to="knowledge.experiment"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="experiment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "running")), fields=("lever",), name="knowledge_experiment_one_a_lever"
            ),
        ),
        migrations.AddConstraint(
            model_name="experiment",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "running", "stopped", "concluded"])),
                name="knowledge_experiment_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="experiment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    models.Q(("started_at__isnull", False), models.Q(("started_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="knowledge_experiment_started",
            ),
        ),
        migrations.AddConstraint(
            model_name="experiment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "running"]),
                    models.Q(("ended_at__isnull", False), models.Q(("ended_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="knowledge_experiment_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.UniqueConstraint(fields=("experiment", "day"), name="knowledge_look_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="personday",
            constraint=models.UniqueConstraint(fields=("experiment", "alias", "day"), name="knowledge_person_day_once"),
        ),
    ]
