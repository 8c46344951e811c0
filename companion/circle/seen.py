"""The access log: every look that another person takes at a senior's data, once a person, item and hour.

It is written where access is granted (`access_senior`), and by `note_seen` where one page reads many seniors. A look is
never refused because it could not be written down: it is kept in this process, counted, and written with the next.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from prometheus_client import Counter

from companion.accounts.models import User
from companion.circle.models import AccessLog

log = logging.getLogger(__name__)
LATE = Counter("lilo_access_log_late_total", "Looks at a senior's data that could not be written down at once.")
#: Milliseconds that a reader waits for the database's one writer (SQLite), so that a page is never held up by its log.
PATIENCE_MS = 250
#: What this process remembers of the hour, so that a page that is open is not written down again and again.
MOST_REMEMBERED = 20_000
MOST_WAITING = 10_000

Key = tuple[UUID, UUID, str, str]


class _Memory:
    """What has been written down, and what still has to be; shared by the threads of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._written: OrderedDict[Key, None] = OrderedDict()
        self._waiting: OrderedDict[Key, AccessLog] = OrderedDict()

    def knows(self, keys: Iterable[Key]) -> bool:
        """Whether all of these have been written down: so it is with every look of an hour but the first."""
        with self._lock:
            return all(key in self._written for key in keys)

    def unwritten(self, rows: dict[Key, AccessLog]) -> dict[Key, AccessLog]:
        """Those of the rows that are new."""
        with self._lock:
            return {key: row for key, row in rows.items() if key not in self._written}

    def waited(self) -> dict[Key, AccessLog]:
        """Take what waited, to be written now."""
        with self._lock:
            found = dict(self._waiting)
            self._waiting.clear()
        return found

    def keep(self, keys: Iterable[Key]) -> None:
        """These are stored."""
        with self._lock:
            self._written.update(dict.fromkeys(keys))
            while len(self._written) > MOST_REMEMBERED:
                self._written.popitem(last=False)

    def wait(self, rows: dict[Key, AccessLog]) -> None:
        """These could not be stored."""
        with self._lock:
            self._waiting.update(rows)
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popitem(last=False)


_memory = _Memory()


def note_seen(person: User, senior_ids: Iterable[UUID], item: str) -> None:
    """Write down that a person looks at one item of these seniors. The senior's own looks are nobody's business.

    Args:
        person: who looks, and may.
        senior_ids: at whose data.
        item: one of `models.Looked`.
    """
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    kind, of_hour = str(item), f"{hour:%Y%m%d%H}"
    keys = [(senior_id, person.pk, kind, of_hour) for senior_id in senior_ids if senior_id != person.pk]
    if _memory.knows(keys):
        return
    rows = {key: AccessLog(senior_id=key[0], person_id=key[1], item=kind, hour=hour, at=now) for key in keys}
    if rows := _memory.unwritten(rows):
        _write(rows)


def _write(new: dict[Key, AccessLog]) -> None:
    late = _memory.waited()
    rows = late | new
    try:
        with _briefly(), transaction.atomic():
            rows = _still_there(late) | new
            AccessLog.objects.bulk_create(rows.values(), ignore_conflicts=True)
            transaction.on_commit(lambda: _memory.keep(rows))  # remembered only once it is really stored
    except DatabaseError:
        LATE.inc(len(rows))
        log.warning("looks at a senior's data are written down later", exc_info=True, extra={"looks": len(rows)})
        _memory.wait(rows)


def _still_there(rows: dict[Key, AccessLog]) -> dict[Key, AccessLog]:
    """Those whose people were not erased meanwhile: one row of somebody who is gone would hold up all others."""
    if not rows:
        return {}
    ids = {person_id for senior_id, looker_id, *_ in rows for person_id in (senior_id, looker_id)}
    known = set(User.everyone.filter(pk__in=ids).values_list("pk", flat=True))
    return {key: row for key, row in rows.items() if known.issuperset(key[:2])}


@contextmanager
def _briefly() -> Iterator[None]:
    """Wait only a moment for SQLite's one writer. Within a transaction its lock is held already."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
