"""What the store says of the entries that serve: brought into step with an artefact, only where they differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from knowledge.index import manifest as names
from knowledge.index.manifest import read_manifest
from knowledge.index.rows import chunks
from knowledge.plane.sources import written
from knowledge.plane.vectors.port import Part, VectorStore

#: Entries compared at a time.
ENTRIES_AT_ONCE = 500


def settle(store: VectorStore, folder: Path) -> None:
    """Let the store know the parts of this artefact's entries and no others, and keep no vector that nobody uses."""
    gone = store.entries()
    for some in chunks(_parts(folder), ENTRIES_AT_ONCE):
        wanted = dict(some)
        gone.difference_update(wanted)
        stored = store.parts_of(list(wanted))
        parts = {part for parts in wanted.values() for part in parts}
        store.drop(sorted({part.entry_key for part in stored - parts}))
        changed = {part.entry_key for part in stored ^ parts}
        store.put((part for key in changed for part in wanted.get(key, ())), artefact=folder.name)
    store.drop(sorted(gone))
    store.sweep()


def _parts(folder: Path) -> Iterator[tuple[str, list[Part]]]:
    """Each entry of an artefact with its searched texts and its sentences."""
    manifest = read_manifest(folder)
    hashes = np.load(folder / names.HASHES)
    rows = np.searchsorted(np.load(folder / names.ROW_ENTRIES), np.arange(manifest.entries + 1))
    sentences = manifest.rows + np.load(folder / names.SENTENCE_STARTS)
    with (folder / names.ENTRIES).open("rb") as file:
        for place, line in enumerate(file):
            key = json.loads(line)["key"]
            searched = written(hashes[rows[place] : rows[place + 1]])
            single = written(hashes[sentences[place] : sentences[place + 1]])
            kinds = ["searched"] * len(searched) + ["sentence"] * len(single)
            yield (
                key,
                [
                    Part(key, number, kind, text_hash, manifest.model, manifest.dimension)
                    for number, (kind, text_hash) in enumerate(zip(kinds, [*searched, *single], strict=True))
                ],
            )
