"""PDF documents to sections, a page each. Their text is taken out by a program of its own, `pdf_pages`."""

from __future__ import annotations

import json
import re
import subprocess  # to read files that may be made to harm  # nosec B404
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.importers.documents import Document, Section
from knowledge.importers.limits import Limits
from knowledge.importers.rows import UnreadableFile

if TYPE_CHECKING:
    from knowledge.importers.pdf_pages import Found

ROOT = Path(__file__).resolve().parents[2]
HYPHEN = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
#: A line that goes on in the next: it does not end a sentence, and the next begins no list.
WRAPPED = re.compile(r"(?<![.!?:;\n])\n(?=[a-z(])")
PAGE_NUMBER = re.compile(r"\W*(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\W*", re.IGNORECASE)
#: A line that stands at the edge of so many pages is a running title.
MANY_PAGES = 4
TOO_HARD = "It takes longer or more memory to read than any honest document does."


def read_pdf(content: bytes, *, limits: Limits) -> Document:
    """The pages of a document, with the bookmark under which each stands.

    Raises:
        UnreadableFile: it is broken, locked, scanned, too long, or made to harm.
    """
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        found = _ask(file.name, limits)
    return as_document(found)


def as_document(found: Found) -> Document:
    """What the program found, as a document.

    Raises:
        UnreadableFile: the program refused the file.
    """
    if refused := found.get("refused"):
        raise UnreadableFile(refused)
    bookmarks, under = found["headings"], ""
    sections = []
    pages = _without_running_titles(found["pages"])
    for number, text in enumerate(pages, start=1):
        under = bookmarks.get(str(number), under)
        headings = (under, f"page {number}") if under else (f"page {number}",)
        sections.append(Section(headings, _unwrapped(text), f"page {number}"))
    return Document(
        tuple(sections), title=found["title"], publisher=found["publisher"], notes=tuple(_notes(pages, found["broken"]))
    )


def _ask(path: str, limits: Limits) -> Found:
    asked = [path, str(limits.pages), str(limits.characters), str(limits.pdf_seconds)]
    try:
        ended = subprocess.run(  # noqa: S603  (our own program, and a path of our own making)  # nosec B603
            [sys.executable, "-m", "knowledge.importers.pdf_pages", *asked],
            cwd=ROOT,
            capture_output=True,
            timeout=limits.pdf_seconds * 2,
            check=True,
        )
        found: Found = json.loads(ended.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise UnreadableFile(TOO_HARD) from error
    return found


def _without_running_titles(pages: list[str]) -> list[str]:
    """The pages without the lines that stand at the top or foot of many of them, and without their numbers."""
    split = [[line.strip() for line in page.splitlines() if line.strip()] for page in pages]
    edges = Counter(line for lines in split for line in {*lines[:1], *lines[-1:]})
    running = {line for line, count in edges.items() if count >= max(MANY_PAGES, len(pages) // 2)}
    kept = []
    for lines in split:
        while lines and (lines[0] in running or PAGE_NUMBER.fullmatch(lines[0])):
            del lines[0]
        while lines and (lines[-1] in running or PAGE_NUMBER.fullmatch(lines[-1])):
            del lines[-1]
        kept.append("\n".join(lines))
    return kept


def _unwrapped(text: str) -> str:
    return WRAPPED.sub(" ", HYPHEN.sub("", text))


def _notes(pages: list[str], broken: list[int]) -> list[str]:
    empty = [number for number, page in enumerate(pages, start=1) if not page.strip() and number not in broken]
    notes = []
    if empty:
        notes.append(f"{_listed(empty)} no text: empty, or scanned.")
    if broken:
        notes.append(f"{_listed(broken)} no text that can be read: broken.")
    return notes


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:10])) + (f" and {len(numbers) - 10} more" if len(numbers) > 10 else "")
    return f"Page {shown} has" if len(numbers) == 1 else f"Pages {shown} have"
