"""From a file of questions and answers to an index that serves, and a change of ten entries while people ask.

    python -m benchmarks.dataplane FILE [--entries 16000] [--cores 2] [--changes 10]

FILE is JSON Lines as `manage.py import_knowledge` takes them. A data folder of its own is made and thrown away.

Bars: vectors at 90 % or more of the rate at which the bare model encodes the same texts; ten changed entries answer
within 10 s of the last being published, and no question in between goes unanswered.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.plane.models import Build

#: Texts whose bare encoding is timed, beside those of the build.
SAMPLE = 4_096


@contextmanager
def own_installation(cores: int) -> Iterator[Path]:
    """A data folder of this run's own, on so many cores; Django ready, the database empty."""
    folder = Path(tempfile.mkdtemp(prefix="lilo-dataplane-"))
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    os.environ |= {
        "LILO_DATA_DIR": str(folder),
        "EMBEDDING_THREADS": str(cores),
        "DJANGO_SETTINGS_MODULE": "lilo_site.settings",
        "LOG_LEVEL": "ERROR",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def import_file(file: Path, most: int) -> tuple[int, float]:
    """Import and publish the first rows; how many, and in how many seconds."""
    from django.utils import timezone

    from knowledge.importers.reading import Reading, SourceFile
    from knowledge.importers.store import import_entries

    first = Path(os.environ["LILO_DATA_DIR"]) / file.name
    with file.open("rb") as source, first.open("wb") as target:
        target.writelines(islice(source, most))
    began = time.perf_counter()
    rows = Reading([SourceFile(file.name, first)], day=timezone.localdate(), streamed_without_limit=True)
    report = import_entries(rows, publish=True, detail=file.name)
    return report.accepted, time.perf_counter() - began


def raw_rate(folder: Path) -> float:
    """Texts a second of the bare model, on an even sample of the texts that were embedded, in one call."""
    import json

    from knowledge.embedding.embedder import configured_embedder
    from knowledge.index.rows import embedded_sentences, searched_texts

    texts: dict[str, None] = {}
    with (folder / "entries.jsonl").open(encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            texts |= dict.fromkeys([*searched_texts(record), *embedded_sentences(record)])
    every = list(texts)
    sample = every[:: max(1, len(every) // SAMPLE)]
    began = time.perf_counter()
    configured_embedder().embed_texts(sample)
    return len(sample) / (time.perf_counter() - began)


def tell_steps(build: Build) -> dict[str, float]:
    """Print each step's time; the seconds by step."""
    seconds = {step: told["ended"] - told["began"] for step, told in build.progress.items()}
    for step, taken in seconds.items():
        print(f"  {step:<10}{taken:>10.1f} s")
    return seconds


class Asking:
    """Somebody who asks without a pause, and notes what came."""

    def __init__(self, question: str, awaited: str) -> None:
        self._question = question
        self._awaited = awaited
        self._stop = Event()
        self.answered = self.unanswered = 0
        self.slowest = 0.0
        self.seen_at: float | None = None
        self._thread = Thread(target=lambda: asyncio.run(self._ask()), daemon=True)

    def __enter__(self) -> Asking:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join(30)

    async def _ask(self) -> None:
        from knowledge.public import KnowledgeUnavailable, find_evidence

        while not self._stop.is_set():
            began = time.perf_counter()
            try:
                found = await find_evidence(self._question)
            except KnowledgeUnavailable:
                self.unanswered += 1
                continue
            self.slowest = max(self.slowest, time.perf_counter() - began)
            if not found.evidence:
                self.unanswered += 1
                continue
            self.answered += 1
            said = " ".join(sentence.text for evidence in found.evidence for sentence in evidence.sentences)
            if self.seen_at is None and self._awaited in said:
                self.seen_at = time.perf_counter()
            await asyncio.sleep(0.01)


def change(count: int) -> bool:
    """Change entries as an import does, let the embedded worker publish them while somebody asks; whether bars hold."""
    from django.utils import timezone

    from knowledge import actions
    from knowledge.models import Entry
    from knowledge.plane.models import Build
    from lilo_site import embedded

    changed = list(Entry.objects.order_by("key")[:count])
    with embedded.worker():
        time.sleep(1)
        with Asking(changed[-1].question, "It was changed just now.") as asking:
            time.sleep(2)
            for entry in changed:
                entry.answer, entry.index_changed_at = f"{entry.answer} It was changed just now.", timezone.now()
                entry.save(update_fields=["answer", "index_changed_at"])
                actions.request_rebuild()
            began = time.perf_counter()
            until = began + 120
            while asking.seen_at is None and time.perf_counter() < until:
                time.sleep(0.05)
            time.sleep(2)
        while Build.objects.filter(state="running").exists() and time.perf_counter() < until:
            time.sleep(0.1)
    build = Build.objects.first()
    took = (asking.seen_at or float("inf")) - began
    print(f"change of {count} entries: answers after {took:.1f} s")
    if build is not None:
        print(f"  {build.vector_count - build.reused_count} texts embedded, build {build.state}")
        tell_steps(build)
    print(f"  meanwhile {asking.answered} answers, {asking.unanswered} without one, slowest {asking.slowest:.2f} s")
    return took <= 10 and not asking.unanswered


def main() -> int:
    """Run it; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="JSON Lines of questions and answers")
    parser.add_argument("--entries", type=int, default=16_000)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--changes", type=int, default=10)
    options = parser.parse_args()
    if not options.file.exists():
        print(f"{options.file} is not here, so nothing was measured.")
        return 0
    with own_installation(options.cores) as folder:
        return measure(options, folder)


def measure(options: argparse.Namespace, folder: Path) -> int:
    """The whole way, told line by line."""
    from knowledge.embedding.embedder import configured_embedder
    from knowledge.plane.pipeline import build_now

    configured_embedder().embed_texts(["The model is loaded before the clock runs."])
    accepted, seconds = import_file(options.file, options.entries)
    print(f"{accepted:,} entries on {options.cores} cores")
    print(f"  {'import':<10}{seconds:>10.1f} s")
    began = time.perf_counter()
    build = build_now()
    taken = tell_steps(build)
    print(f"  {'in all':<10}{seconds + time.perf_counter() - began:>10.1f} s   build {build.state}")
    if build.state != build.State.PUBLISHED:
        print(build.verdict)
        return 1
    texts = build.progress["embed"]["total"]
    rate = texts / taken["embed"]
    bare = raw_rate(folder / "artefacts" / build.version)
    print(f"embedding: {rate:.0f} texts/s of {texts:,}; the bare model {bare:.0f}: {rate / bare:.0%}")
    is_quick = change(options.changes)
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    kept = rate >= 0.9 * bare and is_quick
    print("every bar kept" if kept else "A BAR WAS MISSED")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
