"""What a file is: its content decides, its name must not say otherwise."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from pathlib import PurePath

from knowledge.importers.decoding import decoded
from knowledge.importers.rows import UnreadableFile

HEAD = 4_096


class Kind(StrEnum):
    """What can be read."""

    JSONL = "jsonl"
    CSV = "csv"
    MEDQUAD = "medquad"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    ZIP = "zip"


NAMES = {
    ".jsonl": Kind.JSONL, ".ndjson": Kind.JSONL, ".csv": Kind.CSV, ".tsv": Kind.CSV, ".xml": Kind.MEDQUAD,
    ".md": Kind.MARKDOWN, ".markdown": Kind.MARKDOWN, ".html": Kind.HTML, ".htm": Kind.HTML, ".xhtml": Kind.HTML,
    ".pdf": Kind.PDF, ".zip": Kind.ZIP,
}  # fmt: skip
SPOKEN = {
    Kind.JSONL: "JSON Lines", Kind.CSV: "a CSV table", Kind.MEDQUAD: "MedQuAD XML", Kind.MARKDOWN: "Markdown",
    Kind.HTML: "an HTML page", Kind.PDF: "a PDF document", Kind.ZIP: "a ZIP archive",
}  # fmt: skip
#: First bytes of what people do send, and what to tell them.
FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file; save it as PDF, or a table as CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "packed with gzip; unpack it, or pack it as ZIP"),
    (b"Rar!", "packed with RAR; pack it as ZIP"),
    (b"7z\xbc\xaf", "packed with 7-Zip; pack it as ZIP"),
    (b"{\\rtf", "an RTF document; save it as PDF"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
)
HTML_BEGINS = re.compile(r"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
XML_ROOT = re.compile(r"<(?![?!])\s*([\w:.-]+)")
READ = "CSV, JSON Lines, MedQuAD XML, Markdown, HTML, PDF and ZIP are read"


def kind_of(name: str, head: bytes) -> Kind:
    """What a file of that name with those first bytes is.

    Raises:
        UnreadableFile: nothing that is read here, or its name and its content tell different things.
    """
    named = NAMES.get(PurePath(name.lower()).suffix)
    found = _by_content(head)
    if found is None and named in {Kind.PDF, Kind.ZIP}:
        raise UnreadableFile(f"Its name says {SPOKEN[named]}, but it does not begin like one: it is broken or renamed.")
    if named and found and named != found:
        raise UnreadableFile(
            f"Its name says {SPOKEN[named]}, but it holds {SPOKEN[found]}. Rename it if that is what it is."
        )
    if kind := found or named:
        return kind
    raise UnreadableFile(f"What it is can be told neither by its name nor by its content: {READ}.")


def _by_content(head: bytes) -> Kind | None:
    """What the first bytes tell beyond doubt; tables and Markdown look like any text, their names must tell."""
    if b"%PDF-" in head[:1_024]:
        return Kind.PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if b"[Content_Types].xml" in head or b"word/" in head:
            raise UnreadableFile("It is a Word or Excel file; save it as PDF, or a table as CSV.")
        return Kind.ZIP
    for begins, what in FOREIGN:
        if head.startswith(begins):
            raise UnreadableFile(f"It is {what}. {READ}.")
    return _by_text(decoded(head)[0].lstrip("\ufeff \t\r\n"))


def _by_text(text: str) -> Kind | None:
    if HTML_BEGINS.match(text) or (text.startswith("<?xml") and HTML_BEGINS.search(text)):
        return Kind.HTML
    if text.startswith(("<?xml", "<Document")):
        root = XML_ROOT.search(text)
        if root and root[1] not in {"Document", "Documents"}:
            raise UnreadableFile(f"It is XML that begins with <{root[1][:40]}>; of XML only MedQuAD's form is read.")
        return Kind.MEDQUAD
    first = text.split("\n", 1)[0].strip()
    return Kind.JSONL if first.startswith("{") and _is_object(first) else None


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
