"""When to try again, and when a phone may stay silent. Pure: no database, no clock."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Seconds to the next try; the last one repeats.
PAUSES = (1, 2, 4, 8, 15, 30, 60)
MOST_TRIES = 12
#: After this many failures of every message of a round, the next rung is told without waiting.
HURRY_AFTER = 2


def next_try(tries: int, now: datetime, *, retry_after: float | None = None, divisor: int = 1) -> datetime | None:
    """When a message that failed `tries` times is tried again; None when it is given up."""
    if tries >= MOST_TRIES:
        return None
    pause = max(PAUSES[min(tries, len(PAUSES)) - 1], retry_after or 0)
    return now + timedelta(seconds=pause / divisor)


def quiet_until(now: datetime, zone: str, begins: time | None, ends: time | None) -> datetime:
    """When a message that can wait may be sent: now, or at the end of the person's quiet hours, by their own clock."""
    if begins is None or ends is None or begins == ends:
        return now
    local = now.astimezone(ZoneInfo(zone))
    clock = local.time()
    in_quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not in_quiet:
        return now
    day = local.date() + timedelta(days=1) if clock >= ends else local.date()
    return datetime.combine(day, ends, ZoneInfo(zone)).astimezone(now.tzinfo)
