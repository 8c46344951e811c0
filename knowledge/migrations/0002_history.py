"""Every version of an entry; what was there before is the first."""

from __future__ import annotations

import uuid
from typing import Any

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

BATCH_ROWS = 500
COPIED = (
    "id", "key", "question", "alternatives", "answer", "category", "tags", "audience", "status", "reading_grade",
    "reviewed_at", "review_due", "provenance", "provenance_detail",
)  # fmt: skip


def keep_what_is_there(apps: Any, schema_editor: Any) -> None:
    """Entries older than their history begin it as they are."""
    entry_model, version = apps.get_model("knowledge", "Entry"), apps.get_model("knowledge", "EntryVersion")
    entries = entry_model.objects.prefetch_related("sources").iterator(chunk_size=BATCH_ROWS)
    version.objects.bulk_create(
        (
            version(
                history_date=entry.updated_at,
                history_type="~",
                history_user_id=entry.author_id,
                action="written" if entry.provenance == "written" else "imported",
                sources=[
                    {"title": page.title, "publisher": page.publisher, "url": page.url, "date": page.date.isoformat()}
                    for page in entry.sources.all()
                ],
                **{name: getattr(entry, name) for name in COPIED},
            )
            for entry in entries
        ),
        batch_size=BATCH_ROWS,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="entry",
            options={
                "ordering": ["key"],
                "permissions": [
                    ("review_entry", "Can approve entries and send them back"),
                    ("publish_entry", "Can publish and retire entries"),
                ],
                "verbose_name_plural": "entries",
            },
        ),
        migrations.CreateModel(
            name="EntryVersion",
            fields=[
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("written", "Written"),
                            ("edited", "Edited"),
                            ("submitted", "Submitted for review"),
                            ("approved", "Approved"),
                            ("sent_back", "Sent back"),
                            ("published", "Published"),
                            ("confirmed", "Confirmed still right"),
                            ("retired", "Retired"),
                            ("reopened", "Taken up again"),
                            ("restored", "Earlier version restored"),
                            ("imported", "Imported"),
                            ("deleted", "Deleted"),
                        ],
                        default="deleted",
                        max_length=10,
                    ),
                ),
                ("sources", models.JSONField(default=list)),
                ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                (
                    "key",
                    models.CharField(help_text="Its name outside: lower-case words joined by hyphens.", max_length=200),
                ),
                ("question", models.TextField(help_text="As a person would say it.")),
                (
                    "alternatives",
                    models.JSONField(blank=True, default=list, help_text="Other ways to ask the same, one a line."),
                ),
                ("answer", models.TextField()),
                ("category", models.CharField(max_length=80)),
                ("tags", models.JSONField(blank=True, default=list)),
                (
                    "audience",
                    models.CharField(
                        choices=[("everyone", "Everyone"), ("senior", "Seniors"), ("family", "Family")],
                        default="everyone",
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "In review"),
                            ("published", "Published"),
                            ("retired", "Retired"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("reading_grade", models.FloatField(default=0.0, editable=False)),
                ("reviewed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "review_due",
                    models.DateField(blank=True, help_text="The day its facts must be checked again.", null=True),
                ),
                (
                    "provenance",
                    models.CharField(
                        choices=[("written", "Written here"), ("starter", "Starter corpus"), ("imported", "Imported")],
                        default="written",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("provenance_detail", models.CharField(blank=True, editable=False, max_length=200)),
                ("history_change_reason", models.TextField(blank=True, default="")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "version of an entry",
                "verbose_name_plural": "versions of entries",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.RunPython(keep_what_is_there, migrations.RunPython.noop, elidable=True),
    ]
