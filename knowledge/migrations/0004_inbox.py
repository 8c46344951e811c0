"""Questions that wait for an entry, and how entries are used."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0003_plane")]

    operations = []
