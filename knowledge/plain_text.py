"""Outside text made plain: one form of each letter, nothing invisible that could carry a hidden message."""

from __future__ import annotations

import re
import unicodedata

#: Invisible characters that hide or reorder words: soft hyphen, zero-width space, directions, byte order mark,
#: lone surrogates, tag characters and supplementary variation selectors. Joiners stay: some scripts need them.
HIDDEN = re.compile(
    "[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
LINE_BREAK = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
SPACES = re.compile(r"[^\S\n]+")
BLANK_LINES = re.compile(r" ?\n ?(?:\n ?)+")


def plain_text(text: str) -> str:
    """The text in NFC, without control and hidden characters, spaces tidied; line breaks and markup stay."""
    if text.isascii() and text.isprintable():  # most fields of most rows: nothing hidden, nothing to compose
        return " ".join(text.split())
    text = HIDDEN.sub("", LINE_BREAK.sub("\n", text))
    text = SPACES.sub(" ", CONTROL.sub("", text))
    return unicodedata.normalize("NFC", BLANK_LINES.sub("\n\n", text)).strip()


def plain_line(text: str) -> str:
    """As `plain_text`, on one line."""
    return " ".join(plain_text(text).split())
