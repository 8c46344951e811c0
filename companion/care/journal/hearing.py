"""What a senior says of themselves in the talk, heard as readings that Lilo may offer to write down. Pure, plain rules.

Rather too little than too much: questions, what is denied, what might be, what was long ago and what happened to
somebody else are let pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from companion.care.journal.measures import Kind, Reading, usual_unit
from companion.care.journal.rules import Grade, UnclearError, check, read

_SENTENCES = re.compile(r"[^.!?;\n]+(?:\.(?=\d)[^.!?;\n]+)*[.!?;]*")
_I = re.IGNORECASE
_NUMBER = r"\d+(?:[.,]\d+)?"
_NOT_NOW = re.compile(
    r"\b(?:if|unless|when i was|used to|years? ago|months? ago|weeks? ago|last (?:week|month|year|summer|winter|spring"
    r"|autumn|fall)|always|usually|often|sometimes|tomorrow|will|going to|might|hope|afraid|worry|worried that|dreamt?"
    r"|dreamed|film|book|movie|song|programme|television|tv)\b|[\"“”]",
    _I,
)
_QUESTION = re.compile(
    r"^\s*(?:and |but |so |well )*(?:why|what|how|when|where|who|which|should|can|could|do|does|did|is|are|was|will"
    r"|would|have|has|tell me|please)\b",
    _I,
)
_OTHERS = re.compile(
    r"\b(?:he|she|they|his|her|their|my (?:husband|wife|sister|brother|son|daughter|mother|father|mum|mom|dad|friend"
    r"|neighbou?r|cat|dog|grandson|granddaughter|partner|nurse|doctor))\b",
    _I,
)
_DENIED = re.compile(r"\b(?:not|no|never|without|hardly any|nothing)\b|n't\b", _I)
_OVER = re.compile(r"^\W*(?:\w+\W+){0,2}?(?:no more|no longer|any ?more|less|gone|better)\b", _I)
_YESTERDAY = re.compile(r"\byesterday\b", _I)

_PART = (
    r"(?:(?:left|right|lower|upper|poor|old|both)\s+)*(?:knees?|hips?|back|shoulders?|neck|foot|feet|ankles?|hands?|wrists?"
    r"|fingers?|thumbs?|elbows?|legs?|calf|calves|head|tooth|teeth|stomach|tummy|belly|joints?|toes?|heels?)"
)
_HURTS = r"(?:really |still |just )?(?:hurts?|aches?|(?:is|are) (?:\w+ )?(?:aching|hurting|sore|painful|killing me))"
_MUCH = r"(?:\s+(?P<much>a little|a bit|slightly|a lot|badly|terribly|very much|so much|like mad))?"
_STRONG = r"(?P<much>terrible|bad|awful|slight|little|some)?\s*"
_PAINS = (
    re.compile(rf"\bmy (?P<part>{_PART}(?:(?:,| and| or) (?:my )?{_PART})*) {_HURTS}{_MUCH}", _I),
    re.compile(rf"\b{_STRONG}pain in my (?P<part>{_PART})", _I),
    re.compile(rf"\bi(?:'ve| have)(?: got)? (?:an? )?{_STRONG}(?P<part>headache|backache|toothache)", _I),
)
_PAIN_NUMBER = re.compile(
    r"\bpain (?:is|was|level is)(?: about| at| a)? (?P<number>\d{1,2})\b(?: (?:out )?of (?:10|ten))?", _I
)
_LITTLE = frozenset({"a little", "a bit", "slightly", "slight", "little"})
_LOT = frozenset({"a lot", "badly", "terribly", "very much", "so much", "like mad", "terrible", "bad", "awful"})

_HAD = r"\bi (?:have |'ve )?"
_SLEPT = (
    (
        re.compile(
            r"\bi (?:hardly|barely|scarcely) slept|\bdid(?: not|n't) (?:get any sleep|sleep (?:at all|a wink))"
            r"|\bi (?:was|lay|have been) awake (?:all|the whole) night|\bi couldn't sleep\b",
            _I,
        ),
        1,
    ),
    (
        re.compile(
            rf"{_HAD}slept (?:very |so |really |quite )?(?:badly|poorly|terribly|awfully)"
            r"|\bi did(?: not|n't) sleep (?:very |so |too )?(?:well|much|good)"
            rf"|{_HAD}had a (?:very )?(?:bad|poor|terrible|rough|restless|awful) night",
            _I,
        ),
        2,
    ),
    (re.compile(rf"{_HAD}slept (?:(?:very |so |really )well|like a (?:log|baby)|wonderfully|beautifully)", _I), 5),
    (
        re.compile(
            rf"{_HAD}slept (?:quite |pretty |rather )?(?:well|good|soundly|better)"
            rf"|{_HAD}had a (?:very )?(?:good|restful|lovely) (?:night|sleep)",
            _I,
        ),
        4,
    ),
)
_SLEPT_HOURS = re.compile(rf"{_HAD}slept (?:for |only |about |just )*(?P<number>{_NUMBER}) hours", _I)

_FEEL = r"\bi(?:'m| am| feel)(?: feeling)? (?:very |so |really |a bit |a little |quite |rather )*"
_MOODS = (
    (re.compile(_FEEL + r"(?P<word>sad|down|low|lonely|blue|miserable|unhappy|depressed|gloomy|upset)(?=\W|$)", _I), 2),
    (re.compile(_FEEL + r"(?P<word>happy|cheerful|wonderful|content|delighted|joyful)(?=\W|$)", _I), 4),
)
_VERY = re.compile(r"\b(?:very|so|really)\b", _I)

_BARE = r"\d{2,3}(?:[.,]\d)?(?=\W|$)"
_MEASURED = (
    (
        Kind.BLOOD_PRESSURE,
        re.compile(r"\b(?:blood pressure|bp|pressure)\b[^\d?]{0,30}(?P<amount>\d{2,3}\s*(?:/|over)\s*\d{2,3})", _I),
    ),
    (
        Kind.GLUCOSE,
        re.compile(
            r"\b(?:blood sugar|blood glucose|glucose|sugar level|my sugar)\b[^\d?]{0,30}"
            rf"(?P<amount>{_NUMBER}(?:\s*(?:mmol(?:/l)?|mg(?:/dl)?)\b)?)",
            _I,
        ),
    ),
    (
        Kind.WEIGHT,
        re.compile(
            r"\b(?:i weigh|my weight(?: is| was)?|i'?m now|weighed myself)\b[^\d?]{0,20}"
            rf"(?P<amount>{_NUMBER}\s*(?:stones?|st)\b(?:\s*(?:and )?\d{{1,2}}(?:\s*(?:lbs?|pounds?)\b)?)?"
            rf"|{_NUMBER}\s*(?:kg|kilos?|kilograms?|lbs?|pounds?)\b|(?<=weigh ){_BARE}|(?<=is ){_BARE})",
            _I,
        ),
    ),
    (
        Kind.STEPS,
        re.compile(r"\b(?:i(?:'ve| have)?|today) (?:walked|did|made|took)[^\d?]{0,12}(?P<amount>\d[\d,. ]*) steps", _I),
    ),
)


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that was told, and how many days ago it was so."""

    reading: Reading
    days_ago: int = 0


