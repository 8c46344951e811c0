"""Hold the starter corpus to the rules of `knowledge.rules`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from knowledge.importers.starter import CORPUS, CorpusError, read_corpus
from knowledge.rules import EntryText, entry_problems

MIN_ENTRIES = 300
MIN_CATEGORIES = 24


class Command(BaseCommand):
    """Print each broken rule with the entry's key; fail when there is one."""

    help = "Check every entry of the starter corpus: length, reading grade, sources, no doses."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files", nargs="*", type=Path, help="only these files' entries (the whole corpus when none)"
        )

    def handle(self, *, files: list[Path], **options: object) -> None:
        try:
            entries = list(read_corpus())
        except CorpusError as error:
            raise CommandError(str(error)) from error
        problems = 0
        only = {path.stem for path in files}
        for entry in entries:
            if only and entry.category not in only:
                continue
            for problem in entry_problems(entry):
                problems += 1
                self.stdout.write(f"{entry.category}/{entry.key}: {problem.field}: {problem.message}")
        problems += 0 if only else self._check_whole(entries)
        if problems:
            raise CommandError(f"The corpus in {CORPUS.name}/ breaks {problems} rules.")
        self.stdout.write(f"{len(entries)} entries are in order.")

    def _check_whole(self, entries: list[EntryText]) -> int:
        found = [
            f"key {key} is used {count} times" for key, count in Counter(e.key for e in entries).items() if count > 1
        ]
        asked = Counter(text.strip().lower() for e in entries for text in (e.question, *e.alternatives))
        found += [f"asked in {count} entries: {text}" for text, count in asked.items() if count > 1]
        categories = len({entry.category for entry in entries})
        if len(entries) < MIN_ENTRIES or categories < MIN_CATEGORIES:
            found.append(
                f"{len(entries)} entries in {categories} categories; needed: {MIN_ENTRIES} in {MIN_CATEGORIES}"
            )
        for line in found:
            self.stdout.write(line)
        return len(found)
