"""The relational database: PostgreSQL, or SQLite when embedded. Django opens it; here it is only probed."""

from __future__ import annotations

from django.db import connection, connections


def kind() -> str:
    """Which database is in use."""
    return connection.vendor


def probe() -> None:
    """Ask the database for one row, on a connection of this thread that is closed again."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    finally:
        connections.close_all()
