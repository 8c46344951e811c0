"""Answer outside questions with the keys of entries, for measurements."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

BATCH = 64
MOST_RESULTS = 1_000


class Command(BaseCommand):
    """JSON lines in, JSON lines out, in the same order."""

    help = (
        'Read {"id", "query"} lines from standard input and write {"id", "results": [{"entry", "score"}]} lines. '
        "A line that cannot be read is named on standard error and left out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be asked for."""
        parser.add_argument("--jsonl", action="store_true", required=True, help="the form of both streams")
        parser.add_argument("--top-k", type=int, default=10, help=f"results for each query, 1 to {MOST_RESULTS}")

    def handle(self, *, top_k: int, **options: Any) -> None:
        """Answer in batches, so that the first results come before the last question."""
        if not 1 <= top_k <= MOST_RESULTS:
            raise CommandError(f"--top-k must be from 1 to {MOST_RESULTS}.")
        from tqdm import tqdm

        from knowledge.embedding.port import EmbeddingUnavailable
        from knowledge.public import KnowledgeUnavailable
        from knowledge.retrieval.find import find_many

        questions = self._questions(sys.stdin)
        try:
            with tqdm(unit=" questions", disable=None) as bar:
                while batch := list(islice(questions, BATCH)):
                    for (name, _), found in zip(
                        batch, find_many([text for _, text in batch], limit=top_k), strict=True
                    ):
                        evidence = found.evidence if found.strategy != "default" else ()
                        results = [{"entry": item.key, "score": round(item.score, 6)} for item in evidence]
                        self.stdout.write(json.dumps({"id": name, "results": results}, ensure_ascii=False))
                    bar.update(len(batch))
        except (EmbeddingUnavailable, KnowledgeUnavailable) as error:
            raise CommandError(str(error)) from error

    def _questions(self, lines: TextIO) -> Iterator[tuple[str | int, str]]:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                name, text = row["id"], row["query"]
            except (ValueError, KeyError, TypeError):
                self.stderr.write(f'line {number}: expected {{"id": ..., "query": ...}}')
                continue
            if not isinstance(name, str | int) or not isinstance(text, str):
                self.stderr.write(f"line {number}: id must be a text or a number, and query a text")
                continue
            yield name, text
