"""What Lilo says to people who tell it something and ask nothing: it listens, and does not speak of what it knows."""

from __future__ import annotations

import re
from enum import StrEnum

from companion.chat.rules import is_question


class Told(StrEnum):
    """How a person seems to feel about what they tell."""

    GLAD = "glad"
    SAD = "sad"
    PLAIN = "plain"


_GLAD = re.compile(
    r"\b(?:passed (?:her|his|their|my|all|the) |won\b|birthday|anniversary|engaged|wedding|new baby"
    r"|baby (?:girl|boy)|born\b|great-?grand"
    r"|proud|thrilled|delighted|over the moon|made my day|tickled|so happy|happy|good news|wonderful"
    r"|marvellous|lovely|smashing"
    r"|laugh(?:ed|ing)?\b|enjoyed|treat\b|years young|in bloom|came first|beautiful)",
    re.IGNORECASE,
)
_SAD = re.compile(
    r"\b(?:miss (?:him|her|them|my)|lonely|lonesome|sad|cry(?:ing)?|cried|wept|weeping|tears|upset|fed up"
    r"|died|passed away|funeral"
    r"|lost my (?:husband|wife|son|daughter|friend|sister|brother|dog|cat)|heartbroken|down in the dumps"
    r"|so low|worried|frightened|afraid)\b",
    re.IGNORECASE,
)
#: Something does not work or hurts: that wants an answer, or an honest "I am not sure", not a kind nod.
_PROBLEM = re.compile(
    r"\b(?:not|no|never|cannot|can't|cant|won't|wont|don't|dont|doesn't|doesnt|isn't|hardly|trouble"
    r"|problem|broken|broke|stuck|lost|gone"
    r"|hurts?|aches?|aching|pains?|sore|swollen|itch\w*|bleed\w*|dizzy|numb|sick|ill|bad|worse|wrong"
    r"|confus\w*|muddled|tablets?|pills?"
    r"|medicines?|doctor|hospital|bill|bills|money|bank)\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"^(?:(?:please|lilo|dear|oh|well|now|and|so|right|just|ok|okay|go on|come on)[\s,]+)*"
    r"(?:tell|give|get|find|show|say|sing|set|read|play|remind|explain|help|ring|call|phone|send|write"
    r"|make|put|turn|switch|add|take|let"
    r"|look|check|book|order|talk|teach|wake|stop|start|repeat|translate|spell|count|i\s+(?:want|need"
    r"|wonder|would like)|i'd like"
    r"|advice|information|any)\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\b(?:i|i'm|i've|i'd|my|me|we|we've|our|us|he|he's|she|she's|his|her|they|they've|their|mine)\b", re.IGNORECASE
)
FEWEST_WORDS = 3


def told(text: str) -> Told | None:
    """How somebody feels about what they tell; None where they ask, want something done, or tell of a trouble."""
    said = text.strip().replace("’", "'")
    if is_question(said) or "?" in said or _REQUEST.match(said) or len(said.split()) < FEWEST_WORDS:
        return None
    glad, sad = bool(_GLAD.search(said)), bool(_SAD.search(said))
    if _PROBLEM.search(said) and not sad:
        return None
    if glad != sad:
        return Told.GLAD if glad else Told.SAD
    return Told.PLAIN if _PEOPLE.search(said) else None
