"""Runs of the golden set, baselines of drift."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0004_inbox")]

    operations = []
