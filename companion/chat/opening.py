"""The first words of an answer: an acknowledgement that fits what was said, as a person would give it."""

from __future__ import annotations

import re

from companion.chat import phrases
from companion.chat.rules import is_question

GRIEF = re.compile(
    r"\b(?:passed away|died|dead|widow(?:er)?|funeral|lost my|grie(?:f|ving|ve)|bereaved|buried)\b", re.IGNORECASE
)
HURTS = re.compile(
    r"\b(?:pain(?:s|ful)?|hurts?|hurting|aches?|aching|sore|fell|fallen|ill|sick|unwell|bleed\w*"
    r"|swollen|dizzy|itch\w*|burn\w*|stiff)\b",
    re.IGNORECASE,
)
LOW = re.compile(
    r"\b(?:lonely|alone|sad|low|depressed|crying|cry|afraid|scared|frightened|worried|worry|anxious|nervous"
    r"|upset|miss (?:him|her|them|my)|hopeless|useless|a burden|fed up)\b",
    re.IGNORECASE,
)
TIRED = re.compile(
    r"\b(?:tired|exhausted|worn out|wak(?:e|ing) up|awake|can'?t sleep|insomnia|no energy"
    r"|keep (?:waking|forgetting|losing|dropping))\b",
    re.IGNORECASE,
)
ABOUT_ANOTHER = re.compile(
    r"\bmy (?:mum|mom|mother|dad|father|husband|wife|gran|grandma|grandad|grandpa|aunt|uncle"
    r"|sister|brother|friend|neighbou?r|partner)\b",
    re.IGNORECASE,
)
QUIET_CATEGORIES = frozenset({"small-talk", "lilo"})


def is_about_another(said: str) -> bool:
    """Whether the words are about somebody else, as a daughter's or a carer's are."""
    return bool(ABOUT_ANOTHER.search(said.replace("’", "'")))


def opener(said: str, *, category: str, turns_before: int, is_plain: bool = False) -> str:
    """A short acknowledgement, or nothing where the answer itself is the natural reply.

    Args:
        said: the person's own words.
        category: category of the entry that answers.
        turns_before: turns of this talk so far; the ways of saying a thing take turns by it.
        is_plain: leave the words away that only fill; what troubles a person is acknowledged all the same.
    """
    words = said.replace("’", "'")
    if category in QUIET_CATEGORIES:
        return ""
    if GRIEF.search(words):
        return phrases.chosen(phrases.GRIEVING, turns_before)
    if is_about_another(words):
        return phrases.chosen(phrases.FOR_ANOTHER, turns_before)
    if TIRED.search(words):
        return phrases.chosen(phrases.TIRED, turns_before)
    if HURTS.search(words) or LOW.search(words):
        return phrases.chosen(phrases.SORRY, turns_before)
    if is_plain or turns_before % 2:
        return ""
    return phrases.chosen(phrases.GLAD_TO_HELP if is_question(words) else phrases.LISTENING, turns_before // 2)
