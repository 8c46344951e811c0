"""Hints that two answers about the same thing say different things. Pure, and only ever a hint: a person decides.

Sentences that share most of their words are compared: does one say "do not" where the other does not, do they name
other numbers of the same thing? And do the answers begin with yes and with no?
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from knowledge.wording import sentence_spans, terms

#: Of the words of the shorter sentence, how many the other must have; and of all words of both.
LEAST_SHARED, LEAST_ALIKE = 2, 0.5
#: Sentences of an answer that are compared; imported answers can be as long as a page.
MOST_SENTENCES = 40

#: A negation and the words behind it, of which the first that carries meaning is what is denied.
NOT = re.compile(
    r"\b(?:no(?!,)|not|never|without|avoid|cannot|\w+n['’]t)\b(?!\s+(?:only|just|all|always|sure|yet)\b)([^.,;:]*)",
    re.IGNORECASE,
)
NEGATIONS = frozenset(["no", "not", "never", "without", "avoid", "cannot", "stop"])
BEGINS = re.compile(r"\W*(yes|no)\b(?!\s+(?:one|need|problem|worry|doubt))", re.IGNORECASE)
NUMBER = (
    r"\d+(?:[.,:]\d+)?|half|once|twice|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty"
)
#: A number and what it counts: "20 minutes", "two litres", "once a day", "8 pm".
AMOUNT = re.compile(
    rf"\b({NUMBER})\b(?:\s*(?:to|or|-|–)\s*(?:{NUMBER}))?\s*(?:an?|per|times|of)?\s*([a-z%°]+)", re.IGNORECASE
)
SPELT = {
    name: str(value)
    for value, name in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1)
} | {"once": "1", "twice": "2", "twelve": "12", "fifteen": "15", "twenty": "20", "thirty": "30", "half": "0.5"}
UNITS = {"hr": "hour", "min": "minute", "sec": "second", "wk": "week", "l": "litre", "liter": "litre", "°c": "c"}
#: Words that follow a number without being counted.
NO_UNIT = frozenset(
    {"a", "an", "and", "at", "can", "for", "in", "is", "it", "may", "of", "on", "or", "that", "the", "to"}
)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sentences that seem to contradict each other, and how."""

    how: str
    ours: str
    theirs: str


def disagreements(ours: str, theirs: str) -> list[Disagreement]:
    """Where two answers seem to contradict each other; empty for most."""
    return list(dict.fromkeys([*_yes_and_no(ours, theirs), *_sentence_by_sentence(ours, theirs)]))


def _yes_and_no(ours: str, theirs: str) -> Iterator[Disagreement]:
    our_word, their_word = BEGINS.match(ours), BEGINS.match(theirs)
    if our_word and their_word and our_word.group(1).lower() != their_word.group(1).lower():
        yield Disagreement("One begins with yes, the other with no.", _sentences(ours)[0], _sentences(theirs)[0])


def _sentence_by_sentence(ours: str, theirs: str) -> Iterator[Disagreement]:
    for our_sentence, their_sentence in product(_sentences(ours), _sentences(theirs)):
        if not _alike(our_sentence, their_sentence):
            continue
        if _denies(our_sentence, their_sentence) or _denies(their_sentence, our_sentence):
            yield Disagreement("One says not to, the other does not.", our_sentence, their_sentence)
        elif _amounts_differ(our_sentence, their_sentence):
            yield Disagreement("They name different amounts or times.", our_sentence, their_sentence)


def _denies(ours: str, theirs: str) -> bool:
    """Whether our sentence says "not" of a thing that theirs says outright."""
    return bool(_denied(ours) & _subject(theirs) - _denied(theirs))


def _denied(sentence: str) -> frozenset[str]:
    """The first term behind each negation."""
    return frozenset(term for behind in NOT.findall(sentence) for term in _terms(behind)[:1])


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)[:MOST_SENTENCES]]


def _alike(ours: str, theirs: str) -> bool:
    """Whether the two speak of the same thing, by the words that carry it; numbers and "not" aside."""
    our_terms, their_terms = _subject(ours), _subject(theirs)
    shared = our_terms & their_terms
    return len(shared) >= LEAST_SHARED and len(shared) >= LEAST_ALIKE * len(our_terms | their_terms)


def _subject(sentence: str) -> frozenset[str]:
    return frozenset(_terms(sentence))


def _terms(text: str) -> list[str]:
    """The terms that say what a sentence is about."""
    return [
        term
        for term in terms(text)
        if not (term[0].isdigit() or term in SPELT or term in NEGATIONS or term.endswith("n't"))
    ]


def _amounts_differ(ours: str, theirs: str) -> bool:
    our_amounts, their_amounts = _amounts(ours), _amounts(theirs)
    return any(our_amounts[unit] != their_amounts[unit] for unit in our_amounts.keys() & their_amounts.keys())


def _amounts(sentence: str) -> dict[str, frozenset[str]]:
    """The numbers of each thing counted."""
    found: dict[str, frozenset[str]] = {}
    for number, unit in AMOUNT.findall(sentence.lower()):
        if unit not in NO_UNIT:
            unit = unit.removesuffix("s") if len(unit) > 2 else unit
            unit = UNITS.get(unit, unit)
            found[unit] = found.get(unit, frozenset()) | {SPELT.get(number, number)}
    return found
