"""Builds, their steps, and stored vectors."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0002_history")]

    operations = []
