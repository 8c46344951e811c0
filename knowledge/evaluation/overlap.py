"""How much of its words an answer shares with its reference."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Sequence
from functools import lru_cache
from itertools import pairwise

from Stemmer import Stemmer

WORD = re.compile(r"\w+(?:'\w+)*")
ARTICLES = frozenset({"a", "an", "the"})


def tokens(text: str) -> list[str]:
    """Words in lower case, in order, with repeats; punctuation is gone."""
    return WORD.findall(unicodedata.normalize("NFKC", text).replace("’", "'").casefold())


def token_f1(answer: str, reference: str) -> float:
    """F1 of the words shared, articles left out, as SQuAD scores answers (Rajpurkar et al., EMNLP 2016)."""
    return _f1(*([word for word in tokens(text) if word not in ARTICLES] for text in (answer, reference)))


def rouge(answer: str, reference: str) -> dict[str, float]:
    """F1 of ROUGE-1, ROUGE-2 and ROUGE-L over stems (Lin, "ROUGE", ACL workshop 2004)."""
    said, wanted = _stems(answer), _stems(reference)
    return {
        "rouge1": _f1(said, wanted),
        "rouge2": _f1(list(pairwise(said)), list(pairwise(wanted))),
        "rougeL": _longest_common(said, wanted),
    }


def _f1(said: Sequence[Hashable], wanted: Sequence[Hashable]) -> float:
    shared = (Counter(said) & Counter(wanted)).total()
    return 2 * shared / (len(said) + len(wanted)) if said or wanted else 0.0


def _longest_common(said: list[str], wanted: list[str]) -> float:
    from rapidfuzz.distance import LCSseq

    length = len(said) + len(wanted)
    return 2 * LCSseq.similarity(said, wanted) / length if length else 0.0


def _stems(text: str) -> list[str]:
    return list(_stemmer().stemWords(tokens(text)))


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer:
    return Stemmer("english")
