"""The pages of a PDF as text: a program of its own, so that a file made to harm can harm nothing but it.

    python -m knowledge.importers.pdf_pages FILE MOST_PAGES MOST_CHARACTERS SECONDS

It prints one JSON object: what was found, or `refused` with the reason. It knows nothing of Django.
"""

from __future__ import annotations

import io
import json
import logging
import resource
import sys
from pathlib import Path
from typing import Any, TypedDict

MOST_MEMORY = 2_000_000_000
ENCRYPTED = "It is locked with a password. Save a copy without one."
BROKEN = "It is broken, or no PDF that can be read. Open it and save it anew."
SCANNED = "It has {} and no text: it was scanned. Have its text recognised (OCR) first."


class Found(TypedDict, total=False):
    """What is printed."""

    refused: str
    title: str
    publisher: str
    pages: list[str]
    headings: dict[str, str]
    """By the number of the page, from 1: the last bookmark that leads to it."""
    broken: list[int]


def read_pages(content: bytes, *, most_pages: int, most_characters: int) -> Found:
    """The text of each page, and what the document says of itself."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return Found(refused=ENCRYPTED)
        count = len(reader.pages)
    except Exception:  # noqa: BLE001  (the edge of this program; broken files raise whatever Python has)
        return Found(refused=BROKEN)
    if count > most_pages:
        return Found(refused=f"It has {count:,} pages; at most {most_pages:,} are read. Cut it into several files.")
    pages, broken = _pages(reader, count, most_characters)
    if pages is None:
        return Found(refused=f"It has more than {most_characters:,} characters. Cut it into several files.")
    if not any(page.strip() for page in pages):
        spoken = "one page" if count == 1 else f"{count:,} pages"
        return Found(refused=BROKEN if broken or not count else SCANNED.format(spoken))
    title, publisher = _about(reader)
    return Found(title=title, publisher=publisher, pages=pages, headings=_bookmarks(reader), broken=broken)


def _pages(reader: Any, count: int, most_characters: int) -> tuple[list[str] | None, list[int]]:
    pages: list[str] = []
    broken: list[int] = []
    for number in range(count):
        try:
            text = reader.pages[number].extract_text()
        except Exception:  # noqa: BLE001  (as above: one broken page does not spoil the others)
            text = ""
            broken.append(number + 1)
        most_characters -= len(text)
        if most_characters < 0:
            return None, broken
        pages.append(text)
    return pages, broken


def _about(reader: Any) -> tuple[str, str]:
    try:
        about = reader.metadata or {}
        return str(about.get("/Title") or ""), str(about.get("/Author") or "")
    except Exception:  # noqa: BLE001  (as above: the text is there without it)
        return "", ""


def _bookmarks(reader: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        waiting = [reader.outline]
        while waiting:
            for item in waiting.pop():
                if isinstance(item, list):
                    waiting.append(item)
                elif (number := reader.get_destination_page_number(item)) is not None:
                    found.setdefault(str(number + 1), str(item.title))
    except Exception:  # noqa: BLE001  (as above: bookmarks are a help, no more)
        return found
    return found


def main() -> None:
    """Read the file named on the command line, within what a file may use."""
    path, most_pages, most_characters, seconds = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    found = read_pages(Path(path).read_bytes(), most_pages=int(most_pages), most_characters=int(most_characters))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
