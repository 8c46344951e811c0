"""The way from published entries to the index that serves, step by step.

Each step may be repeated. Whoever builds holds the build lock of the shelf, of which the kernel lets go when its
holder dies: a build that is RUNNING while the lock is free has lost its worker, and the next one goes on with it. What
was embedded is in the store of vectors; an index that was whole is on the shelf; all else takes seconds.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from knowledge.embedding.embedder import configured_embedder
from knowledge.embedding.port import EmbeddingUnavailable
from knowledge.index.build import NothingToPublish, construct, new_version
from knowledge.index.manifest import ArtefactBroken, Manifest, read_manifest, verify
from knowledge.index.serving import Snapshot, snapshot_of
from knowledge.index.shelf import BUILD_LOCK, Busy, Shelf
from knowledge.index.sources import EarlierVectors
from knowledge.index.writer import Progress
from knowledge.models import Artefact
from knowledge.plane import actions, gate
from knowledge.plane.models import Build
from knowledge.plane.parts import settle
from knowledge.plane.selectors import is_due, newest_build, refused_versions
from knowledge.plane.sources import StoredVectors
from knowledge.plane.vectors import vector_store
from knowledge.plane.vectors.port import VectorsUnavailable
from knowledge.selectors import index_is_stale, moment_of_reading, published_entries

log = logging.getLogger(__name__)
State, Step = Build.State, Build.Step

#: Seconds between two notes of how far a step is.
NOTE_EVERY = 0.5


def build_if_due() -> Build | None:
    """Build until nothing is left to do; go on with what a dead worker left. The last build, or None for none.

    Of a burst of changes the first call builds, and the others find it busy or nothing to do.
    """
    shelf = Shelf(Path(settings.ARTEFACT_DIR))
    built = None
    try:
        with shelf.locked(BUILD_LOCK, wait=False):
            while is_due(latest := newest_build(), timezone.now()):
                built = Run(shelf, _next(latest)).go()
    except Busy:
        log.info("a build is under way already")
    return built


def build_now(*, progress: Progress | None = None) -> Build:
    """Build from what is published at this moment, changed or not; waits for a build that is under way.

    Raises:
        NothingToPublish, EmbeddingUnavailable, ArtefactBroken, VectorsUnavailable, OSError, DatabaseError: it failed;
            the index before goes on serving, and the next try takes up what was done.
    """
    shelf = Shelf(Path(settings.ARTEFACT_DIR))
    with shelf.locked(BUILD_LOCK):
        latest = newest_build()
        if latest is not None and latest.state == State.RUNNING:
            ended = Run(shelf, actions.take_up(latest), progress).go()
            if ended.state == State.PUBLISHED and not index_is_stale():
                return ended
        return Run(shelf, actions.begin(), progress).go()


def _next(latest: Build | None) -> Build:
    if latest is not None and latest.state in {State.RUNNING, State.FAILED}:
        return actions.take_up(latest)
    return actions.begin()


class Run:
    """One attempt at a build, by the holder of the lock."""

    def __init__(self, shelf: Shelf, build: Build, progress: Progress | None = None) -> None:
        self.shelf = shelf
        self.build = build
        self._progress = progress
        self._noted = 0.0

    def go(self) -> Build:
        """Do the steps that are left. Whatever stops it is told in the build, and raised."""
        try:
            self._steps()
        except Exception as error:
            log.warning("build stopped", extra={"build": self.build.pk, "reason": type(error).__name__})
            actions.finish(self.build, State.FAILED, error=in_plain_words(error))
            raise
        log.info("build ended", extra={"build": self.build.pk, "state": str(self.build.state)})
        return self.build

    def _steps(self) -> None:
        manifest = self._whole() or self._construct()
        if self.build.step != Step.TIDY:
            if not self._may_serve(manifest):
                self._refuse(manifest)
                return
            self._swap(manifest)
        self._tidy(manifest)
        actions.finish(self.build, State.PUBLISHED)

    def _whole(self) -> Manifest | None:
        """The index that this build has made already, if a worker died after it."""
        if self.build.version not in self.shelf.versions():
            return None
        try:
            manifest = read_manifest(self.shelf.folder / self.build.version)
            verify(self.shelf.folder / self.build.version, manifest)
        except ArtefactBroken:
            log.warning("index of a dead build is not whole", extra={"version": self.build.version}, exc_info=True)
            return None
        return manifest

    def _construct(self) -> Manifest:
        actions.begin_anew(self.build, new_version())
        embedder = configured_embedder()
        source = StoredVectors(vector_store(), embedder, EarlierVectors(self.shelf, embedder))
        manifest = construct(
            self.shelf,
            published_entries(),
            source,
            version=self.build.version,
            read_at=moment_of_reading(),
            progress=self._advance,
        )
        self._advance(Step.WRITE, 1, 1)
        actions.note(
            self.build,
            Step.WRITE,
            entry_count=manifest.entries,
            vector_count=manifest.rows + manifest.sentences,
            reused_count=manifest.reused,
        )
        return manifest

    def _may_serve(self, manifest: Manifest) -> bool:
        """What the gate says, or has said; a person may have overruled it."""
        if self.build.overruled_because:
            return True
        if self.build.judged is None:
            self._advance(Step.JUDGE, 0, 0)
            verdict = gate.judge(snapshot_of(self.shelf, manifest.version), self._serving())
            actions.keep_verdict(self.build, verdict)
            self._advance(Step.JUDGE, 1, 1)
        return bool(self.build.judged and self.build.judged.passed)

    def _serving(self) -> Snapshot | None:
        version = self.shelf.current()
        try:
            return snapshot_of(self.shelf, version) if version else None
        except ArtefactBroken:
            log.exception("the index that serves cannot be read, so the candidate is judged alone")
            return None

    def _refuse(self, manifest: Manifest) -> None:
        actions.record(manifest, Artefact.State.REFUSED)
        self.shelf.tidy(keep=settings.ARTEFACT_KEEP, refused=refused_versions())
        actions.finish(self.build, State.REFUSED)

    def _swap(self, manifest: Manifest) -> None:
        self._advance(Step.SWAP, 0, 1)
        self.shelf.publish(manifest.version)
        actions.record(manifest, Artefact.State.PUBLISHED)
        self._advance(Step.SWAP, 1, 1)

    def _tidy(self, manifest: Manifest) -> None:
        self._advance(Step.TIDY, 0, 1)
        self.shelf.tidy(keep=settings.ARTEFACT_KEEP, refused=refused_versions())
        settle(vector_store(), self.shelf.folder / manifest.version)
        self._advance(Step.TIDY, 1, 1)

    def _advance(self, step: str, done: int, total: int) -> None:
        """Tell the terminal, and the build's page now and then."""
        if self._progress:
            self._progress(step, done, total)
        now = time.time()
        told = self.build.progress.setdefault(step, {"began": now})
        told |= {"done": done, "total": total, "ended": now}
        if step != self.build.step or now - self._noted > NOTE_EVERY:
            self._noted = now
            actions.note(self.build, Step(step))


def in_plain_words(error: Exception) -> str:
    """Why a build stopped, for a curator."""
    match error:
        case NothingToPublish() | EmbeddingUnavailable() | VectorsUnavailable():
            return str(error)
        case ArtefactBroken():
            return "What was written to disk is not what was read back. The disk may be faulty."
        case DatabaseError():
            return "The database did not answer, or was locked for too long."
        case SoftTimeLimitExceeded():
            return "It takes longer than a worker may be at it. The next goes on where this one was."
        case OSError():
            return f"The disk refused a write: {(error.strerror or type(error).__name__).lower()}."
        case _:
            return f"The program failed ({type(error).__name__}). Its log tells more, by the trace id."
