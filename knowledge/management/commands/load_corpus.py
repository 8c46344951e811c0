"""Bring the starter corpus in, as it is in this version of Lilo."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError

from knowledge.importers.rows import ImportRow, RefusedRow, Row
from knowledge.importers.starter import CorpusError, read_corpus
from knowledge.importers.store import import_entries, retire_dropped_starters
from knowledge.models import Entry
from knowledge.rules import EntryText, entry_problems


class Command(BaseCommand):
    """Publish the starter corpus, and retire what it no longer holds. What a curator has in hand stays as it is."""

    help = "Load the starter corpus as published entries. Safe to repeat; build the index afterwards."

    def handle(self, **options: object) -> None:
        try:
            corpus = list(read_corpus())
        except CorpusError as error:
            raise CommandError(str(error)) from error
        if not corpus:
            raise CommandError("The starter corpus is empty; nothing was changed.")
        report = import_entries(
            _checked(corpus), publish=True, provenance=Entry.Provenance.STARTER, detail="starter corpus"
        )
        for row in report.refused:
            self.stderr.write(f"{corpus[row.number - 1].key}: {row.reason}")
        if not report.accepted:
            raise CommandError("No entry of the corpus could be loaded; nothing was retired.")
        retired = retire_dropped_starters({text.key for text in corpus})
        self.stdout.write(
            f"{len(corpus)} entries in the corpus: {report.created} created, {report.updated} updated, "
            f"{report.unchanged} unchanged, {len(report.refused)} left out, {retired} retired."
        )


def _checked(corpus: list[EntryText]) -> Iterator[ImportRow]:
    """Each entry, but for those that break a rule: what we publish without a reviewer must keep them all."""
    for number, text in enumerate(corpus, start=1):
        problems = entry_problems(text)
        if problems:
            yield RefusedRow(number, " ".join(problem.message for problem in problems))
        else:
            yield Row(number, text)
