"""A question without what would tell who asked it. Pure: words in, words out.

Rather too much is taken out than too little: a curator needs what is asked, and no more. Nobody can promise to find
every name, so the person is shown the words that would go, wherever they differ from what was said.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from companion.chat.rules import is_question

#: A longer message is a story: of it only what asks is passed on.
MOST_CHARACTERS = 240
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_STREET = (
    r"(?:street|road|avenue|lane|drive|close|court|place|way|terrace|crescent|gardens?|boulevard|square|rd|ave|ln|blvd)"
)
#: What is recognised by its form, in this order: each takes its words out before the next looks.
FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("e-mail", re.compile(r"\S+@\S+\.\w+")),
    ("link", re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)),
    ("address", re.compile(rf"\b\d{{1,5}}[a-z]?,?\s+(?:[\w'’]+\s+){{1,3}}{_STREET}\b", re.IGNORECASE)),
    ("address", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE)),
    ("date", re.compile(r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\b")),
    ("date", re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\b(?:,?\s+\d{{4}})?", re.IGNORECASE)),
    ("date", re.compile(rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?", re.IGNORECASE)),
    ("date", re.compile(r"\b(?:19|20)\d\d\b")),
    ("number", re.compile(r"\b(?=(?:\w*\d){4})(?=\w*[A-Za-z])\w{6,}\b")),
    ("number", re.compile(r"\+?\d(?:[\s().-]{0,2}\d){5,}")),
    ("number", re.compile(r"\b\w*\d{5,}\w*\b")),
)
_WORD = r"[A-Z][\w'’-]+"
#: A name after what introduces one. "Called" and "name is" are followed by a name however it is written.
INTRODUCED: tuple[re.Pattern[str], ...] = (
    re.compile(rf"\b((?i:(?:my|his|her|their) name(?:'s| is)|i am called|i'm called))\s+[\w'’-]+(?:\s+{_WORD})?"),
    re.compile(rf"\b((?i:called|named))\s+{_WORD}(?:\s+{_WORD})?"),
    re.compile(rf"\b((?i:mrs?|ms|miss|dr|doctor|nurse|sister|father|reverend|professor)\.?)\s+{_WORD}(?:\s+{_WORD})?"),
    re.compile(
        r"\b((?i:daughter|son|husband|wife|partner|sister|brother|mother|father|mum|mom|dad|aunt|uncle|cousin|niece"
        rf"|nephew|grandson|granddaughter|friend|neighbou?r|carer|caregiver),?)\s+{_WORD}(?:\s+{_WORD})?"
    ),
    re.compile(rf"\b((?i:in|at|from|near|to))\s+(?:{_WORD})(?:\s+{_WORD})*"),
)
CAPITAL = re.compile(rf"(?<=[\w,;:'’)]\s)({_WORD})(?:\s+{_WORD})*")
#: Written with a capital, and nobody's name.
NO_NAMES = frozenset(
    re.findall(
        r"\S+",
        "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
        " september october november december christmas easter lilo god english i'm i've i'll i'd i’m i’ve i’ll i’d",
    )
)
#: Names that are ordinary words too: without a capital they are taken for the word.
ORDINARY = frozenset(
    re.findall(
        r"\S+",
        "may will mark rose grace hope joy faith bill art pat sue dawn june april august iris lily daisy ivy violet"
        " heather olive hazel penny frank rich jack ray bob rob jean gene guy dale glen dean ernest victor chance gay"
        " don drew high church park mill station market green bridge hill lane wood field west north south east",
    )
)
#: Words of names, of a doctor's or a home's, that tell nobody.
EMPTY = frozenset(
    re.findall(
        r"\S+",
        "dr mr mrs ms miss the of and at on in house home care pharmacy chemist doctor surgery clinic practice medical"
        " centre center health hospital street road nurse",
    )
)


def redact(text: str, *, names: Iterable[str], known: Collection[str] = ()) -> str:
    """The question without names, numbers, addresses and dates; each leaves a mark, as "(name)".

    Args:
        text: what was asked.
        names: of the person and of those round them, in full.
        known: lower-case words that are no names though they have a capital, as of medicines and illnesses.
    """
    text = the_question(text)
    for mark, pattern in FORMS:
        text = pattern.sub(f"({mark})", text)
    text = _without_known(text, names)
    if not _is_shouted(text):
        for pattern in INTRODUCED:
            text = pattern.sub(lambda found: _unless_known(found, known), text)
        text = CAPITAL.sub(lambda found: found[0] if _are_no_names(found[0], known) else "(name)", text)
    return re.sub(r"(\((?:name|number|address|date)\))(?:[\s,]+\1)+", r"\1", text)


def the_question(text: str) -> str:
    """What asks in a message, where it tells a story round it."""
    text = " ".join(text.split())
    if len(text) <= MOST_CHARACTERS:
        return text
    sentences = re.split(r"(?<=[.!?])\s+", text)
    asking = " ".join(sentence for sentence in sentences if is_question(sentence)) or sentences[-1]
    return asking if len(asking) <= MOST_CHARACTERS else asking[:MOST_CHARACTERS].rsplit(" ", 1)[0]


def capital_words(text: str) -> set[str]:
    """The words with a capital, in lower case: of which others may say that they are no names."""
    return {_bare(word) for word in re.findall(_WORD, text)}


def _without_known(text: str, names: Iterable[str]) -> str:
    parts = {part for name in names for part in re.findall(r"[^\W\d_][\w'’-]+", name)}
    parts = {part for part in parts if part.lower() not in EMPTY}
    for part in sorted(parts, key=len, reverse=True):
        is_word = part.lower() in ORDINARY
        written = re.escape(part.capitalize()) if is_word else re.escape(part)
        before = r"(?<=\w\s)" if is_word else r"\b"
        text = re.sub(rf"{before}{written}(?:['’]s)?\b", "(name)", text, flags=0 if is_word else re.IGNORECASE)
    return text


def _unless_known(found: re.Match[str], known: Collection[str]) -> str:
    words = found[0][len(found[1]) :]
    return found[0] if _are_no_names(words, known) else f"{found[1]} (name)"


def _are_no_names(words: str, known: Collection[str]) -> bool:
    return all(_bare(word) in known or _bare(word) in NO_NAMES or _is_short(word) for word in words.split())


def _bare(word: str) -> str:
    word = word.lower().strip(".,!?;:")
    return re.sub(r"['’]s$", "", word) if word not in NO_NAMES else word


def _is_short(word: str) -> bool:
    """An abbreviation, as GP or COPD."""
    letters = word.strip(".,!?;:")
    return letters.isupper() and len(letters) <= 5


def _is_shouted(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return sum(letter.isupper() for letter in letters) > len(letters) / 2
