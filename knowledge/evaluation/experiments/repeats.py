"""Whether somebody asks the same again: from a short memory in this process, of fingerprints and not of words."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

from knowledge.wording import terms

SOON = timedelta(minutes=10)
#: Share of the words of either question that both must have.
ALIKE = 0.6
MOST_REMEMBERED = 5_000


class Repeats:
    """The last question of each person, for ten minutes."""

    def __init__(self) -> None:
        self._last: OrderedDict[str, tuple[frozenset[int], datetime, bool]] = OrderedDict()

    def seen_before(self, alias: str, question: str, at: datetime, *, answered: bool) -> tuple[bool, bool]:
        """Whether the person asked the same a moment ago, and whether that had been answered. Remembers the new one."""
        asked = frozenset(hash(term) for term in terms(question))
        before, then, was_answered = self._last.pop(alias, (frozenset(), at, False))
        self._last[alias] = (asked, at, answered)
        if len(self._last) > MOST_REMEMBERED:
            self._last.popitem(last=False)
        both = len(asked & before)
        is_same = both > 0 and at - then <= SOON and both >= ALIKE * len(asked | before)
        return is_same, is_same and was_answered
