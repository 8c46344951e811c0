"""What an artefact says of itself, and the check that it is whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

FORMAT = 1
MANIFEST = "manifest.json"

ENTRIES = "entries.jsonl"
OFFSETS = "offsets.npy"
KEYS = "keys.npy"
LABELS = "labels.json"
LABEL_STARTS = "label_starts.npy"
LABEL_ENTRIES = "label_entries.npy"
VECTORS = "vectors.npy"
HASHES = "hashes.npy"
ROW_ENTRIES = "row_entries.npy"
SENTENCE_STARTS = "sentence_starts.npy"
#: How many of an entry's vectors are wordings of its question; the rest are passages of its answer.
WORDINGS = "wordings.npy"
#: Every word of the entries as it is written, with the number of entries that have it: what spelling is held against.
WORDS = "words.tsv"
NEIGHBOURS = "neighbours.usearch"
#: Which row each place of the neighbour graph stands for.
NEIGHBOUR_ROWS = "neighbour_rows.npy"
KEYWORDS = "keywords"
#: In the folder of the keywords: the number of each.
VOCABULARY = "vocab.index.json"
#: The keywords of each entry by their numbers, and where each entry's begin.
TERMS = "terms.npy"
TERM_STARTS = "term_starts.npy"
#: A hash of each entry as it was read: an entry with the same one need not be worked through again.
STAMPS = "stamps.npy"


class ArtefactBroken(RuntimeError):
    """An artefact that cannot be trusted: a file is missing, altered, or of another format."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The card of an artefact."""

    version: str
    format: int
    model: str
    dimension: int
    entries: int
    rows: int
    """Vectors that are searched: one for each question, alternative wording and answer."""
    sentences: int
    """Vectors of single sentences, for choosing among them; they follow the searched ones."""
    reused: int
    """Vectors taken over from the artefact before."""
    read_at: float
    """When the entries began to be read, in seconds since 1970: what was withdrawn later is not reflected."""
    created: str
    files: dict[str, str]
    """SHA-256 of each file, by its path in the folder."""

    @property
    def checksum(self) -> str:
        """One hash over all files: equal for two builds with the same content."""
        return hashlib.sha256(json.dumps(self.files, sort_keys=True).encode()).hexdigest()

    def save(self, folder: Path) -> None:
        """Write it into the artefact's folder."""
        (folder / MANIFEST).write_text(json.dumps(asdict(self), indent=1, sort_keys=True), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the artefact in a folder.

    Raises:
        ArtefactBroken: it is missing, unreadable or of another format.
    """
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ArtefactBroken(f"The manifest of {folder.name} cannot be read.") from error
    if manifest.format != FORMAT:
        raise ArtefactBroken(f"{folder.name} has format {manifest.format}; this program reads {FORMAT}.")
    return manifest


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of an artefact but its manifest."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): _sha256(path) for path in paths}


def verify(folder: Path, manifest: Manifest) -> None:
    """Compare every file with the manifest.

    Raises:
        ArtefactBroken: one is missing, new or altered.
    """
    found = file_hashes(folder)
    wrong = sorted(name for name in found.keys() | manifest.files.keys() if found.get(name) != manifest.files.get(name))
    if wrong:
        raise ArtefactBroken(f"{folder.name} is not what was built: {', '.join(wrong)}.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