def hear(text: str, *, country: str = "") -> tuple[Heard, ...]:
    """What a senior tells of themselves in a message: at most one reading of each kind, in the order of kinds.

    Args:
        text: the message, as cleaned.
        country: where they live: the unit of a number that names none.
    """
    found: dict[Kind, Heard] = {}
    for match in _SENTENCES.finditer(text.replace("’", "'")):
        said = match[0].strip()
        if not said or said.endswith("?") or _QUESTION.match(said):
            continue
        days_ago = 1 if _YESTERDAY.search(said) else 0
        for reading in _readings(said, country):
            found.setdefault(Kind(reading.kind), Heard(reading, days_ago))
    order = list(Kind)
    return tuple(sorted(found.values(), key=lambda heard: order.index(Kind(heard.reading.kind))))


def _readings(said: str, country: str) -> Iterator[Reading]:
    for kind, pattern in _MEASURED:
        if (match := _told(pattern, said)) is not None:
            yield from _measured(kind, match["amount"], country)
    for pattern, value in _SLEPT:
        if (match := _told(pattern, said)) is not None:
            yield Reading(Kind.SLEEP, value)
            break
    if (match := _told(_SLEPT_HOURS, said)) is not None:
        yield from _measured(Kind.SLEEP_HOURS, match["number"], country)
    for pattern, value in _MOODS:
        if (match := _told(pattern, said)) is not None:
            stronger = bool(_VERY.search(match[0]))
            yield Reading(Kind.MOOD, value + (stronger if value > 3 else -stronger), note=match["word"].lower())
            break
    yield from _pains(said)


def _pains(said: str) -> Iterator[Reading]:
    number = _told(_PAIN_NUMBER, said)
    for pattern in _PAINS:
        if (match := _told(pattern, said)) is not None:
            much = (match["much"] or "").lower()
            value = 2 if much in _LITTLE else 8 if much in _LOT or "killing" in match[0].lower() else 5
            reading = Reading(Kind.PAIN, value, note=match["part"].lower().replace(" my ", " "))
            yield replace(reading, value=float(number["number"])) if number is not None else reading
            return
    if number is not None and int(number["number"]) <= 10:
        yield Reading(Kind.PAIN, float(number["number"]))


def _told(pattern: re.Pattern[str], said: str) -> re.Match[str] | None:
    """The match, where it is told as a fact of the person who speaks, now."""
    match = pattern.search(said)
    if match is None or _NOT_NOW.search(said) or _OTHERS.search(said[: match.end()]):
        return None
    clause = re.split(r",|\b(?:and|but|so|because)\b", said[: match.start()])[-1]
    if _DENIED.search(clause) or _OVER.match(said[match.end() :]):
        return None
    return match


def _measured(kind: Kind, amount: str, country: str) -> Iterator[Reading]:
    try:
        reading = read(kind, amount.strip(), usual_unit(kind, country).key)
    except UnclearError:
        return
    checked = check(reading)
    if checked.grade is not Grade.IMPOSSIBLE:
        yield reading
        return
    # "My sugar is 120" says in which unit it is. A number that only a moved point makes right is not guessed at.
    others = [other for other in checked.suggestions if other.unit != reading.unit]
    if len(others) == 1:
        yield others[0]
