"""What Lilo knows: entries, where their facts come from, and the indexes built from them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from knowledge.curation.models import VersionFacts
from knowledge.importers.suspicious import warnings_about
from knowledge.rules import EntryText, Problem, SourceText, entry_problems


class Entry(models.Model):
    """A curated question and its answer.

    Write through `knowledge.actions` only: it keeps the status, the reading grade and the index in step.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        PUBLISHED = "published", "Published"
        RETIRED = "retired", "Retired"

    class Audience(models.TextChoices):
        EVERYONE = "everyone", "Everyone"
        SENIOR = "senior", "Seniors"
        FAMILY = "family", "Family"

    class Provenance(models.TextChoices):
        WRITTEN = "written", "Written here"
        STARTER = "starter", "Starter corpus"
        IMPORTED = "imported", "Imported"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(
        max_length=200, unique=True, help_text="Its name outside: lower-case words joined by hyphens."
    )
    question = models.TextField(help_text="As a person would say it.")
    alternatives = models.JSONField(default=list, blank=True, help_text="Other ways to ask the same, one a line.")
    answer = models.TextField()
    category = models.CharField(max_length=80, db_index=True)
    tags = models.JSONField(default=list, blank=True)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.EVERYONE)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    reading_grade = models.FloatField(default=0.0, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    """Who last wrote its words; nobody reviews their own."""
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    review_due = models.DateField(null=True, blank=True, help_text="The day its facts must be checked again.")
    provenance = models.CharField(max_length=10, choices=Provenance, default=Provenance.WRITTEN, editable=False)
    provenance_detail = models.CharField(max_length=200, blank=True, editable=False)
    """The file or place it came from."""
    curated = models.BooleanField(default=True, editable=False)
    """A curator has taken it in hand: imports leave it alone, and publishing it needs a review."""
    import_digest = models.CharField(max_length=64, blank=True, editable=False)
    """SHA-256 of the imported row, by which the next import sees that nothing changed."""
    index_changed_at = models.DateTimeField(null=True, editable=False)
    """When what the index must say of it last changed."""
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords(
        custom_model_name="EntryVersion",
        verbose_name="version of an entry",
        verbose_name_plural="versions of entries",
        bases=[VersionFacts],
        excluded_fields=[
            "author", "reviewed_by", "curated", "import_digest", "index_changed_at", "created_at", "updated_at",
        ],
        history_change_reason_field=models.TextField(blank=True, default=""),
        no_db_index=["key", "category"],
    )  # fmt: skip
    skip_history_when_saving = True
    """Read by the library: versions are kept by `knowledge.curation.history`, when the sources are saved too."""

    class Meta:
        verbose_name_plural = "entries"
        ordering = ["key"]
        permissions = [
            ("review_entry", "Can approve entries and send them back"),
            ("publish_entry", "Can publish and retire entries"),
        ]
        indexes = [
            models.Index(fields=["status", "key"], name="knowledge_entry_status_key"),
            models.Index(fields=["status", "review_due"], name="knowledge_entry_review_due"),
            models.Index(fields=["index_changed_at"], name="knowledge_entry_index_changed"),
        ]
        constraints = [
            models.CheckConstraint(
                name="knowledge_entry_status", condition=Q(status__in=["draft", "in_review", "published", "retired"])
            ),
            models.CheckConstraint(
                name="knowledge_entry_audience", condition=Q(audience__in=["everyone", "senior", "family"])
            ),
            models.CheckConstraint(
                name="knowledge_entry_provenance", condition=Q(provenance__in=["written", "starter", "imported"])
            ),
            models.CheckConstraint(
                name="knowledge_entry_has_words",
                condition=~Q(key="") & ~Q(question="") & ~Q(answer="") & ~Q(category=""),
            ),
            models.CheckConstraint(
                name="knowledge_entry_reviewed_by_another",
                condition=Q(author=None) | Q(reviewed_by=None) | ~Q(reviewed_by=F("author")),
            ),
            models.CheckConstraint(
                name="knowledge_entry_published_after_review",
                condition=~Q(status="published")
                | Q(curated=False)
                | Q(reviewed_at__isnull=False, review_due__isnull=False),
            ),
            models.CheckConstraint(
                name="knowledge_entry_imports_unreviewed", condition=~Q(provenance="written") | Q(curated=True)
            ),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def review_is_overdue(self) -> bool:
        """Published, and past the day its facts had to be checked again."""
        return (
            self.status == self.Status.PUBLISHED
            and self.review_due is not None
            and self.review_due < timezone.localdate()
        )

    @property
    def is_approved(self) -> bool:
        """In review, and somebody other than its author has said that it is right."""
        return self.status == self.Status.IN_REVIEW and self.reviewed_at is not None

    def as_text(self) -> EntryText:
        """Its words, as the rules read them. Reads the sources from the database."""
        return EntryText(
            key=self.key,
            question=self.question,
            answer=self.answer,
            category=self.category,
            alternatives=tuple(self.alternatives),
            tags=tuple(self.tags),
            audience=self.audience,
            sources=tuple(source.as_text() for source in self.sources.all()),
            review_due=self.review_due,
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What its reviewer should know of its words, though no rule forbids them."""
        return warnings_about(self.question, *self.alternatives, self.answer)

    def problems(self) -> list[Problem]:
        """The rules that keep it from being published. A key from outside keeps its own form."""
        outside = self.provenance == self.Provenance.IMPORTED
        return [problem for problem in entry_problems(self.as_text()) if not (outside and problem.field == "key")]


class EntrySource(models.Model):
    """A public page that supports an entry, and the day it was consulted."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="sources")
    title = models.CharField(max_length=300)
    publisher = models.CharField(max_length=200)
    url = models.URLField("web address", max_length=1000, blank=True)
    date = models.DateField("consulted on")

    class Meta:
        verbose_name = "source"
        ordering = ["id"]
        constraints = [
            # A source is a link on a senior's page: a script address must never get there.
            models.CheckConstraint(
                name="knowledge_source_web_address",
                condition=Q(url="") | Q(url__startswith="https://") | Q(url__startswith="http://"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def as_text(self) -> SourceText:
        """As the rules read it."""
        return SourceText(title=self.title, publisher=self.publisher, url=self.url, date=self.date)


class Artefact(models.Model):
    """A built index: what it was made with, and whether it serves. The files themselves are in the data folder."""

    class State(models.TextChoices):
        PUBLISHED = "published", "Serving"
        KEPT = "kept", "Earlier"
        REFUSED = "refused", "Refused"

    version = models.CharField(max_length=80, unique=True)
    model_name = models.CharField(max_length=200)
    dimension = models.PositiveIntegerField()
    entry_count = models.PositiveIntegerField()
    checksum = models.CharField(max_length=64)
    built_at = models.DateTimeField()
    """When its entries began to be read: what changed later is not in it."""
    published_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State)

    class Meta:
        verbose_name = "index"
        verbose_name_plural = "indexes"
        ordering = ["-built_at"]
        constraints = [
            models.UniqueConstraint(
                name="knowledge_artefact_one_published", fields=["state"], condition=Q(state="published")
            ),
            models.CheckConstraint(
                name="knowledge_artefact_state", condition=Q(state__in=["published", "kept", "refused"])
            ),
            models.CheckConstraint(
                name="knowledge_artefact_published_has_date",
                condition=~Q(state="published") | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.version


from knowledge.evaluation.drift.models import Baseline, DayOfWords, DriftCheck, TurnFigures  # noqa: E402, F401
from knowledge.evaluation.experiments.models import Experiment, Look, PersonDay  # noqa: E402, F401
from knowledge.evaluation.models import EvaluationRun  # noqa: E402, F401  (parts of this app)
from knowledge.importers.models import ImportJob, ImportLine  # noqa: E402, F401  (parts of this app)
from knowledge.inbox.models import EntryUsage, GroupStep, Question, QuestionGroup  # noqa: E402, F401  (parts of this app)
from knowledge.plane.models import Build, Embedding, KnowledgeVector  # noqa: E402, F401  (parts of this app)
