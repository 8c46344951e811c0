"""Imports by curators: bring files in, have them checked, say yes or no. Each step can be repeated without harm.

A worker that dies is followed by another: what it had stored is seen to be there already, and its part of the report
stays. Nothing is imported before a person has seen what it would do.
"""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from knowledge.importers.kinds import NAMES, Kind
from knowledge.importers.limits import MEGABYTE, Limits
from knowledge.importers.models import ImportJob, ImportLine
from knowledge.importers.outcomes import Outcome
from knowledge.importers.reading import Reading
from knowledge.importers.rows import ImportRow
from knowledge.importers.store import import_entries
from knowledge.plain_text import plain_line

log = logging.getLogger(__name__)

State = ImportJob.State
#: So long nothing is heard of a worker before another one takes up its import: longer than one PDF may take.
SILENCE = timedelta(seconds=150)
#: Seconds between two words of a worker that is at the rows of one batch.
BEAT_EVERY_S = 5.0
MOST_ATTEMPTS = 4
#: Smaller imports are done at once, while the curator waits; a worker does the others.
AT_ONCE_BYTES = 200_000
#: These may take long however small they are.
NEVER_AT_ONCE = frozenset({Kind.PDF, Kind.ZIP})
UNANSWERED_FOR = timedelta(days=7)
KEPT_FOR = timedelta(days=90)
DIED = "Its worker died again and again. The file may be too much for this machine: cut it into smaller ones."
BROKE = (
    "The program itself broke on it; whoever runs Lilo finds the reason in its log. Entries stored so far are drafts."
)
FILES_GONE = "Its files are gone from this machine. Bring them in again."


class Taken(Exception):
    """Somebody discarded the import, or another worker finished it, while this one was at it."""


@dataclass(frozen=True, slots=True)
class _Stored:
    name: str
    size: int
    sha256: str


def start_import(uploads: Sequence[UploadedFile[Any]], chosen: Mapping[str, str], *, by: UUID) -> ImportJob:
    """Keep the files and have them checked. The same files with the same choices are one import until it is over.

    Args:
        uploads: the files as they came.
        chosen: `category`, `audience`, and `title`, `publisher`, `url`, `date` of their source; none is needed.
        by: the curator who brings them.
    """
    job = ImportJob(chosen=dict(chosen), created_by_id=by)
    job.folder.mkdir(parents=True, mode=0o700)
    stored = [_keep(upload, job.folder / str(at)) for at, upload in enumerate(uploads)]
    job.files = [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in stored]
    job.bytes_total = sum(file.size for file in stored)
    job.digest = sha256(json.dumps([job.files, job.chosen], sort_keys=True).encode()).hexdigest()
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        shutil.rmtree(job.folder)
        return ImportJob.objects.get(created_by=by, digest=job.digest, state__in=ImportJob.OPEN)
    _go_on(job)
    return job


def confirm_import(job_id: UUID) -> bool:
    """Import what was checked; whether this call was the one that began it."""
    with transaction.atomic():
        begun = ImportJob.objects.filter(pk=job_id, state=State.READY).update(
            state=State.IMPORTING, beat_at=None, attempts=0, rows_read=0, bytes_done=0
        )
        if begun:  # the report of the check makes room for that of the import
            ImportLine.objects.filter(job=job_id).delete()
    if begun:
        _go_on(ImportJob.objects.get(pk=job_id))
    return bool(begun)


def discard_import(job_id: UUID) -> bool:
    """Throw away what was brought in and not imported; whether there was something to throw away."""
    discarded = ImportJob.objects.filter(pk=job_id, state__in=[State.CHECKING, State.READY]).update(
        state=State.DISCARDED, finished_at=timezone.now(), beat_at=None
    )
    if discarded:
        ImportLine.objects.filter(job=job_id).delete()
        _forget_files(ImportJob(pk=job_id))
    return bool(discarded)


def carry_on(job_id: UUID) -> None:
    """Do the present step of an import, or go on with it where another worker died. A second call does nothing."""
    silent = Q(beat_at=None) | Q(beat_at__lt=timezone.now() - SILENCE)
    waiting = ImportJob.objects.filter(silent, pk=job_id, state__in=ImportJob.WORKING, attempts__lt=MOST_ATTEMPTS)
    if not waiting.update(beat_at=timezone.now(), attempts=F("attempts") + 1):
        return
    job = ImportJob.objects.get(pk=job_id)
    try:
        _work(job)
    except Taken:
        log.info("import was taken from its worker", extra={"job": str(job_id)})
    except FileNotFoundError:
        log.warning("files of an import are gone", extra={"job": str(job_id)})
        _fail(job, FILES_GONE)
    except Exception:
        log.exception("import broke", extra={"job": str(job_id)})
        _fail(job, BROKE)


