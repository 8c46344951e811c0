"""What to do about a missed dose: what the curated article says; Lilo itself never says how much or when."""

from __future__ import annotations

import re

from companion.care.medicines.wording import IF_MISSED
from knowledge.public import KnowledgeUnavailable, entry_page

ARTICLE = "medicines-missed-dose"
#: As many of its sentences as a card has room for; the article itself has the rest.
SENTENCES = 3


def if_missed() -> str:
    """The first sentences of the published article, or where there is none, not to double and whom to ask."""
    try:
        page = entry_page(ARTICLE)
    except KnowledgeUnavailable:
        return IF_MISSED
    return " ".join(re.split(r"(?<=[.!?])\s+", page.answer)[:SENTENCES]) if page is not None else IF_MISSED
