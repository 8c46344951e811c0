"""Pairs of medicines about which a pharmacist should be asked: a short curated list, and the same medicine twice.

Lilo never says that two medicines go together: it does not know. Nothing found means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from companion.care.medicines.models import Regimen

LIST = Path(__file__).parent / "data" / "pairs.yaml"
PAGE = "https://medlineplus.gov/druginfo/meds/{}.html"
ASK = "Please ask your pharmacist whether you take these together. Do not stop either by yourself."
SAME = "These seem to be the same medicine. Please ask your pharmacist whether you need both."
#: Words of a name that tell no medicine from another.
EMPTY_WORDS = frozenset({"tablet", "tablets", "capsule", "capsules", "extended", "release", "acid", "vitamin"})


@dataclass(frozen=True, slots=True)
class Pair:
    """Two medicines of one person, and what to ask.

    Args:
        first: one of them.
        second: the other.
        why: what is known of the two, in a sentence; empty where they seem to be the same.
        ask: what to do.
        source: the public page that says so; empty where they seem to be the same.
        named_on: the day as of which the page was named.
    """

    first: Regimen
    second: Regimen
    why: str
    ask: str
    source: str = ""
    named_on: date | None = None

    def other(self, regimen: Regimen) -> Regimen:
        """The one that is not this one."""
        return self.second if regimen.pk == self.first.pk else self.first


def pairs_among(regimens: Sequence[Regimen]) -> list[Pair]:
    """Every pair of these medicines about which to ask."""
    known = _known()
    groups = {regimen.pk: _groups_of(regimen, known["groups"]) for regimen in regimens}
    found = []
    for first, second in combinations(regimens, 2):
        if _is_same(first, second):
            found.append(Pair(first, second, "", SAME))
        for pair in known["pairs"]:
            one, other = pair["between"]
            mine, theirs = groups[first.pk], groups[second.pk]
            if (one in mine and other in theirs) or (other in mine and one in theirs):
                found.append(Pair(first, second, pair["why"], ASK, PAGE.format(pair["page"]), known["named_on"]))
                break
    return found


def medicine_names() -> frozenset[str]:
    """The words of every medicine on the list, in lower case."""
    names = (name for group in _known()["groups"].values() for name in group)
    return frozenset(word for name in names for word in re.findall(r"[^\W\d_]+", name))


def _groups_of(regimen: Regimen, groups: dict[str, list[str]]) -> set[str]:
    text = f"{regimen.name} {regimen.generic_name}".lower()
    return {
        group for group, names in groups.items() if any(re.search(rf"\b{re.escape(name)}\b", text) for name in names)
    }


def _is_same(first: Regimen, second: Regimen) -> bool:
    return bool(_names(first) & _names(second)) or bool(first.rxnorm_id and first.rxnorm_id == second.rxnorm_id)


def _names(regimen: Regimen) -> set[str]:
    """Each name's first word, which names the medicine; what follows is its strength or form."""
    firsts = [re.findall(r"[^\W\d_]{4,}", name.lower())[:1] for name in (regimen.name, regimen.generic_name)]
    return {word for words in firsts for word in words if word not in EMPTY_WORDS}


@cache
def _known() -> dict[str, Any]:
    import yaml  # only when a list is really looked at

    known: dict[str, Any] = yaml.safe_load(LIST.read_text(encoding="utf-8"))
    return known
