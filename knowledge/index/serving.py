"""The artefact that this process answers from: swapped while questions run, emptied of what was withdrawn."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from django.conf import settings

from knowledge.index.artefact import Artefact, Mask
from knowledge.index.manifest import ArtefactBroken
from knowledge.index.shelf import CURRENT, WITHDRAWN, Shelf
from knowledge.public import KnowledgeUnavailable

log = logging.getLogger(__name__)

#: Seconds between two looks at the folder.
LOOK = 0.5

Signature = tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one question is answered from, from beginning to end."""

    artefact: Artefact
    visible: Mask | None
    """Which entries may be shown; None for all."""


class Serving:
    """Holds the current artefact. A new version is checked and loaded on a thread of its own, then takes its place."""

    def __init__(self, folder: Path) -> None:
        self._shelf = Shelf(folder)
        self._lock = threading.RLock()
        self._snapshot: Snapshot | None = None
        self._looked = 0.0
        self._pointer: Signature = None
        self._withdrawals: Signature = None
        self._loading: threading.Thread | None = None

    def current(self) -> Snapshot:
        """What to answer from now.

        Raises:
            KnowledgeUnavailable: nothing is published, or nothing of it can be read.
        """
        snapshot = self._snapshot
        if snapshot is None or time.monotonic() - self._looked > LOOK:
            try:
                with self._lock:
                    self._look()
            except ArtefactBroken as error:
                raise KnowledgeUnavailable(str(error)) from error
            snapshot = self._snapshot
        if snapshot is None:
            raise KnowledgeUnavailable("No artefact is published, or it cannot be read.")
        return snapshot

    def _look(self) -> None:
        if self._snapshot is not None and time.monotonic() - self._looked <= LOOK:
            return
        withdrawals = self._sign(WITHDRAWN)
        if self._snapshot is not None and withdrawals != self._withdrawals:
            self._snapshot = self._seen(self._snapshot.artefact)
        pointer = self._sign(CURRENT)
        if self._snapshot is None:
            self._swap(pointer)
        elif pointer != self._pointer and not (self._loading and self._loading.is_alive()):
            self._loading = threading.Thread(target=self._swap, args=(pointer,), name="artefact", daemon=True)
            self._loading.start()
        self._looked = time.monotonic()  # only now: where the withdrawals could not be read, the next call tries again

    def _swap(self, pointer: Signature) -> None:
        """Load the version that the pointer names. A broken one is refused, until the pointer changes again."""
        version = self._shelf.current()
        if version is not None and not (self._snapshot and self._snapshot.artefact.manifest.version == version):
            try:
                artefact = Artefact(self._shelf.folder / version)
                with self._lock:  # so that no withdrawal is missed between reading the list and answering from it
                    self._snapshot = self._seen(artefact)
                log.info("artefact serving", extra={"version": version})
            except ArtefactBroken:
                log.exception("artefact refused", extra={"version": version})
        self._pointer = pointer

    def _seen(self, artefact: Artefact) -> Snapshot:
        """The artefact without the entries withdrawn since its entries were read."""
        withdrawals = self._sign(WITHDRAWN)
        seen = _without_withdrawn(artefact, self._shelf)
        self._withdrawals = withdrawals
        return seen

    def _sign(self, name: str) -> Signature:
        try:
            status = (self._shelf.folder / name).stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino, status.st_size


def snapshot_of(shelf: Shelf, version: str) -> Snapshot:
    """What would be answered from, did this version serve now.

    Raises:
        ArtefactBroken: it is not there or not whole.
    """
    return _without_withdrawn(Artefact(shelf.folder / version), shelf)


def _without_withdrawn(artefact: Artefact, shelf: Shelf) -> Snapshot:
    hidden = [key for key, at in shelf.withdrawn().items() if at >= artefact.manifest.read_at]
    places = [place for key in hidden if (place := artefact.place_of(key)) is not None]
    if not places:
        return Snapshot(artefact, None)
    visible = np.ones(len(artefact), bool)
    visible[places] = False
    return Snapshot(artefact, visible)


@cache
def serving() -> Serving:
    """The one of this process, on the folder of the settings."""
    return Serving(settings.ARTEFACT_DIR)


_tried: ContextVar[Snapshot | None] = ContextVar("tried", default=None)


def snapshot() -> Snapshot:
    """What to answer from now: what serves, or what `answering_from` says.

    Raises:
        KnowledgeUnavailable: nothing is published, or nothing of it can be read.
    """
    return _tried.get() or serving().current()


@contextmanager
def answering_from(tried: Snapshot) -> Iterator[None]:
    """Let everything asked within this block, and in the tasks it starts, be answered from another artefact."""
    token = _tried.set(tried)
    try:
        yield
    finally:
        _tried.reset(token)
