"""Long text in pieces of whole sentences, each of which can stand alone.

A piece begins with the last sentences of the one before it, so that what refers back has something to refer to, and
with the heading under which it stands. A heading is a line that begins with `#`, as in Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.wording import sentence_spans

HEADING = re.compile(r"#{1,6} +\S")
#: Sentences that overlap never fill more than this share of a piece.
MOST_OVERLAP = 0.4


def chunks(text: str, *, most_words: int = 150, overlap_sentences: int = 1) -> list[str]:
    """The text in pieces of at most `most_words` words; a text that is short enough is one piece, as it was.

    Args:
        text: plain text; a line that begins with `#` is a heading.
        most_words: of a piece, with its heading. A longer sentence is cut between words.
        overlap_sentences: how many sentences of a piece the next one repeats, where they leave room for new ones.

    Raises:
        ValueError: `most_words` is not at least 1, or `overlap_sentences` is negative.
    """
    if most_words < 1 or overlap_sentences < 0:
        raise ValueError("Pieces need room for a word, and cannot overlap by less than nothing.")
    return [
        piece
        for heading, body in _sections(text)
        for piece in _pieces(heading, body, most_words=most_words, overlap=overlap_sentences)
    ]


def _sections(text: str) -> Iterator[tuple[str, str]]:
    heading, lines = "", list[str]()
    for line in text.split("\n"):
        if not HEADING.match(line):
            lines.append(line)
            continue
        if body := "\n".join(lines).strip():
            yield heading, body
        heading, lines = line.strip(), []
    if body := "\n".join(lines).strip():
        yield heading, body


def _pieces(heading: str, body: str, *, most_words: int, overlap: int) -> Iterator[str]:
    room = most_words - len(heading.split())
    if room < most_words / 2:
        heading, room = "", most_words  # a heading as long as a paragraph is none
    top = f"{heading}\n" if heading else ""
    if len(body.split()) <= room:
        yield top + body
        return
    piece: list[tuple[str, int]] = []
    fresh = False
    for sentence, count in _sentences(body, most_words=room):
        if fresh and sum(size for _, size in piece) + count > room:
            yield top + _joined(piece)
            piece, fresh = _tail(piece, overlap=overlap, room=min(room - count, int(room * MOST_OVERLAP))), False
        piece.append((sentence, count))
        fresh = True
    yield top + _joined(piece)


def _sentences(body: str, *, most_words: int) -> Iterator[tuple[str, int]]:
    """Each sentence with its number of words, and with the line break after it, if there is one."""
    spans = sentence_spans(body)
    for place, (start, end) in enumerate(spans):
        following = spans[place + 1][0] if place + 1 < len(spans) else end
        gap = "\n" if "\n" in body[end:following] else " "
        words = body[start:end].split()
        if len(words) <= most_words:
            yield body[start:end] + gap, len(words)
            continue
        for at in range(0, len(words), most_words):
            part = words[at : at + most_words]
            yield " ".join(part) + " ", len(part)


def _tail(piece: list[tuple[str, int]], *, overlap: int, room: int) -> list[tuple[str, int]]:
    kept: list[tuple[str, int]] = []
    for sentence, count in reversed(piece[len(piece) - min(overlap, len(piece)) :]):
        if count > room:
            break
        kept.insert(0, (sentence, count))
        room -= count
    return kept


def _joined(piece: list[tuple[str, int]]) -> str:
    return "".join(sentence for sentence, _ in piece).strip()
