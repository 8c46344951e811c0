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
    """The wording that stands for all of them: the shortest that says enough. In whatever order they come."""
    ordered = sorted(wordings, key=_short_first)
    return next((text for text in ordered if len(text.split()) >= TELLING_WORDS), ordered[-1] if ordered else "")


def plain_wordings(texts: Iterable[str]) -> list[str]:
    """Each wording once, without the marks of what was taken out; the one that stands for all comes first.

    Questions come in the order of tickets that were drawn by lot. So of wordings that differ in their stops alone the
    fullest is taken, and the others follow by length: the same draft, whatever the lot.
    """
    different: dict[str, str] = {}
    for plain in sorted((" ".join(REDACTED.sub("", text).split()) for text in texts), key=_short_first):
        different[plain.lower().strip(" ?.!")] = plain
    different.pop("", None)
    ordered = sorted(different.values(), key=_short_first)
    first = headline(ordered)
    return [first, *(text for text in ordered if text != first)] if first else []


def _short_first(text: str) -> tuple[int, str]:
    return len(text), text


def key_for(question: str, taken: Collection[str]) -> str:
    """A key for a new entry, of the first words of its question, that no other entry has."""
    words = re.findall(r"[a-z0-9]+", question.lower().replace("'", "").replace("’", ""))
    key = stem = "-".join(words[:KEY_WORDS])[:80].strip("-") or "question"
    number = 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key
