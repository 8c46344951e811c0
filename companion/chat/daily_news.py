"""Plain news of a day, for the journal and no alarm: "I slept badly and my knee hurts", "I weigh 160 lb". Pure.

Only words that say nothing else are taken so: how the night was, what one weighs, and joints, back, hands and feet that
ache up to six of ten. Legs, neck, head, chest and belly are not among them: their pain may be the sign of more. Nor are
other numbers: a pulse may be the danger itself.
"""

from __future__ import annotations

import re

_PLACE = (
    r"(?:(?:left|right|bad|old|poor|other|lower|sore) )*"
    r"(?:knees?|hips?|back|shoulders?|elbows?|wrists?|hands?|fingers?|thumbs?|ankles?|feet|foot|toes?|joints|arthritis)"
)
_LITTLE = r"(?:(?:a bit|a little|slightly|rather|still|again) )?"
_HURTS = (
    rf"(?:my )?{_PLACE} (?:(?:is|are|feels?) )?{_LITTLE}(?:hurts?|hurting|aches?|aching|achy|sore|stiff|playing up)"
    rf"|(?:i have |i've )?(?:got )?(?:a )?(?:sore|stiff|aching) {_PLACE}"
)
_SLEPT = (
    r"(?:i |i have |i've )?(?:slept|not slept|did not sleep|didn't sleep)"
    r" (?:very )?(?:badly|poorly|well|ok|okay|alright|all right|so-so|much)|i had a (?:bad|poor|restless|good) night"
)
_WEIGHT = r"(?:my weight (?:is|was)|weight|i (?:weigh|weighed)) \d{2,3}(?:\.\d)?(?: ?(?:lbs?|pounds|kilos?|kg))?"
_WHEN = r"(?: (?:a bit|a little|again|today|tonight|last night|this morning|as usual|as always))*"
_SCALE = r"(?:,? (?:about |around |it is )?(?:a )?(?:[1-6]|one|two|three|four|five|six)(?: (?:out )?of (?:10|ten))?)?"
_PART = rf"(?:(?:{_HURTS}|{_SLEPT}){_WHEN}{_SCALE}|{_WEIGHT}{_WHEN})"
_PLAIN = re.compile(rf"(?:{_PART})(?:(?:,|\.|;)?(?: and| but)? (?:{_PART}))*[\s.!]*")


def is_plain_news(text: str) -> bool:
    """Whether the words tell of a night, of joints that ache somewhat or of one's weight, and of nothing else."""
    return _PLAIN.fullmatch(" ".join(text.lower().replace("’", "'").split())) is not None
