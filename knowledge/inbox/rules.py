"""Pure decisions about questions that wait: which wording stands for them, and what a new entry is called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db import models

#: Questions are kept so long, answered or not.
RETENTION = timedelta(days=180)
#: Of a question at most so much is kept.
MOST_CHARACTERS = 500
#: What stands for something that would tell who asked.
REDACTED = re.compile(r"\s*\((?:name|number|address|date|e-mail|link)\)")
#: Fewer words than these say too little to stand for a group.
TELLING_WORDS = 4
KEY_WORDS = 7


class Reason(models.TextChoices):
    """Why a question was passed on."""

    UNANSWERED = "unanswered", "Lilo could not answer"
    NOT_HELPFUL = "not_helpful", "The answer did not help"


def headline(wordings: Iterable[str]) -> str:
    """The wording that stands for all of them: the shortest that says enough."""
    ordered = sorted(wordings, key=len)
    return next((text for text in ordered if len(text.split()) >= TELLING_WORDS), ordered[-1] if ordered else "")


def plain_wordings(texts: Iterable[str]) -> list[str]:
    """Each wording once, without the marks of what was taken out; the one that stands for all comes first."""
    different: dict[str, str] = {}
    for text in texts:
        plain = " ".join(REDACTED.sub("", text).split())
        different.setdefault(plain.lower().strip(" ?.!"), plain)
    different.pop("", None)
    first = headline(different.values())
    return [first, *(text for text in different.values() if text != first)] if first else []


def key_for(question: str, taken: Collection[str]) -> str:
    """A key for a new entry, of the first words of its question, that no other entry has."""
    words = re.findall(r"[a-z0-9]+", question.lower().replace("'", "").replace("’", ""))
    key = stem = "-".join(words[:KEY_WORDS])[:80].strip("-") or "question"
    number = 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key
