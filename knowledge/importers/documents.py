"""Documents, of whatever kind, to entries: by their headings, long sections in pieces of whole sentences.

A heading is not a question: such an entry is a draft, held by the rules until an author writes what a person would ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from urllib.parse import urlsplit

from django.utils.text import slugify

from knowledge.chunking import chunks
from knowledge.importers.limits import Limits
from knowledge.importers.records import DEFAULT_CATEGORY
from knowledge.importers.rows import ImportRow, Note, Row, UnreadableFile, Whole
from knowledge.importers.suspicious import HIDDEN, is_disguised
from knowledge.plain_text import plain_line, plain_text
from knowledge.rules import DOCUMENT_KEY, MAX_ANSWER_WORDS, EntryText, SourceText

MOST_QUESTION = 300
MOST_SOURCE = 200
MOST_URL = 1_000


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading, or on one page."""

    headings: tuple[str, ...]
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader found in a file. Nothing in it is trusted; all of it is made plain here."""

    sections: tuple[Section, ...]
    title: str = ""
    publisher: str = ""
    url: str = ""
    notes: tuple[str, ...] = ()


def document_rows(document: Document, *, name: str, limits: Limits) -> Iterator[ImportRow]:
    """The entries of a document, numbered in its order.

    Args:
        document: as its reader found it.
        name: of its file, by which its entries are found again if it has no web address.
        limits: of headings.

    Raises:
        UnreadableFile: it holds no text.
    """
    sections = [section for section in document.sections if plain_text(section.text)]
    if not sections:
        raise UnreadableFile("It holds no text that could become an entry.")
    yield from (Note(note) for note in document.notes)
    url = _web_address(document.url)
    title = plain_line(document.title)[:MOST_SOURCE] or PurePath(name).stem
    source = SourceText(title, plain_line(document.publisher)[:MOST_SOURCE] or urlsplit(url).hostname or "", url)
    keys = _Keys(url or name)
    number = 0
    for section in sections[: limits.headings]:
        path = _path(title, section.headings)
        warnings = (HIDDEN,) if is_disguised(section.text) else ()
        pieces = chunks(plain_text(section.text), most_words=MAX_ANSWER_WORDS)
        for part, piece in enumerate(pieces, start=1):
            number += 1
            question = path if len(pieces) == 1 else f"{path} (part {part} of {len(pieces)})"
            entry = EntryText(
                key=keys.next_of(section.headings),
                question=question,
                answer=piece,
                category=DEFAULT_CATEGORY,
                sources=(source,),
            )
            yield Row(number, entry, place=plain_line(section.place), warnings=warnings)
    if len(sections) > limits.headings:
        yield Note(f"It has {len(sections):,} sections; the first {limits.headings:,} were read.")
    else:
        yield Whole(keys.prefix)


class _Keys:
    """Keys that are the same when the document comes again: its name, the heading, and how many stood there before."""

    def __init__(self, identity: str) -> None:
        stem = _slug(PurePath(urlsplit(identity).path).stem)[:50].strip("-") or "text"
        self.prefix = f"{DOCUMENT_KEY}{stem}-{sha256(identity.encode(errors='replace')).hexdigest()[:8]}-"
        self._seen: Counter[str] = Counter()

    def next_of(self, headings: tuple[str, ...]) -> str:
        """The key of the next entry under these headings."""
        under = _slug(" ".join(headings))[-100:].strip("-") or "start"
        self._seen[under] += 1
        return f"{self.prefix}{under}-{self._seen[under]}"


def _slug(text: str) -> str:
    return slugify(text).replace("_", "-")


def _path(title: str, headings: tuple[str, ...]) -> str:
    """As a person would read it: “Sleep and ageing: Naps”."""
    steps = [title, *(line for heading in headings if (line := plain_line(heading)))]
    before = ["", *(step.casefold() for step in steps)]
    distinct = [step.rstrip(": ") for step, last in zip(steps, before, strict=False) if step.casefold() != last]
    return ": ".join(distinct)[:MOST_QUESTION]


def _web_address(url: str) -> str:
    """An address that may become a link on a person's page; empty if it may not."""
    url = plain_line(url)
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    usable = host and " " not in url and url.startswith(("https://", "http://")) and len(url) <= MOST_URL
    return url if usable else ""
