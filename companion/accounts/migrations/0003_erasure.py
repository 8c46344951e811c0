import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_kept_answers")]

    operations = [
        migrations.CreateModel(
            name="ErasureCertificate",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField(unique=True)),
                ("closed_at", models.DateTimeField()),
                ("erased_at", models.DateTimeField()),
                ("counts", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "certificate of erasure",
                "verbose_name_plural": "certificates of erasure",
                "ordering": ("-erased_at",),
            },
        ),
    ]
