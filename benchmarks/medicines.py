"""The tick of medicines with many seniors: how long each look takes, and how many queries.

    python benchmarks/medicines.py [seniors] [medicines each]

Uses a database of its own in memory of this run; prints a table.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["LILO_DATA_DIR"] = tempfile.mkdtemp(prefix="lilo-benchmark-")
os.environ["DJANGO_SETTINGS_MODULE"] = "lilo_site.settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from companion.care.medicines import ticks  # noqa: E402
from companion.care.medicines.models import Occurrence  # noqa: E402
from companion.safety import clock  # noqa: E402
from companion.safety.models import Delivery  # noqa: E402
from tests.companion.care.medicines.conftest import instant  # noqa: E402
from tests.companion.care.medicines.crowd import make_crowd  # noqa: E402

LOOKS = (
    ("laid out for two days", 0),
    ("nothing is due", 30),
    ("every dose is due at once", 120),
    ("nobody has seen it: other ways", 125),
    ("the circles are told", 180),
    ("late", 240),
    ("missed", 480),
)


def main() -> None:
    """Print the table."""
    seniors, each = (int(text) for text in (*sys.argv[1:3], *("500", "5")[len(sys.argv[1:3]) :]))
    call_command("migrate", verbosity=0, interactive=False)
    start = instant("2026-06-01 10:00")
    with patch.object(clock, "now", lambda: start):
        make_crowd(seniors, medicines=each)
    print(f"{seniors} seniors with {each} medicines each, {connection.vendor}, batches of {ticks.BATCH}\n")
    print("| look | rows | seconds | queries | queries a batch |\n| --- | --- | --- | --- | --- |")
    for name, minutes in LOOKS:
        now = start + timedelta(minutes=minutes)
        with patch.object(clock, "now", lambda now=now: now), CaptureQueriesContext(connection) as queries:
            began = time.perf_counter()
            rows = ticks.tick()
            took = time.perf_counter() - began
        batches = max(1, -(-rows // ticks.BATCH))
        print(f"| {name} | {rows} | {took:.2f} | {len(queries)} | {len(queries) / batches:.0f} |")
    print(f"\n{Occurrence.objects.count()} doses, {Delivery.objects.count()} messages written.")


if __name__ == "__main__":
    main()
