"""From published entries to the artefact that serves."""

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
from knowledge.index.shelf import UNFINISHED, Shelf, sync
from knowledge.index.writer import ArtefactWriter, KnownVectors, Progress

log = logging.getLogger(__name__)


class NothingToPublish(ValueError):
    """There is no published entry; an empty artefact would silence a working one."""


def build_and_publish(
    *,
    entries: Iterable[IndexEntry] | None = None,
    embedder: Embedder | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Manifest:
    """Build an artefact beside the one that serves, check it, and let it serve. One build at a time.

    Whatever fails, the artefact before goes on serving. Only texts that the last artefact of the same model
    does not hold are embedded.

    Args:
        entries: what to build from; when not given, the published entries of the database, which then notes the build.
        embedder: the model; that of the settings when not given.
        folder: where artefacts live; that of the settings when not given.
        progress: called with a step's name, how much is done, and how much there is (0 while unknown).

    Raises:
        NothingToPublish: there are no entries.
        EmbeddingUnavailable: the model failed.
        ArtefactBroken: what was written is not what is read back.
    """
    shelf = Shelf(folder or settings.ARTEFACT_DIR)
    with shelf.locked("build.lock"):
        manifest = _build(shelf, entries, embedder or configured_embedder(), progress)
        shelf.publish(manifest.version)
        shelf.tidy(keep=settings.ARTEFACT_KEEP)
        if entries is None:
            _record(manifest)
    log.info("artefact published", extra={"version": manifest.version, "entries": manifest.entries})
    return manifest


def roll_back(version: str | None = None, *, folder: Path | None = None) -> Manifest:
    """Let an earlier artefact serve again: the one named, or the one before the current. Returns its manifest.

    Entries withdrawn since it was built stay withdrawn.

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
    manifest = read_manifest(shelf.folder / version)
    if folder is None:
        _record(manifest)
    log.warning("artefact rolled back", extra={"version": version})
    return manifest


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


def _build(
    shelf: Shelf, entries: Iterable[IndexEntry] | None, embedder: Embedder, progress: Progress | None
) -> Manifest:
    for left_over in shelf.folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left_over)
    started = datetime.now(UTC)
    version = f"{started:%Y%m%dT%H%M%S%f}-{secrets.token_hex(2)}"
    work = shelf.folder / f"{UNFINISHED}{version}"
    work.mkdir()
    try:
        manifest = _write(work, version, _published() if entries is None else entries, embedder, shelf, progress)
        verify(work, manifest)
        _make_durable(work)
        work.rename(shelf.folder / version)
        sync(shelf.folder)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return manifest


def _write(
    work: Path, version: str, entries: Iterable[IndexEntry], embedder: Embedder, shelf: Shelf, progress: Progress | None
) -> Manifest:
    read_at = time.time()
    writer = ArtefactWriter(work)
    writer.write_entries(entries, progress)
    if not writer.entries:
        raise NothingToPublish("No entry is published, so there is nothing to build.")
    writer.write_keywords()
    dimension = embedder.dimension
    reused = writer.write_vectors(
        embedder.embed_texts,
        dimension=dimension,
        known=_known_vectors(shelf, embedder.name, dimension),
        progress=progress,
    )
    writer.write_neighbours(dimension=dimension, progress=progress)
    manifest = Manifest(
        version=version,
        format=FORMAT,
        model=embedder.name,
        dimension=dimension,
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


def _published() -> Iterable[IndexEntry]:
    from knowledge.selectors import published_entries  # a build from given entries needs no database

    return published_entries()


def _record(manifest: Manifest) -> None:
    from knowledge.actions import record_artefact  # the database knows what serves only where there is one

    record_artefact(manifest)


def _known_vectors(shelf: Shelf, model: str, dimension: int) -> KnownVectors | None:
    """The vectors of the newest whole artefact, if the same model made them."""
    for version in reversed(shelf.versions()):
        folder = shelf.folder / version
        try:
            manifest = read_manifest(folder)
            if (manifest.model, manifest.dimension) == (model, dimension):
                verify(folder, manifest)
                return KnownVectors(folder)
        except ArtefactBroken:
            log.warning("artefact skipped as a source of vectors", extra={"version": version}, exc_info=True)
    return None


def _make_durable(folder: Path) -> None:
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)
