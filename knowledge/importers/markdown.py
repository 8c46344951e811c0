"""Markdown to sections. Raw HTML in it is left out, links keep their words only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import yaml

from knowledge.importers.documents import Document, Section
from knowledge.importers.limits import Limits
from knowledge.importers.rows import UnreadableFile

if TYPE_CHECKING:
    from markdown_it.token import Token

#: What some writers put above the text: a few lines of YAML between two lines of dashes.
FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.{0,10000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
TITLES = ("title",)
PUBLISHERS = ("publisher", "site", "source", "author")
ADDRESSES = ("url", "canonical", "canonical_url", "link")
RAW_HTML = "Raw HTML in it was left out."
SPOKEN = {"text", "code_inline"}
BREAKS = {"softbreak": " ", "hardbreak": "\n"}


def read_markdown(text: str, *, limits: Limits) -> Document:
    """The sections of a Markdown text, with what its front matter says of it.

    Raises:
        UnreadableFile: it is longer than a document may be.
    """
    if len(text) > limits.characters:
        raise UnreadableFile(f"It has more than {limits.characters:,} characters; cut it into several files.")
    said, body = _front_matter(text)
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    sections, has_html = _sections(tokens)
    title = _first(said, TITLES) or next((s.headings[0] for s in sections if s.headings), "")
    return Document(
        tuple(sections),
        title=title,
        publisher=_first(said, PUBLISHERS),
        url=_first(said, ADDRESSES),
        notes=(RAW_HTML,) if has_html else (),
    )


def _front_matter(text: str) -> tuple[dict[object, object], str]:
    match = FRONT_MATTER.match(text)
    if not match:
        return {}, text
    try:
        said = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError, OverflowError):
        return {}, text[match.end() :]
    return (said if isinstance(said, dict) else {}), text[match.end() :]


def _first(said: dict[object, object], names: Sequence[str]) -> str:
    return next((value for name in names if isinstance(value := said.get(name), str)), "")


def _sections(tokens: Sequence[Token]) -> tuple[list[Section], bool]:
    sections: list[Section] = []
    path: dict[int, str] = {}
    lines: list[str] = []
    line, has_html, level = 1, False, 0
    for token in tokens:
        if token.type == "heading_open":
            _close(sections, path, lines, line)
            level, line = int(token.tag[1:]), (token.map or [0])[0] + 1
        elif token.type == "heading_close":
            level = 0
        elif token.type == "inline":
            words, raw = _words(token.children or ())
            has_html |= raw
            if level:
                path = {step: heading for step, heading in path.items() if step < level} | {level: words}
            else:
                lines.append(words)
        elif token.type in {"code_block", "fence"}:
            lines.append(token.content)
        has_html |= token.type == "html_block"
    _close(sections, path, lines, line)
    return sections, has_html


def _close(sections: list[Section], path: dict[int, str], lines: list[str], line: int) -> None:
    if lines:
        headings = tuple(path[level] for level in sorted(path) if path[level].strip())
        sections.append(Section(headings, "\n".join(lines), f"line {line}"))
        lines.clear()


def _words(children: Sequence[Token]) -> tuple[str, bool]:
    said = (BREAKS.get(token.type, token.content if token.type in SPOKEN else "") for token in children)
    return "".join(said), any(token.type == "html_inline" for token in children)
