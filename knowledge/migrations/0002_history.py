"""Every version of an entry."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]

    operations = []
