"""Retrieval over many entries: time by step, agreement with exact search, and memory.

    python -m benchmarks.retrieval --data medquad.jsonl [--entries 100000] [--work FOLDER] [--questions 1000]

The rows (`id question answer category`) are repeated with small changes until enough, their answers cut to 30 words.
The model embeds each row once; the vector of a changed text is that of the row, turned at random as far as a change
turns it (`--embed-all` asks the model for each: hours on a laptop). The work folder keeps the artefact: a second run
only measures.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import re
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lilo_site.settings")
django.setup()

from benchmarks.figures import print_head, print_row  # noqa: E402
from knowledge.embedding.embedder import Embedder, configured_embedder  # noqa: E402
from knowledge.embedding.local import LocalBackend  # noqa: E402
from knowledge.embedding.port import Vectors  # noqa: E402
from knowledge.index.artefact import Artefact  # noqa: E402
from knowledge.index.build import build_and_publish  # noqa: E402
from knowledge.index.entries import IndexEntry  # noqa: E402
from knowledge.index.serving import Snapshot  # noqa: E402
from knowledge.index.shelf import Shelf  # noqa: E402
from knowledge.management.progress import terminal_bar  # noqa: E402
from knowledge.retrieval.find import query_of  # noqa: E402
from knowledge.retrieval.reading import read  # noqa: E402
from knowledge.retrieval.search import CANDIDATES, Search  # noqa: E402

WHO = (
    "",
    "for my mother",
    "for my father",
    "at 80",
    "for my wife",
    "for my husband",
    "for my brother",
    "after a fall",
    "at home",
)


#: Cosine similarity of a question and the same one asked for somebody else, as the bundled model sees them.
CHANGED = 0.93


class Varied(Embedder):
    """The configured model for the rows; near vectors for their changed copies."""

    def __init__(self) -> None:
        super().__init__(LocalBackend())
        self._known: dict[str, Vectors] = {}

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """A vector for each text, the same one each time it is asked for."""
        bases = [_base(text) for text in texts]
        fresh = sorted({base for base in bases if base not in self._known})
        self._known |= dict(zip(fresh, super().embed_texts(fresh), strict=True))
        pairs = zip(texts, bases, strict=True)
        return np.stack(
            [self._known[base] if text == base else _turned(self._known[base], text) for text, base in pairs]
        )


def _base(text: str) -> str:
    return next((text.replace(f" {who}?", "?", 1) for who in WHO[1:] if f" {who}?" in text), text)


def _turned(vector: Vectors, text: str) -> Vectors:
    """A unit vector at the cosine `CHANGED` from this one, in a direction that the text decides."""
    aside = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(len(vector)).astype(np.float32)
    aside -= (aside @ vector) * vector
    turned: Vectors = CHANGED * vector + np.sqrt(1 - CHANGED**2) * aside / np.linalg.norm(aside)
    return turned


def entries(path: Path, count: int) -> Iterator[IndexEntry]:
    """`count` entries: the rows of the file, again and again, each round asked for somebody else."""
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    for number in range(count):
        turn, row = divmod(number, len(rows))[0], rows[number % len(rows)]
        who = WHO[turn % len(WHO)]
        question = re.sub(r"\s*\?*\s*$", f" {who}?" if who else "?", row["question"])
        yield IndexEntry(
            key=f"{row['id']}-{turn}",
            question=question,
            alternatives=(),
            answer=" ".join(row["answer"].split()[:30]),
            category=row.get("category") or "other",
            tags=(),
            audience="everyone",
            sources=(),
            reviewed_on=None,
        )


def memory() -> str:
    """Resident memory of this process: all of it, and the part that is its own."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    everything, own = (int(lines[name].split()[0]) // 1024 for name in ("VmRSS", "RssAnon"))
    return f"{everything} MB, of it {own} MB not mapped files"


def measure(artefact: Artefact, questions: list[str]) -> None:
    """Print the table for these questions."""
    vectors = configured_embedder().embed_queries([read(question, artefact).text for question in questions])
    snapshot = Snapshot(artefact, None)
    steps: dict[str, list[float]] = {}
    agreements = []
    for question, vector in zip(questions, vectors, strict=True):
        began = time.perf_counter()
        reading = read(question, artefact)
        steps.setdefault("read", []).append(1000 * (time.perf_counter() - began))
        retrieval = Search(snapshot, query_of(reading, vector, 10)).run()
        steps.setdefault("all", []).append(1000 * (time.perf_counter() - began))
        for step, milliseconds in retrieval.timings.items():
            steps.setdefault(step, []).append(milliseconds)
        exact = artefact.nearest_exactly(vector, 10)
        found = artefact.nearest(vector, CANDIDATES * 10)
        agreements.append(len(set(exact.tolist()) & set(found[:10].tolist())) / 10)
    print(f"{len(artefact):,} entries, {artefact.manifest.rows:,} vectors, {len(questions)} questions")
    print_head()
    for step, times in steps.items():
        print_row(step, times)
    print(f"top 10 by meaning, agreement with exact search: {np.mean(agreements):.4f} (least {min(agreements):.1f})")
    print(f"memory: {memory()}")


def main() -> None:
    """Build the artefact if the work folder has none, then measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--embed-all", action="store_true")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "lilo-benchmark-retrieval")
    arguments = parser.parse_args()
    folder = arguments.work / str(arguments.entries)
    shelf = Shelf(folder)
    if shelf.current() is None:
        began = time.perf_counter()
        with terminal_bar() as progress:
            build_and_publish(
                entries=entries(arguments.data, arguments.entries),
                embedder=configured_embedder() if arguments.embed_all else Varied(),
                folder=folder,
                progress=progress,
            )
        print(f"built in {time.perf_counter() - began:.0f} s")
    began = time.perf_counter()
    artefact = Artefact(folder / str(shelf.current()))
    print(f"checked and loaded in {time.perf_counter() - began:.2f} s; memory: {memory()}")
    rows = [json.loads(line)["question"] for line in itertools.islice(arguments.data.open(encoding="utf-8"), 20_000)]
    asked = random.Random(3).sample(rows, min(arguments.questions, len(rows)))
    measure(artefact, [_reworded(question) for question in asked])


def _reworded(question: str) -> str:
    """Not the words of any entry, as people ask."""
    asked = re.sub(r"\(are\) ", "", question).replace(" ?", "")
    return f"Please tell me, {asked}, and what can we do about it at home?"


if __name__ == "__main__":
    main()
