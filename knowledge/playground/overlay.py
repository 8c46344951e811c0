"""What Lilo would answer from, were one change published: a whole index of its own, built beside the serving one.

Every vector but those of the changed words is taken over, and each is compared with the question: a graph for the few
questions that are tried would take every core from those who talk, for a minute or more. Its files are removed as soon
as they are mapped; a few are kept in memory, by what is in them.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

from django.conf import settings

from knowledge.embedding.embedder import configured_embedder
from knowledge.index.artefact import Artefact
from knowledge.index.build import construct, new_version
from knowledge.index.entries import IndexEntry
from knowledge.index.serving import Snapshot, snapshot
from knowledge.index.shelf import Shelf
from knowledge.index.sources import EarlierVectors
from knowledge.models import Entry
from knowledge.public import KnowledgeUnavailable
from knowledge.selectors import as_index_entry, published_entries

KEPT = 3
#: More vectors are not held in memory for this.
MOST_VECTORS = 100_000
_kept: OrderedDict[str, Snapshot] = OrderedDict()
_lock = threading.Lock()


def with_change(entry: Entry) -> Snapshot:
    """What would serve with this entry published as it is; a published one is left out instead. Blocks.

    Raises:
        KnowledgeUnavailable: nothing is published to compare with, or too much.
        EmbeddingUnavailable: the model failed.
        NothingToPublish: nothing would be left.
    """
    manifest = snapshot().artefact.manifest
    if manifest.rows > MOST_VECTORS:
        raise KnowledgeUnavailable("More is published than a change can be tried with here.")
    serving = manifest.version
    changed = None if entry.status == Entry.Status.PUBLISHED else as_index_entry(entry)
    words = repr((serving, entry.key, astuple(changed) if changed else None))
    digest = hashlib.blake2b(words.encode(), digest_size=16).hexdigest()
    with _lock:  # one at a time: two curators who look at the same change build it once
        if digest not in _kept:
            _kept[digest] = Snapshot(_built(_entries(entry.key, changed)), None)
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        _kept.move_to_end(digest)
        return _kept[digest]


def _entries(key: str, changed: IndexEntry | None) -> Iterator[IndexEntry]:
    others = [each for each in published_entries() if each.key != key]
    yield from sorted([*others, *([changed] if changed else [])], key=lambda each: each.key)


def _built(entries: Iterator[IndexEntry]) -> Artefact:
    source = EarlierVectors(Shelf(settings.ARTEFACT_DIR), configured_embedder())
    with tempfile.TemporaryDirectory(prefix="lilo-playground-") as folder:
        manifest = construct(Shelf(Path(folder)), entries, source, version=new_version(), neighbours=False)
        return Artefact(Path(folder) / manifest.version)  # mapped files outlive their names
