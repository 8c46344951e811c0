"""A question as it is searched for: spelt right, in plain words, and a story by the words that tell most."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.index.artefact import Artefact
from knowledge.retrieval.everyday import in_plain_words
from knowledge.retrieval.spelling import speller
from knowledge.wording import clean, terms

#: So many different terms are a story, in which a few words say what it is about.
STORY_TERMS = 20
#: After so many terms a word of a story counts half of what it adds by standing early.
EARLY = 5

Changes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is searched for instead of the bare words."""

    text: str
    """The question in plain, rightly spelt words: what the model embeds."""
    terms: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    """How much each term counts, up to 1; none for all alike."""
    corrections: Changes = ()
    expansions: Changes = ()


def read(question: str, artefact: Artefact) -> Reading:
    """Read a question in the light of what the entries say.

    The terms are those of the plain text, and those of the person's own words that entries have too.
    """
    asked = clean(question)
    spelt, corrections = speller(artefact).corrected(asked)
    text, expansions = in_plain_words(
        spelt, lambda said, meant: _commonness(said, artefact) > _commonness(meant, artefact)
    )
    said = terms(text)
    own = [term for term in terms(spelt) if artefact.frequency(term)] if expansions else []
    known = tuple(dict.fromkeys([*said, *own]))
    weights = _weights(known, said, artefact) if len(known) >= STORY_TERMS else ()
    return Reading(clean(text), known, weights, corrections, expansions)


def _commonness(words: str, artefact: Artefact) -> int:
    """How many entries have the rarest of these words, at least."""
    return min((artefact.frequency(term) for term in terms(words)), default=0)


def _weights(known: Sequence[str], said: Sequence[str], artefact: Artefact) -> tuple[float, ...]:
    """A word tells more if it is rare in the entries, is said again, and stands early: people begin with what it is."""
    counts = Counter(said)
    rarity = artefact.rarity(known)
    worth = [
        float(rare) * (1 + math.log(max(1, counts[term]))) * (1 + 1 / (1 + at / EARLY))
        if artefact.frequency(term)
        else 0.0
        for at, (term, rare) in enumerate(zip(known, rarity, strict=True))
    ]
    most = max(worth, default=0.0)
    return tuple(value / most for value in worth) if most else ()
