"""What a senior says of medicines in plain words: "I took my pills", "did I take the heart pill?". Pure.

Only words that say nothing else are heard so; anything more, or anything that may be too much, goes the usual way. They
are heard after the screen, and nothing is written down before a button is pressed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Say(StrEnum):
    """What is said of medicines."""

    TOOK = "took"
    DID_I = "did_i"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said, and of which medicine, in the person's own words."""

    say: Say
    what: str


_NOUN = (
    r"(?:pills?|tablets?|capsules?|medicines?|medications?|meds|drops|inhaler|puffer|puffs?|injections?|insulin|dose)"
)
_LEAD = r"^(?:(?:yes|ok|okay|lilo|hello|hi|well|oh|right|so|now)[\s,.!]+)*"
_TIME = (
    r"(?:[\s,]+(?:now|just now|already|today|this (?:morning|afternoon|evening)|tonight|at (?:breakfast|lunch|dinner)"
    r"|with (?:my )?(?:breakfast|lunch|dinner)|a (?:minute|moment|little while) ago|lilo|dear))*"
)
_END = r"[\s.!?]*$"
_TOOK = re.compile(
    rf"{_LEAD}i(?:'ve|\s+have)?\s+(?:(?:just|already|now)\s+)*(?:took|taken|had|swallowed|done)\s+(?P<what>.{{2,60}}?){_TIME}{_END}",
    re.IGNORECASE,
)
_DID_I = re.compile(
    rf"{_LEAD}(?:(?:do you know|can you tell me|tell me)[\s,]+)?(?:if\s+)?(?:did\s+i|have\s+i|i(?:'ve|\s+have)?)\s+"
    rf"(?:already\s+)?(?:take|taken|had|have)\s+(?P<what>.{{2,60}}?){_TIME}[\s.!]*\?[\s.!?]*$",
    re.IGNORECASE,
)
_NEXT = re.compile(
    rf"{_LEAD}(?:when(?:'s|\s+is|\s+are|\s+do\s+i\s+(?:take|have|get))|what(?:'s|\s+is|\s+are))\s+(?P<what>my\s+next\s+{_NOUN}){_END}"
    rf"|{_LEAD}(?:what|which)\s+(?P<what2>{_NOUN})\s+(?:do|must|should)\s+i\s+(?:take|have)(?:\s+(?:now|next|today))?{_END}",
    re.IGNORECASE,
)
_MEDICINE = re.compile(rf"\b{_NOUN}\b", re.IGNORECASE)
_MANY = (
    r"three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty|fifty|hundred|few|several|lots?"
    r"|load|bunch"
)
#: Too many, somebody else's, again, not: never for a button.
_NOT_PLAIN = re.compile(
    r"\b(?:all|too|many|much|twice|two|double|extra|more|whole|again|another|bottle|packet|box|handful|not|never|n't|wrong"
    r"|his|her|their|your|husband|wife|mother|father|someone|somebody|neighbou?r|think|maybe|and|but|because|or"
    rf"|{_MANY}|\d{{2,}}(?!\s*(?:mg|mcg|ml|units?|o'?clock)))\b|'s\b",
    re.IGNORECASE,
)
#: A number of them is never plain, and neither are pills that are nobody's.
_MINE = re.compile(
    rf"^my (?:(?!\d|one|two|{_MANY}|sleep\w*)[a-z-]+ ){{0,3}}{_NOUN}$",
    re.IGNORECASE,
)
_DID_I_TAKE = re.compile(
    rf"{_LEAD}(?:did\s+i|have\s+i)\s+(?:already\s+)?(?:take|taken|had|have)\s+(?P<what>.{{2,60}}?){_TIME}{_END}",
    re.IGNORECASE,
)
_SMALL = frozenset(
    {"my", "the", "this", "that", "one", "some", "pill", "pills", "tablet", "tablets", "medicine", "medicines"}
    | {"medication", "medications", "meds", "capsule", "capsules", "dose"}
)


def heard_in(text: str, names: Iterable[str] = ()) -> Heard | None:
    """What is said of medicines, or None where it is anything else.

    Args:
        text: the words.
        names: how this senior's medicines are called, besides the common words for them.
    """
    said = text.strip().replace("’", "'")
    if found := _NEXT.match(said):
        return Heard(Say.NEXT, found["what"] or found["what2"] or "")
    for say, pattern in ((Say.DID_I, _DID_I), (Say.TOOK, _TOOK)):
        found = pattern.match(said)
        if found is None or _NOT_PLAIN.search(found["what"]):
            continue
        if _MEDICINE.search(found["what"]) or fits(found["what"], names):
            return Heard(say, found["what"])
    return None


def is_plain_report(text: str) -> bool:
    """Whether the words only tell that one took one's own medicine, or ask whether one did: "I took my pills"."""
    said = text.strip().replace("’", "'")
    found = _TOOK.match(said) or _DID_I_TAKE.match(said)
    return found is not None and bool(_MINE.match(found["what"])) and not _NOT_PLAIN.search(found["what"])


def fits(what: str, names: Iterable[str]) -> bool:
    """Whether the words name one of these: they share a word that tells medicines apart."""
    told = _telling(what)
    return any(told & _telling(name) for name in names)


def is_any(what: str) -> bool:
    """Whether the words name no medicine in particular: "my pills"."""
    return not _telling(what)


def _telling(words: str) -> set[str]:
    found = set(re.findall(r"[a-z0-9]{3,}", words.lower()))
    return {word for word in found if word not in _SMALL}
