"""How often answers rest on an entry: counted in this process, written now and then, without a trace of who asked."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from knowledge.inbox.models import EntryUsage

log = logging.getLogger(__name__)

#: Seconds between two writes of one process.
WRITE_EVERY = 5.0


class UsageCounter:
    """The counts that this process has not written yet. What is not written when a process is killed is lost."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, date]] = Counter()
        self._lock = threading.Lock()
        self._written_at = 0.0

    def note(self, keys: Iterable[str]) -> None:
        """Count one use of each, and write if that was not done lately. Blocks then."""
        today = timezone.localdate()
        with self._lock:
            self._counts.update((key, today) for key in set(keys))
            is_due = bool(self._counts) and time.monotonic() - self._written_at >= WRITE_EVERY
            if is_due:
                self._written_at = time.monotonic()
        if is_due:
            self.write()

    def write(self) -> None:
        """Write what was counted. A database that does not take it now gets it the next time."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        try:
            with transaction.atomic():
                for (key, day), count in sorted(counts.items()):  # in one order everywhere: no two wait for each other
                    _add(key, day, count)
        except DatabaseError:
            log.warning("uses of entries could not be written yet", exc_info=True)
            with self._lock:
                self._counts.update(counts)


def _add(key: str, day: date, count: int) -> None:
    more = {"count": F("count") + count}
    rows = EntryUsage.objects.filter(key=key, day=day)
    if rows.update(**more):
        return
    try:
        with transaction.atomic():
            EntryUsage.objects.create(key=key, day=day, count=count)
    except IntegrityError:  # another process was quicker
        rows.update(**more)


counter = UsageCounter()
