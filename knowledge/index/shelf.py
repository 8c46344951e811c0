"""The folder of artefacts: which one serves, which were withdrawn from, which are kept.

ARTEFACT_DIR/
    20261122T101500-3f9c/     one folder a version, never changed once named
    current                   the name of the version that serves; replaced in one step
    withdrawn.json            keys of entries taken back, and when
    lock                      held while any of this is changed
    build.lock                held while an artefact is built; the kernel lets go of it when its holder dies
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.index.manifest import MANIFEST, ArtefactBroken, read_manifest, verify

CURRENT = "current"
WITHDRAWN = "withdrawn.json"
UNFINISHED = ".building-"
BUILD_LOCK = "build.lock"


class Busy(RuntimeError):
    """Somebody else holds the lock."""


class Shelf:
    """Changes are made under a lock, each by one atomic rename; readers need no lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def locked(self, name: str = "lock", *, wait: bool = True) -> Iterator[None]:
        """Hold a lock of this folder against every other process and thread.

        Raises:
            Busy: it is held, and we are not to wait.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / name).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError as error:
                raise Busy(f"{name} is held by another.") from error
            yield

    def current(self) -> str | None:
        """The version that serves, or None."""
        try:
            return (self.folder / CURRENT).read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None

    def versions(self) -> list[str]:
        """Every whole version, oldest first."""
        return sorted(path.parent.name for path in self.folder.glob(f"[!.]*/{MANIFEST}"))

    def publish(self, version: str) -> None:
        """Let a version serve, after its files are checked.

        Raises:
            ArtefactBroken: it is not there or not whole; the one before goes on serving.
        """
        verify(self.folder / version, read_manifest(self.folder / version))
        with self.locked():
            self._replace(CURRENT, version)

    def withdraw(self, keys: set[str]) -> None:
        """Take entries out of every answer, from every artefact whose entries were read before now."""
        with self.locked():
            now = time.time()
            self._replace(WITHDRAWN, json.dumps(self.withdrawn() | dict.fromkeys(sorted(keys), now)))

    def withdrawn(self) -> dict[str, float]:
        """Withdrawn keys and when, in seconds since 1970.

        Raises:
            ArtefactBroken: the list is there but cannot be read: better no answer than a withdrawn one.
        """
        try:
            return dict(json.loads((self.folder / WITHDRAWN).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError) as error:
            raise ArtefactBroken("The list of withdrawn entries cannot be read.") from error

    def tidy(self, *, keep: int, refused: Collection[str] = ()) -> None:
        """Delete all but the newest versions and the serving one, and withdrawals that no kept version needs.

        Of those that were refused only the newest is kept, and none of them takes the place of a good one.
        """
        with self.locked():
            good = [version for version in self.versions() if version not in refused]
            bad = [version for version in self.versions() if version in refused]
            for version in [*good[:-keep], *bad[:-1]]:
                if version != self.current():
                    shutil.rmtree(self.folder / version)
            oldest = min((self._read_at(version) for version in self.versions()), default=0.0)
            needed = {key: at for key, at in self.withdrawn().items() if at >= oldest}
            if needed != self.withdrawn():
                self._replace(WITHDRAWN, json.dumps(needed))

    def _read_at(self, version: str) -> float:
        """When its entries were read; of one that cannot tell now, that it needs every withdrawal there is."""
        try:
            return read_manifest(self.folder / version).read_at
        except ArtefactBroken:
            return 0.0

    def _replace(self, name: str, text: str) -> None:
        fresh = self.folder / f".{name}.new"
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.folder / name)
        sync(self.folder)


def sync(path: Path) -> None:
    """Make a file's content, or the names in a folder, durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
