"""Which way to search, told from the form of the question alone."""

from __future__ import annotations

import re

from knowledge.public import Route
from knowledge.wording import terms

QUOTED = re.compile(r"[\"“”«»][^\"“”«»]{2,}[\"“”«»]")
#: Letters and digits in one word: a code, a form's number, a vitamin.
CODE = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{2,}\b")
SHORT = 3


#: How people begin to ask, with or without a mark at the end.
ASKS = re.compile(
    r"(?:^|[.!?]\s+)(?:and |but |so |or |please |then )?(?:what|why|when|where|who|whom|whose|which|how|is|are|am|was"
    r"|can|could|may|might|shall|should|do|does|did|will|would|have|has|tell me|explain)\b",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    """Whether the text asks something, rather than naming or claiming it."""
    return "?" in text or bool(ASKS.search(text))


def choose_route(question: str) -> Route:
    """`exact` for something quoted, a code or a single word; `semantic` where no word tells anything; else `hybrid`.

    A story is hybrid too: its telling words are weighed, see `knowledge.retrieval.reading`.
    """
    words = question.split()
    if QUOTED.search(question) or len(words) == 1 or (len(words) <= SHORT and CODE.search(question)):
        return "exact"
    return "semantic" if words and not terms(question) else "hybrid"
