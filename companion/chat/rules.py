"""What kind of thing a person has said, and what they mean by it after what went before. Pure: words in, words out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

MAX_FOLLOW_UP_WORDS = 8
#: Earlier messages that a question is put behind, where each of them leans on another; else one less.
MOST_BEFORE = 3


class Act(StrEnum):
    """What a person is doing with their words."""

    QUESTION = "question"
    MORE = "more"
    THANKS = "thanks"
    GREETING = "greeting"
    GOODBYE = "goodbye"
    DAY = "day"
    TIME = "time"


_NAME = r"(?:[\s,]+(?:lilo|dear|love|my dear|darling|there|again))*"
_END = r"[\s.!,?]*$"
#: Up to a dozen words more that ask nothing and tell no trouble.
_NOTHING_ASKED = (
    r"(?:[\s,.!]+(?!(?:but|how|what|why|when|where|who|which|can|could|should|would|will|is|are|do|does|did|if|i|i'm|i've"
    r"|my|not|no|please|now|and)\b)[\w'’-]+){0,12}"
)
_ASKED = r"^(?:(?:please|lilo|hello|hi|can you|could you|do you know|tell me|remind me)[\s,]+)*"
_NOW = r"(?:\s+(?:is it|it is|is|was|do we have|today|now|right now|this|please|again|lilo))*"
ACTS: tuple[tuple[Act, re.Pattern[str]], ...] = (
    (
        Act.MORE,
        re.compile(
            r"^(?:(?:yes|ok|okay|please|oh|and|can you|could you|would you)[\s,]+)*"
            r"(?:(?:please\s+)?(?:tell|give)\s+me\s+(?:some\s+|a\s+(?:bit|little)\s+)?more(?:\s+(?:about|on|of)\s+(?:that|this|it))?"
            r"|(?:say|know)\s+more(?:\s+about\s+(?:that|this|it))?|more(?:\s+about\s+(?:that|this|it))?|go\s+on|carry\s+on|continue|what\s+else|anything\s+else"
            r"|(?:tell\s+me\s+)?another(?:\s+(?:one|joke|story))?|explain\s+(?:that|it|this)(?:\s+(?:more|again|to\s+me))?)(?:[\s,]+please)?"
            + _END,
            re.IGNORECASE,
        ),
    ),
    (
        Act.THANKS,
        re.compile(
            r"^(?:oh[\s,]+|ok[\s,]+|okay[\s,]+|lovely[\s,]+|great[\s,]+|that'?s\s+(?:very\s+)?(?:kind|helpful|good|nice)[\s,.]+)*"
            r"(?:many\s+thanks|thank(?!sgiving|ful|less)\w*(?:\s+(?:you|yuo|u)\b)?|ta|cheers|much\s+obliged|(?:well\s+)?bless\s+you)\b"
            r"(?!\s+(?:to|for\s+nothing)\b)" + _NOTHING_ASKED + _END,
            re.IGNORECASE,
        ),
    ),
    (
        Act.GREETING,
        re.compile(
            r"^(?:hello|hi|hiya|hey|good\s+(?:morning|afternoon|evening|day)|morning|evening|g'?day)" + _NAME + _END,
            re.IGNORECASE,
        ),
    ),
    (
        Act.DAY,
        re.compile(
            _ASKED + r"(?:what(?:'s|s)?|which)\s+(?:is\s+)?(?:the\s+)?(?:day|date|today'?s\s+date)" + _NOW + _END,
            re.IGNORECASE,
        ),
    ),
    (Act.TIME, re.compile(_ASKED + r"what(?:'s|s)?\s+(?:is\s+)?(?:the\s+)?time" + _NOW + _END, re.IGNORECASE)),
    (
        Act.GOODBYE,
        re.compile(
            r"^(?:ok[\s,]+|well[\s,]+|right[\s,]+)*(?:good\s*-?bye|bye(?:[\s-]*bye)?|good\s*night|(?:night(?:y|ie)?[\s-]+)?night|sleep\s+(?:well|tight)|toodle[\s-]*(?:pip|oo)|see\s+you(?:\s+(?:later|soon|tomorrow))?|cheerio|ta\s+ta|so\s+long|farewell)"
            + _NAME
            + _END,
            re.IGNORECASE,
        ),
    ),
)

FOLLOW_UP = re.compile(
    r"^(?:and|but|or|so|then|also|what\s+about|how\s+about|what\s+if|why|why\s+not|why\s+is\s+that|how\s+often|how\s+long|how\s+much|how\s+many|when|where|who"
    r"|is\s+(?:it|that|this)|does\s+(?:it|that|this)|do\s+(?:they|those|these)|can\s+(?:it|that|this|they)|should\s+i(?:\s+do)?\s+(?:that|it|this)|will\s+(?:it|that|this))\b",
    re.IGNORECASE,
)
POINTS_BACK = re.compile(r"\b(?:it|that|this|they|them|those|these|one|ones|same)\b", re.IGNORECASE)
#: "It is raining", "is it true that ...": these words point at nothing said before.
EMPTY_IT = re.compile(
    r"^(?:is\s+it\s+(?:true|ok|okay|safe|normal|bad|good|all\s+right)\s+(?:to|that|if|for)|it(?:'s|\s+is)\s+)",
    re.IGNORECASE,
)
ASKS = re.compile(
    r"^(?:(?:and|but|so)\s+)?(?:what|why|when|where|who|how|which|is|are|am|can|could|do|does|did|should|would|will|may)\b",
    re.IGNORECASE,
)


def act_of(text: str) -> Act:
    """What kind of thing was said; anything that is not plainly small talk is a question to be looked up."""
    said = text.strip().replace("’", "'")
    for act, pattern in ACTS:
        if pattern.match(said):
            return act
    return Act.QUESTION


def is_follow_up(text: str) -> bool:
    """Whether the words lean on what was said before: short, and joined to it or pointing back at it."""
    said = text.strip()
    if len(said.split()) > MAX_FOLLOW_UP_WORDS or EMPTY_IT.match(said):
        return False
    return bool(FOLLOW_UP.match(said) or POINTS_BACK.search(said))


def is_question(text: str) -> bool:
    """Whether the words ask something, by their mark or by how they begin."""
    return text.rstrip().endswith("?") or bool(ASKS.match(text.strip()))


def in_context(text: str, earlier: Sequence[str]) -> str:
    """The question behind the last things asked or told: people say "My omron says 162", and then "Is that bad?".

    Small talk says nothing of the matter, and what was said twice is taken once. Where the last things lean on others
    themselves, one more is taken.
    """
    before: list[str] = []
    for said in reversed(earlier):
        if act_of(said) is not Act.QUESTION or said.strip() in before:
            continue
        if len(before) == (MOST_BEFORE if all(map(is_follow_up, before)) else MOST_BEFORE - 1):
            break
        before.insert(0, said.strip())
    return " ".join([*before, text])


def whole_question(text: str, earlier: Sequence[str]) -> str:
    """The question in full: words that lean on what was said before are put behind it, all others are left alone."""
    return in_context(text, earlier) if is_follow_up(text) else text
