"""What the settings ask of the stores."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from lilo_site.settings.stores import database


def test_postgresql_is_never_asked_first_whether_it_is_there() -> None:
    """The pool's check query has no time limit: a frozen server would hold up an alert before its own limit begins."""
    asked = database(urlsplit("postgresql://lilo@db/lilo"), Path())
    assert not asked.get("CONN_HEALTH_CHECKS")
    assert asked["OPTIONS"]["keepalives"] == 1
