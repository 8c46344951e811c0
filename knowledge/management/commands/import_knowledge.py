"""Bring files of knowledge in, from the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from knowledge.importers.kinds import NAMES, Kind
from knowledge.importers.limits import MEGABYTE, Limits
from knowledge.importers.outcomes import ImportReport, Outcome
from knowledge.importers.reading import Choices, Reading, SourceFile
from knowledge.importers.report import report_lines
from knowledge.importers.store import import_entries
from knowledge.management.building import build_and_tell

SHOWN = 20


class Command(BaseCommand):
    """Import files and folders; with `--publish` the answers are in use when the command ends."""

    help = (
        "Import entries from CSV, JSON Lines, MedQuAD XML, Markdown, HTML, PDF, or ZIP archives and folders of these. "
        "CSV and JSON Lines have the fields id, question, answer, category, source, url and, if wanted, alternatives, "
        "tags (lists, or texts divided by |), audience (senior, family, everyone) and date (2026-01-31). "
        "Safe to repeat: entries are found again by their id, or by the name and the headings of their document."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a folder with all in it")
        parser.add_argument("--dry-run", action="store_true", help="tell what would come of it, and change nothing")
        parser.add_argument("--format", choices=list(Kind), help="told by name and content when left out")
        parser.add_argument("--category", default="", help="put all of it into this category")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write what became of each row as a CSV table")
        parser.add_argument(
            "--publish",
            action="store_true",
            help="publish the rows without a review, and build and publish a new index",
        )

    def handle(
        self, *, paths: Sequence[Path], dry_run: bool, format: str | None, category: str, report: Path | None,  # noqa: A002
        publish: bool, **options: object,
    ) -> None:  # fmt: skip
        if dry_run and publish:
            raise CommandError("--dry-run changes nothing, and --publish does: choose one.")
        choices = Choices(category=category.strip().lower(), kind=Kind(format) if format else None)
        try:
            files = list(chain.from_iterable(_files(path) for path in paths))
            with _report_to(report) as write:
                done = self._import(files, choices, publish=publish, dry_run=dry_run, each_batch=write)
        except OSError as error:
            raise CommandError(f"Cannot read {error.filename}: {error.strerror}.") from error
        self._tell(done, dry_run=dry_run)
        if not done.accepted:
            raise CommandError("Nothing could be imported.")
        if publish:
            self.stdout.write(build_and_tell())

    def _import(
        self, files: Sequence[SourceFile], choices: Choices, *, publish: bool, dry_run: bool,
        each_batch: Callable[[list[Outcome]], None],
    ) -> ImportReport:  # fmt: skip
        limits = Limits(file_bytes=settings.IMPORT_MAX_MB * MEGABYTE)
        reading = Reading(files, choices=choices, limits=limits, day=timezone.localdate(), streamed_without_limit=True)
        with tqdm(total=reading.bytes_total, unit="B", unit_scale=True, desc="Importing", disable=None) as bar:

            def advance(rows: int) -> None:
                bar.set_postfix(rows=f"{rows:,}", refresh=False)
                bar.update(reading.bytes_done - bar.n)

            return import_entries(reading, publish=publish, dry_run=dry_run, each_batch=each_batch, progress=advance)

    def _tell(self, report: ImportReport, *, dry_run: bool) -> None:
        told = [
            *(f"{note.place}: {note.text}" for note in report.notes),
            *(f"{row.place}: {row.key}: {row.detail}" for row in report.gone),
            *(f"{row.place}: {' '.join(row.warnings)}" for row in report.warned),
            *(f"{row.place}: {row.reason}" for row in report.refused),
        ]
        for line in told[:SHOWN]:
            self.stderr.write(line)
        if len(told) > SHOWN:
            self.stderr.write(f"... and {len(told) - SHOWN:,} more; --report FILE lists them all.")
        would_be = "would be " if dry_run else ""
        self.stdout.write(
            f"{report.read:,} rows read: {report.created:,} {would_be}created, {report.updated:,} {would_be}updated, "
            f"{report.unchanged:,} unchanged, {len(report.refused):,} refused."
        )


def _files(path: Path) -> Iterator[SourceFile]:
    """The file, or every file in the folder that can be read; the names of those are from the folder on."""
    if not path.is_dir():
        with path.open("rb"):  # a missing file is told before anything is imported
            yield SourceFile(path.name, path)
        return
    for inner in sorted(path.rglob("*")):
        if inner.is_file() and inner.suffix.lower() in NAMES and not inner.name.startswith("."):
            yield SourceFile(str(Path(path.name) / inner.relative_to(path)), inner)


@contextmanager
def _report_to(path: Path | None) -> Iterator[Callable[[list[Outcome]], None]]:
    """What writes the report, batch by batch, if one is wanted."""
    if path is None:
        yield lambda outcomes: None
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(report_lines([]))
        yield lambda outcomes: file.writelines(islice(report_lines(outcomes), 1, None))
