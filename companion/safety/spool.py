"""The local spool: an alert that the database cannot take is written here, and is an alert all the same.

One append-only file an alert. Each line is one sealed record, flushed to the disk before it counts; a line torn by a
crash is no record. The first is the report, later ones say what was done with it until the database has it.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from companion.accounts.fields import UnreadableError, seal, unseal

log = logging.getLogger(__name__)
BOUND_TO = "safety.spool"
Record = dict[str, Any]
#: What a record of another layout than ours comes to.
_NOT_UNDERSTOOD = (AttributeError, KeyError, TypeError, ValueError)
_IS_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that raises an alert, made before any store is asked."""

    alert_id: UUID
    senior_id: UUID
    level: str
    category: str
    words: str
    reasons: tuple[str, ...]
    source: str
    turn_id: UUID | None
    trace_id: str
    drill: bool
    key: str
    at: datetime

    def as_record(self) -> Record:
        """As it is spooled."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_record(cls, record: Record) -> Report:
        """Read what `as_record` made."""
        return cls(
            **{
                **record,
                "alert_id": UUID(record["alert_id"]),
                "senior_id": UUID(record["senior_id"]),
                "turn_id": UUID(record["turn_id"]) if record["turn_id"] else None,
                "reasons": tuple(record["reasons"]),
                "at": datetime.fromisoformat(record["at"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One spooled alert and the notes made since."""

    report: Report
    notes: tuple[Record, ...]


def folder() -> Path:
    """Where the spool lies."""
    return Path(settings.ALERT_SPOOL)


def append(report: Report) -> None:
    """Put an alert on the disk. When this returns it survives a crash and a power cut."""
    note(report.alert_id, {"report": report.as_record()})


def note(alert_id: UUID, record: Record) -> None:
    """Add a record to a spooled alert, made durable before this returns.

    Raises:
        FileNotFoundError: it is no report, and the alert is not in the spool any more.
    """
    path = _path(alert_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_new = not path.exists()
    line = f"\n{seal(BOUND_TO, json.dumps(record))}\n".encode()  # the first line end closes a line torn before
    creates = os.O_CREAT if "report" in record else 0  # a note with no report would lie here for ever, unheard
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | creates, 0o600)
    try:
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        _sync_folder(path.parent)


def waiting() -> list[UUID]:
    """The spooled alerts."""
    return [UUID(path.stem) for path in sorted(folder().glob("*.alert")) if _IS_ID.fullmatch(path.stem)]


def read(alert_id: UUID) -> Entry | None:
    """One spooled alert, or None where it is gone or its report was never whole."""
    try:
        lines = _path(alert_id).read_text(encoding="ascii", errors="replace").split()
    except FileNotFoundError:
        return None
    records = list(_records(alert_id, lines))
    report = next((record["report"] for record in records if "report" in record), None)
    if report is None:
        return None
    return Entry(Report.from_record(report), tuple(record for record in records if "report" not in record))


def entries_of(senior_id: UUID) -> list[Entry]:
    """The spooled alerts of one senior, newest first, without those that we do not understand."""
    found = []
    for alert_id in waiting():
        with suppress(*_NOT_UNDERSTOOD):
            entry = read(alert_id)
            if entry is not None and entry.report.senior_id == senior_id:
                found.append(entry)
    return sorted(found, key=lambda entry: entry.report.at, reverse=True)


@contextmanager
def held(alert_id: UUID) -> Iterator[Entry | None]:
    """Hold one spooled alert against every other process and thread; None where another holds it or it is gone.

    One whose report is none that we understand is set aside for the operator.
    """
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(folder() / f"{alert_id}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield _read_or_set_aside(alert_id)
    finally:
        os.close(lock)


def remove(alert_id: UUID) -> None:
    """The database has it: the spooled one is no longer needed. Call it while it is held."""
    _path(alert_id).unlink(missing_ok=True)
    (folder() / f"{alert_id}.lock").unlink(missing_ok=True)
    _sync_folder(folder())


def set_aside(alert_id: UUID) -> None:
    """Keep an alert that the database will never take, out of the way, for the operator."""
    _path(alert_id).rename(_path(alert_id).with_suffix(".refused"))


def _read_or_set_aside(alert_id: UUID) -> Entry | None:
    try:
        return read(alert_id)
    except _NOT_UNDERSTOOD:
        log.exception("a spooled alert cannot be understood: it is set aside", extra={"alert_id": str(alert_id)})
        set_aside(alert_id)
        return None


def _records(alert_id: UUID, lines: list[str]) -> Iterator[Record]:
    for line in lines:
        try:
            record: Record = json.loads(unseal(BOUND_TO, line))
        except UnreadableError:
            log.warning("a line of the spool was torn", extra={"alert_id": str(alert_id)})
            continue
        yield record


def _path(alert_id: UUID) -> Path:
    return folder() / f"{alert_id}.alert"


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value
