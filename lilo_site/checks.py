"""What an installation lacks that Lilo can run without, until something goes wrong: `check --deploy` says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

#: Setting -> what nobody hears of while it is empty.
NOBODY_HEARS = {
    "ADMINS": "when questions have drifted, or an experiment has ended",
    "ALERT_OPERATORS": "when an alert has reached none of a senior's people",
}


def somebody_is_told(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[checks.CheckMessage]:
    """Somebody who runs this installation has an address for what goes wrong in it."""
    return [
        checks.Warning(f"{name} is not set: nobody is told {what}.", hint="See docs/settings.md.", id=f"lilo.{name}")
        for name, what in NOBODY_HEARS.items()
        if not getattr(settings, name)
    ]
