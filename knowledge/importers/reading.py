"""Files of every kind to rows: several of them, one after the other, as one stream."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO

from knowledge.importers.archive import members
from knowledge.importers.decoding import as_utf8, decoded
from knowledge.importers.documents import Document, document_rows
from knowledge.importers.kinds import HEAD, Kind, kind_of
from knowledge.importers.limits import MEGABYTE, Limits
from knowledge.importers.medquad import read_medquad
from knowledge.importers.records import read_records
from knowledge.importers.rows import ImportRow, Note, RefusedRow, Row, UnreadableFile, Whole
from knowledge.importers.suspicious import warnings_about
from knowledge.plain_text import plain_line
from knowledge.rules import EntryText, SourceText

MOST_NAME = 60
TOO_LONG = "Reading took longer than {} minutes; the rest is left."
TOO_MANY = "There are more than {:,} rows; the rest is left."
STREAMED = frozenset({Kind.JSONL, Kind.CSV, Kind.MEDQUAD, Kind.ZIP})


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read: the name people know it by, and where it is."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Choices:
    """What a curator says of all the files. What is left empty is as the files have it."""

    category: str = ""
    audience: str = ""
    source: SourceText | None = None
    """For entries whose file names no source."""
    kind: Kind | None = None
    """Of every file, where its name and content do not tell."""


class Reading:
    """The rows of several files. `bytes_done` and `bytes_total` tell how far it is."""

    def __init__(
        self, files: Sequence[SourceFile], *, choices: Choices | None = None, limits: Limits | None = None,
        day: date, streamed_without_limit: bool = False,
    ) -> None:  # fmt: skip
        self._files = files
        self._choices = choices or Choices()
        self._limits = limits or Limits()
        self._day = day
        self._streamed_without_limit = streamed_without_limit
        self._before = 0
        self._open: BinaryIO | None = None
        self.bytes_total = sum(file.path.stat().st_size for file in files)

    @property
    def bytes_done(self) -> int:
        """Of all files."""
        return self._before + (self._open.tell() if self._open and not self._open.closed else 0)

    def __iter__(self) -> Iterator[ImportRow]:
        """Every row of every file; a file that cannot be read is a refusal, and the next one is read."""
        give_up_at = time.monotonic() + self._limits.seconds
        count = 0
        for file in self._files:
            with file.path.open("rb") as stream:
                self._open = stream
                for row in self._rows_of(stream, file.name, is_member=False):
                    if time.monotonic() > give_up_at:
                        yield RefusedRow(0, TOO_LONG.format(self._limits.seconds // 60), file.name)
                        return
                    count += isinstance(row, Row)
                    if count > self._limits.rows:
                        yield RefusedRow(0, TOO_MANY.format(self._limits.rows), file.name)
                        return
                    yield row
            self._open = None
            self._before += file.path.stat().st_size

    def _rows_of(self, stream: BinaryIO, name: str, *, is_member: bool) -> Iterator[ImportRow]:
        try:
            head = stream.read(HEAD)
            stream.seek(0)
            kind = self._choices.kind or self._kind(name, head)
            self._check_size(stream, kind)
            if kind is not Kind.ZIP:
                yield from self._finished(self._read(stream, kind, name), stream, kind, name)
            elif is_member:
                raise UnreadableFile("It is an archive within an archive; unpack it first.")
            else:
                yield from self._members(stream, name)
        except UnreadableFile as error:
            yield RefusedRow(0, str(error), place=name)

    def _kind(self, name: str, head: bytes) -> Kind:
        if not head:
            raise UnreadableFile("It is empty.")
        return kind_of(name, head)

    def _check_size(self, stream: BinaryIO, kind: Kind) -> None:
        size = stream.seek(0, 2)
        stream.seek(0)
        if size > self._limits.file_bytes and not (self._streamed_without_limit and kind in STREAMED):
            raise UnreadableFile(f"It is larger than {self._limits.file_bytes / MEGABYTE:,.0f} MB.")

    def _members(self, stream: BinaryIO, name: str) -> Iterator[ImportRow]:
        for member in members(stream, limits=self._limits):
            if isinstance(member, RefusedRow):
                yield replace(member, place=f"{name}/{plain_line(member.place)}")
            else:
                inner, content = member
                yield from self._rows_of(content, f"{name}/{plain_line(inner)}", is_member=True)

    def _read(self, stream: BinaryIO, kind: Kind, name: str) -> Iterator[ImportRow]:
        if kind is Kind.CSV or kind is Kind.JSONL:
            readable, guess = as_utf8(stream)
            if guess:
                yield Note(guess)
            yield from read_records(readable, "csv" if kind is Kind.CSV else "jsonl")
        elif kind is Kind.MEDQUAD:
            yield from read_medquad(stream, limits=self._limits)
        else:
            document = _document(stream.read(), kind, limits=self._limits)
            yield from document_rows(document, name=name, limits=self._limits)

    def _finished(self, rows: Iterator[ImportRow], stream: BinaryIO, kind: Kind, name: str) -> Iterator[ImportRow]:
        """The rows with the file's name in their place, and with what the curator chose."""
        digest = file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # both kinds of ours can do it
        stream.seek(0)
        # The digest and the day are short and must stay whole: of a long name the end is kept.
        origin = f"{name[-MOST_NAME:]}, read as {kind} on {self._day.isoformat()}, sha256 {digest}"
        for row in rows:
            if isinstance(row, Note | Whole):
                yield replace(row, place=name)
                continue
            place = f"{name}, {row.place or f'line {row.number}'}"
            if isinstance(row, RefusedRow):
                yield replace(row, place=place)
                continue
            entry = self._chosen(row.entry)
            about = warnings_about(entry.question, *entry.alternatives, entry.answer)
            yield Row(row.number, entry, place=place, origin=f"{origin}{_where(row)}", warnings=(*row.warnings, *about))

    def _chosen(self, entry: EntryText) -> EntryText:
        choices = self._choices
        sources = entry.sources or ((choices.source,) if choices.source else ())
        return replace(
            entry,
            category=choices.category or entry.category,
            audience=choices.audience or entry.audience,
            sources=tuple(_completed(source, choices.source) for source in sources),
        )


def _completed(source: SourceText, chosen: SourceText | None) -> SourceText:
    """A source with what its document does not say of itself: who published it, and where."""
    if chosen is None or (source.publisher and source.url):
        return source
    return replace(source, publisher=source.publisher or chosen.publisher, url=source.url or chosen.url)


def _where(row: Row) -> str:
    """Where in its file an entry stands, as short as the column for it."""
    return f", {row.place}"[:35] if row.place else f", line {row.number}"


def _document(content: bytes, kind: Kind, *, limits: Limits) -> Document:
    if kind is Kind.PDF:
        from knowledge.importers.pdf import read_pdf

        return read_pdf(content, limits=limits)
    text, guess = decoded(content)
    if kind is Kind.HTML:
        from knowledge.importers.web_page import read_page

        document = read_page(text, limits=limits)
    else:
        from knowledge.importers.markdown import read_markdown

        document = read_markdown(text, limits=limits)
    return replace(document, notes=(guess, *document.notes)) if guess else document
