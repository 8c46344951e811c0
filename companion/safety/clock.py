"""The time that deadlines are reckoned by. A step of this machine's wall clock must neither hurry an alert nor hold it
up.

With PostgreSQL every process asks the database, so they all agree. Embedded, it is the wall clock of the start plus the
seconds that really passed since, counted through sleep where the system can.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection

from companion.safety.ladder import Timing

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_STARTED_AT = datetime.now(UTC)
_STARTED = time.clock_gettime(_CLOCK)


def steady() -> datetime:
    """Now, by this process alone."""
    return _STARTED_AT + timedelta(seconds=time.clock_gettime(_CLOCK) - _STARTED)


def now() -> datetime:
    """Now, as every process that shares the database agrees. With PostgreSQL it costs a query."""
    if connection.vendor != "postgresql":
        return steady()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC)


def timing() -> Timing:
    """The ladder's intervals, shortened where a drill or a test sets `ALERT_TIME_DIVISOR`."""
    return Timing().divided(settings.ALERT_TIME_DIVISOR)
