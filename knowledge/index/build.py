"""From entries to a whole artefact on the shelf, and from there to the one that serves."""

from __future__ import annotations

import logging
import secrets
import shutil
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from knowledge.embedding.embedder import Embedder, configured_embedder
from knowledge.index.entries import IndexEntry
from knowledge.index.manifest import FORMAT, ArtefactBroken, Manifest, file_hashes, read_manifest, verify
from knowledge.index.shelf import BUILD_LOCK, UNFINISHED, Shelf, sync
from knowledge.index.sources import EarlierVectors, VectorSource
from knowledge.index.writer import ArtefactWriter, Progress

log = logging.getLogger(__name__)


class NothingToPublish(ValueError):
    """There is no published entry; an empty artefact would silence a working one."""


def build_and_publish(
    *,
    entries: Iterable[IndexEntry],
    embedder: Embedder | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Manifest:
    """Build an artefact from these entries and let it serve at once, without a database and without a judge.

    For tests and measurements; what the database holds goes through `knowledge.plane`. One build at a time. Whatever
    fails, the artefact before goes on serving. Only texts that the last artefact of the same model does not hold
    are embedded.

    Args:
        entries: what to build from.
        embedder: the model; that of the settings when not given.
        folder: where artefacts live; that of the settings when not given.
        progress: called with a step's name, how much is done, and how much there is (0 while unknown).

    Raises:
        NothingToPublish: there are no entries.
        EmbeddingUnavailable: the model failed.
        ArtefactBroken: what was written is not what is read back.
    """
    shelf = Shelf(folder or settings.ARTEFACT_DIR)
    with shelf.locked(BUILD_LOCK):
        source = EarlierVectors(shelf, embedder or configured_embedder())
        manifest = construct(shelf, entries, source, version=new_version(), progress=progress)
        shelf.publish(manifest.version)
        shelf.tidy(keep=settings.ARTEFACT_KEEP)
    log.info("artefact published", extra={"version": manifest.version, "entries": manifest.entries})
    return manifest


def new_version() -> str:
    """A name for an artefact begun now; names sort by time."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(2)}"


def construct(
    shelf: Shelf,
    entries: Iterable[IndexEntry],
    source: VectorSource,
    *,
    version: str,
    read_at: float | None = None,
    progress: Progress | None = None,
    neighbours: bool = True,
) -> Manifest:
    """Put a whole artefact on the shelf, beside the one that serves. Whoever calls it holds the build lock.

    What a killed build left half-written is swept away.

    Args:
        shelf: where it goes.
        entries: what it holds.
        source: of its vectors.
        version: its name.
        read_at: the moment as of which the entries are read; now when not given.
        progress: see `build_and_publish`.
        neighbours: with the graph that makes many vectors quick to search, which takes the longest to make.

    Raises:
        NothingToPublish: there are no entries.
        EmbeddingUnavailable: the model failed.
        ArtefactBroken: what was written is not what is read back.
    """
    for left_over in shelf.folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left_over)
    work = shelf.folder / f"{UNFINISHED}{version}"
    work.mkdir()
    try:
        read_at = read_at or time.time()
        manifest = _write(
            work, entries, source, version=version, read_at=read_at, progress=progress, neighbours=neighbours
        )
        verify(work, manifest)
        _make_durable(work)
        work.rename(shelf.folder / version)
        sync(shelf.folder)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return manifest


def _write(
    work: Path,
    entries: Iterable[IndexEntry],
    source: VectorSource,
    *,
    version: str,
    read_at: float,
    progress: Progress | None,
    neighbours: bool,
) -> Manifest:
    writer = ArtefactWriter(work, earlier=source.earlier)
    writer.write_entries(entries, progress)
    if not writer.entries:
        raise NothingToPublish("No entry is published, so there is nothing to build.")
    reused = writer.write_vectors(source, progress=progress)
    if progress:
        progress("write", 0, 0)
    writer.write_keywords()
    if neighbours:
        writer.write_neighbours(dimension=source.dimension, progress=progress)
    manifest = Manifest(
        version=version,
        format=FORMAT,
        model=source.model,
        dimension=source.dimension,
        entries=writer.entries,
        rows=writer.rows,
        sentences=writer.sentences,
        reused=reused,
        read_at=read_at,
        created=datetime.fromtimestamp(read_at, UTC).isoformat(),
        files=file_hashes(work),
    )
    manifest.save(work)
    return manifest


def roll_back(version: str | None = None, *, folder: Path | None = None) -> Manifest:
    """Let an earlier artefact serve again: the one named, or the one before the current. Returns its manifest.

    Entries withdrawn since it was built stay withdrawn. The database is told by `knowledge.plane.actions.roll_back`.

    Raises:
        ArtefactBroken: there is none, or it is not whole.
    """
    shelf = Shelf(folder or settings.ARTEFACT_DIR)
    if version is None:
        earlier = [kept for kept in shelf.versions() if kept < (shelf.current() or "")]
        if not earlier:
            raise ArtefactBroken("There is no earlier artefact to go back to.")
        version = earlier[-1]
    shelf.publish(version)
    log.warning("artefact rolled back", extra={"version": version})
    return read_manifest(shelf.folder / version)


def withdraw(*keys: str, folder: Path | None = None) -> None:
    """Stop answering from these entries, in every process within two seconds, before any rebuild."""
    Shelf(folder or settings.ARTEFACT_DIR).withdraw(set(keys))


def serves_configured_model(*, folder: Path | None = None) -> bool:
    """Whether an artefact serves that this program and the model of the settings can read."""
    shelf = Shelf(folder or settings.ARTEFACT_DIR)
    version = shelf.current()
    try:
        return version is not None and read_manifest(shelf.folder / version).model == configured_embedder().name
    except ArtefactBroken:
        return False


def _make_durable(folder: Path) -> None:
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)
