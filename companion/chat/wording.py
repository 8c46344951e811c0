"""People's words as they come in: cleaned of what cannot be seen, and otherwise left as they are."""

from __future__ import annotations

import re
import unicodedata

#: Control characters but line breaks, invisible joiners and directions, and the tag block: text can be hidden in them.
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]"
)
BLANKS = re.compile(r"[ \t\u00a0]+")


def clean(words: str) -> str:
    """Words as a person would see them: composed (NFC), without invisible characters or lone surrogates, trimmed."""
    visible = words.encode("utf-8", "ignore").decode("utf-8")
    return BLANKS.sub(" ", INVISIBLE.sub("", unicodedata.normalize("NFC", visible))).strip()
