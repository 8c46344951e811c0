import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("circle", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="declined_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="guest",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.CreateModel(
            name="AccessLog",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField()),
                (
                    "item",
                    models.CharField(
                        choices=[
                            ("alerts", "alerts"),
                            ("medicines", "medicines"),
                            ("journal", "journal"),
                            ("activity", "activity"),
                            ("topics", "topics of talk"),
                            ("details", "address and doctor"),
                            ("health", "conditions and allergies"),
                        ],
                        max_length=12,
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("at", models.DateTimeField()),
                (
                    "senior",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="looks", to="circle.senior"
                    ),
                ),
            ],
            options={
                "verbose_name": "look at a senior's data",
                "verbose_name_plural": "access log",
                "ordering": ("-at",),
                "indexes": [models.Index(fields=["senior", "-at"], name="looks_of_senior")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("senior", "person_id", "item", "hour"), name="look_once_an_hour"
                    )
                ],
            },
        ),
    ]
