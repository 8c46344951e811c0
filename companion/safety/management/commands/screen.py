"""Assess messages from standard input, for measurement by others."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import islice
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from companion.safety.screen import Assessment, screen_many
from companion.safety.screen.learned import LearnedLayerMissing

_BATCH = 64


class Command(BaseCommand):
    """Reads lines {"id", "text", "context": [...]}, writes lines {"id", "level", "category", "score", "reasons"}."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command."""
        parser.add_argument("--jsonl", action="store_true", help="one JSON object a line, in and out (the only form)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Assess every line in order.

        Raises:
            CommandError: a line is no message, or the learned layer cannot be loaded.
        """
        import sys

        rows = self._rows(sys.stdin)
        while batch := list(islice(rows, _BATCH)):
            try:
                found = screen_many([(text, recent) for _, text, recent in batch], batch=_BATCH)
            except LearnedLayerMissing as missing:
                raise CommandError(f"The learned layer cannot be loaded: {missing}") from missing
            for (name, _, _), assessment in zip(batch, found, strict=True):
                self.stdout.write(json.dumps(self._line(name, assessment), ensure_ascii=False))
        self.stdout.flush()

    def _rows(self, lines: TextIO) -> Iterator[tuple[Any, str, list[str]]]:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                yield row.get("id", number), str(row["text"]), [str(turn) for turn in row.get("context") or ()]
            except (ValueError, KeyError, AttributeError, TypeError) as error:
                raise CommandError(f"line {number}: not a message: {error}") from error

    def _line(self, name: Any, found: Assessment) -> dict[str, Any]:
        return {
            "id": name,
            "level": found.level.value,
            "category": found.category,
            "score": round(found.score, 4),
            "reasons": list(found.reasons),
        }
