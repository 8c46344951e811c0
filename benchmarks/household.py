"""A prepared Lilo of a benchmark's own: a temporary data folder with the demo household, the corpus and its index."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def set_up(*, threads: int | None = None) -> Path:
    """Prepare the household and set Django up; returns the data folder. Call it before importing any of Lilo.

    Args:
        threads: cores the process may use, as the bars are stated for two; None for all.
    """
    folder = Path(tempfile.mkdtemp(prefix="lilo-benchmark-"))
    os.environ.update(LILO_DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE="lilo_site.settings", LOG_LEVEL="ERROR")
    if threads is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:threads]))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("demo", prepare_only=True)
    return folder
