"""How kind or how grave a text sounds: a small list of our own words, no more.

It knows about a hundred stems and a few words that turn the next one round. It cannot judge one text; it shows when a
day's answers as a whole sound other than they did, which is all it is used for.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from knowledge.wording import WORD, terms

_KIND: Final = (
    "able better brighter calm care cheer comfort company ease easier easy encourage enjoy family fine "
    "friend fun gentle glad good grateful great happy heal health healthy help helpful hope hug improve "
    "joy kind laugh like love lovely nice peace pleasant please pleasure proud recover refresh relax "
    "relief reassure rest safe satisfied smile soothe strong support sweet thank warm welcome well "
    "wonderful"
)
_GRAVE: Final = (
    "ache afraid alarm alone angry anxious bad bleed blind break burden burn cancer choke confuse cry "
    "danger dangerous dead death depress difficult disease dizzy emergency exhaust fail faint fall fear "
    "fever fracture grief hard harm hopeless hurt ill infect injury lonely loss lost miserable numb pain "
    "panic poison risk sad scare serious severe sick sore stroke struggle suffer swell terrible threat "
    "tired trouble unsafe unwell upset weak worry worse wound wrong"
)
_NOT: Final = frozenset({"not", "no", "never", "without", "don't", "isn't", "won't", "can't", "doesn't"})


@cache
def _values() -> dict[str, int]:
    return {stem: value for words, value in ((_KIND, 1), (_GRAVE, -1)) for stem in terms(words)}


def tone(text: str) -> float | None:
    """From -1, grave, to 1, kind: the mean of the listed words in it. None where it has none of them."""
    found = []
    turned = False
    for word in WORD.findall(text.casefold().replace("’", "'")):
        if word in _NOT:
            turned = True
            continue
        stems = terms(word)
        value = _values().get(stems[0]) if stems else None
        if value is not None:
            found.append(-value if turned else value)
        turned = turned and not stems  # it reaches over small words to the next that carries meaning
    return sum(found) / len(found) if found else None