def tend_imports() -> None:
    """Have another worker take up what was left lying, and throw away what nobody answered or needs any more."""
    now = timezone.now()
    left = ImportJob.objects.filter(state__in=ImportJob.WORKING, created_at__lt=now - SILENCE)
    for job in left.filter(Q(beat_at=None) | Q(beat_at__lt=now - SILENCE)):
        if job.attempts >= MOST_ATTEMPTS:
            _fail(job, DIED)
        else:
            _ask_worker(job)
    for job in ImportJob.objects.filter(state=State.READY, created_at__lt=now - UNANSWERED_FOR):
        discard_import(job.pk)
    ImportJob.objects.filter(finished_at__lt=now - KEPT_FOR).delete()


def _go_on(job: ImportJob) -> None:
    kinds = {NAMES.get(Path(file["name"]).suffix.lower()) for file in job.files}
    if job.bytes_total <= AT_ONCE_BYTES and not kinds & NEVER_AT_ONCE:
        carry_on(job.pk)
    else:
        transaction.on_commit(partial(_ask_worker, job), robust=True)  # without a broker `tend_imports` sees to it


def _ask_worker(job: ImportJob) -> None:
    current_app.send_task("knowledge.importers.tasks.carry_on", args=[str(job.pk)])


def _work(job: ImportJob) -> None:
    limits = Limits(file_bytes=settings.IMPORT_MAX_MB * MEGABYTE)
    reading = Reading(job.sources(), choices=job.choices(), limits=limits, day=job.day())
    is_check = job.state == State.CHECKING
    position = 0

    def keep(outcomes: list[Outcome]) -> None:
        nonlocal position
        ImportLine.objects.bulk_create(
            (_line(job, at, outcome) for at, outcome in enumerate(outcomes, start=position)), ignore_conflicts=True
        )
        position += len(outcomes)
        _beat(job, rows_read=position, bytes_done=reading.bytes_done)

    import_entries(_heard(job, reading), publish=False, by=job.created_by_id, dry_run=is_check, each_batch=keep)
    if is_check:
        _beat(job, state=State.READY, beat_at=None, bytes_done=job.bytes_total)
    else:
        _beat(job, state=State.DONE, beat_at=None, bytes_done=job.bytes_total, finished_at=timezone.now())
        _forget_files(job)


def _heard(job: ImportJob, reading: Reading) -> Iterator[ImportRow]:
    """The rows, while the worker says that it lives: documents of a few pages each fill no batch for minutes."""
    said = time.monotonic()
    for row in reading:
        if time.monotonic() - said >= BEAT_EVERY_S:
            said = time.monotonic()
            _beat(job, bytes_done=reading.bytes_done)
        yield row


def _beat(job: ImportJob, **facts: Any) -> None:
    """Say that the worker lives, and how far it is.

    Raises:
        Taken: the import is not in this step any more; what was to be stored with this must not be.
    """
    if not ImportJob.objects.filter(pk=job.pk, state=job.state).update(**{"beat_at": timezone.now(), **facts}):
        raise Taken


def _line(job: ImportJob, position: int, outcome: Outcome) -> ImportLine:
    return ImportLine(
        job=job,
        position=position,
        result=outcome.result,
        place=outcome.place,
        key=outcome.key,
        question=outcome.question,
        detail=outcome.detail,
        warnings=list(outcome.warnings),
        has_warnings=bool(outcome.warnings),
    )


def _fail(job: ImportJob, error: str) -> None:
    ImportJob.objects.filter(pk=job.pk, state__in=ImportJob.WORKING).update(
        state=State.FAILED, error=error, finished_at=timezone.now(), beat_at=None
    )
    _forget_files(job)


def _keep(upload: UploadedFile[Any], path: Path) -> _Stored:
    digest, size = sha256(), 0
    with path.open("xb") as file:
        for piece in upload.chunks():
            digest.update(piece)
            size += file.write(piece)
    return _Stored(plain_line(upload.name or "")[-200:] or "unnamed", size, digest.hexdigest())


def _forget_files(job: ImportJob) -> None:
    shutil.rmtree(job.folder, ignore_errors=True)
