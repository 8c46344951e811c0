"""Bring a file of questions and answers in."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from knowledge.importers.records import FORMATS, Format, UnreadableFile, read_records
from knowledge.importers.store import ImportReport, import_entries
from knowledge.management.building import build_and_tell

SHOWN_REFUSALS = 20


class Command(BaseCommand):
    """Import JSON Lines or CSV; with `--publish` the answers are in use when the command ends."""

    help = (
        "Import entries from JSON Lines or CSV with the fields id, question, answer, category, source, url and, if "
        "wanted, alternatives, tags (lists, or texts divided by |), audience (senior, family, everyone) and date "
        "(2026-01-31). Safe to repeat: rows are found again by their id."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=["jsonl", "csv"], help="guessed from the file's name when left out")
        parser.add_argument(
            "--publish",
            action="store_true",
            help="publish the rows without a review, and build and publish a new index",
        )

    def handle(self, *, file: Path, format: Format | None, publish: bool, **options: object) -> None:  # noqa: A002
        chosen = format or FORMATS.get(file.suffix.lower())
        if chosen is None:
            raise CommandError(f"Say --format jsonl or --format csv: the name {file.name!r} does not tell.")
        try:
            with file.open("rb") as stream:
                report = self._import(stream, chosen, name=file.name, size=file.stat().st_size, publish=publish)
        except OSError as error:
            raise CommandError(f"Cannot read {file}: {error.strerror}.") from error
        except UnreadableFile as error:
            raise CommandError(f"{file.name}: {error}") from error
        self._tell(report)
        if not report.accepted:
            raise CommandError("Nothing could be imported.")
        if publish:
            self.stdout.write(build_and_tell())

    def _import(self, stream: BinaryIO, chosen: Format, *, name: str, size: int, publish: bool) -> ImportReport:
        with tqdm(total=size, unit="B", unit_scale=True, desc="Importing", disable=None) as bar:

            def advance(rows: int) -> None:
                bar.set_postfix(rows=f"{rows:,}", refresh=False)
                bar.update(stream.tell() - bar.n)

            return import_entries(read_records(stream, chosen), publish=publish, detail=name, progress=advance)

    def _tell(self, report: ImportReport) -> None:
        for row in report.refused[:SHOWN_REFUSALS]:
            self.stderr.write(f"line {row.number}: {row.reason}")
        if len(report.refused) > SHOWN_REFUSALS:
            self.stderr.write(f"... and {len(report.refused) - SHOWN_REFUSALS:,} more refused rows.")
        self.stdout.write(
            f"{report.read:,} rows read: {report.created:,} created, {report.updated:,} updated, "
            f"{report.unchanged:,} unchanged, {len(report.refused):,} refused."
        )
