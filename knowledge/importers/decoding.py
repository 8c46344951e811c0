"""Bytes of unknown origin to text: by the mark they begin with, as UTF-8, or by a guess that is told."""

from __future__ import annotations

import codecs
import re
import tempfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from knowledge.importers.rows import UnreadableFile

PIECE = 256 * 1024
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
GUESSED = "The file is not UTF-8. It was read as Windows-1252, which is a guess: look at its accents and dashes."
#: What text never holds and programs and pictures do.
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
MOST_BINARY = 0.02
UTF8_LETTER = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")


def decoded(content: bytes) -> tuple[str, str]:
    """The text of a whole file, and a word on how it was read if that was a guess.

    Raises:
        UnreadableFile: it is no text.
    """
    encoding, guess = encoding_of(content)
    try:
        return content.decode(encoding, errors="replace"), guess
    except UnicodeError as error:  # UTF-16 that breaks off within its first letter
        raise UnreadableFile("Its text cannot be read: it is damaged.") from error


def encoding_of(content: bytes) -> tuple[str, str]:
    """The encoding of a file's bytes, and a word on it if that is a guess.

    Raises:
        UnreadableFile: they are no text.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return encoding, ""
    if wide := _wide(content):
        return wide, ""
    if len(BINARY.findall(content[:PIECE])) > MOST_BINARY * len(content[:PIECE]):
        raise UnreadableFile("It holds no text that can be read.")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # Whole letters of UTF-8 beside broken bytes are UTF-8 with damage; without any it is another encoding.
        return ("utf-8", "") if UTF8_LETTER.search(content) else ("cp1252", GUESSED)
    return "utf-8", ""


def as_utf8(stream: BinaryIO) -> tuple[BinaryIO, str]:
    """A file of rows in UTF-8, recoded if it must be, at its beginning; and a word on it if that was a guess."""
    encoding, guess = _encoding_of_stream(stream)
    stream.seek(0)
    if encoding.startswith("utf-8"):
        return stream, guess
    recoded = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=4 * PIECE))  # noqa: SIM115  (its reader closes it)
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for piece in _pieces(stream):
        recoded.write(decoder.decode(piece).encode(errors="replace"))
    recoded.write(decoder.decode(b"", final=True).encode(errors="replace"))
    recoded.seek(0)
    return recoded, guess


def _encoding_of_stream(stream: BinaryIO) -> tuple[str, str]:
    """As `encoding_of`, of a file of any size: what ASCII and UTF-8 alone cannot tell is seen at its first odd line."""
    for line in stream:
        if not line.isascii() or b"\x00" in line:
            rest = stream.read(PIECE)
            whole = line + rest[: rest.rfind(b"\n") + 1]
            return encoding_of(whole)
    return "utf-8", ""


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece


def _wide(content: bytes) -> str:
    """UTF-16 without its mark: every other byte of plain English is zero."""
    head = content[:1_000]
    if len(head) < 4 or head.count(0) < len(head) // 3:
        return ""
    return "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"
