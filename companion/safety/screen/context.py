"""Whether a sign is real, here and now: the four properties of ConText (negated, historical, hypothetical, other
person; Harkema et al. 2009), and figures of speech, stories, and things already dealt with.

A property never silences anything for good: history and other persons fall to a question where there is doubt (a hint,
see `floor`), and the learned layer hears the message all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from companion.safety.screen.levels import Level
from companion.safety.screen.signs import Hit


@lru_cache(maxsize=1)
def _cues() -> dict[str, re.Pattern[str]]:
    """Read when first asked for: a fifth of a second, which no command that hears nobody should pay."""
    path = Path(__file__).parent / "signs" / "cues.cfg"
    parts: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        name, mark, alternatives = line.partition(" || ")
        if mark and not line.startswith("#"):
            parts.setdefault(name, []).append(alternatives)
    return {name: re.compile(rf"(?<!\S)(?:{'|'.join(found)})(?!\S)") for name, found in parts.items()}


_STEMS = (
    "stop work mov respon breath wak answer com help touch shift clot mak pass feed wash chang grip obey recogn "
    "remember allow rous"
)
_WHOLE = (
    "go let fed like just get lift look do hold eat drunk drank drink had better end be want see know sure give giving "
    "point reason one body way home my worth live need straight right find talk speak even up well only quite a the "
    "properly fully really rightly"
)
_NOT_TAKEN_DOWN = rf"(?!(?:{_STEMS.replace(' ', '|')})|(?:{_WHOLE.replace(' ', '|')})(?!\S))"
_INNER_NOT = re.compile(rf"(?<!\S)(?:not|no|never|without|nothing) (?:{_NOT_TAKEN_DOWN}\S+ )?{_NOT_TAKEN_DOWN}(\S+)")
#: A danger that is stated, and then what to do about it is asked: the statement is no part of the question.
_STATED_THEN_ASKED = re.compile(
    r"^(?!(?:if|when|whenever|what|where|who|why|which|how|suppose|supposing|imagine|in case|should|could|would|can|do|"
    r"does|am|is|are|say)(?!\S))"
    r"(?P<stated>[^?]{4,}?)(?:,| and| so| now| please)* "
    r"(?P<asked>(?:(?:what|who|where|which|how)(?: \S+)? )?(?:should|shall|can|could|do|must|am) (?:i|we)(?!\S)"
    r"(?:(?! if | when | in case |,).)*)$"
)
_A_THING = re.compile(
    r"(?<!\S)(?:it|that|remote|wool|they|glasses|telly|book|paper|phone|cat|dog) "
    r"(?:is|has|was|are|fell|have)(?: \S+){0,2} on the"
)
_PRONOUN = re.compile(r"(?<!\S)(?:he|she|his|her|they)(?!\S)")
_SELF = re.compile(r"^(?:i |my |cannot|hardly|barely|could not|unable|not able|we |help|please|on the floor|me )")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a message, with the figures of speech blanked, and what its sentence says of it."""

    text: str
    asked: bool
    sentence: str
    message: str


def says(cue: str, normalised: str) -> bool:
    """Whether a message holds a cue of that name."""
    return _cues()[cue].search(normalised) is not None


def clauses(normalised: str) -> tuple[list[Clause], list[str]]:
    """Split into clauses (a contrast ends what went before), and name the figures of speech that were blanked."""
    figures: list[str] = []

    def blank(match: re.Match[str]) -> str:
        figures.append(match.group())
        return "_"

    found: list[Clause] = []
    plain = _cues()["figures"].sub(blank, normalised)
    for sentence in re.finditer(r"[^.?]+(?:[.?]|$)", plain):
        found += [part for whole in _stated_and_asked(sentence.group().strip()) for part in _parts(whole, plain)]
    return found, figures


def _stated_and_asked(sentence: str) -> list[str]:
    parted = _STATED_THEN_ASKED.match(sentence)
    return [parted["stated"], parted["asked"]] if parted else [sentence]


def _parts(whole: str, message: str) -> list[Clause]:
    text = whole.strip(" .?")
    parts = re.split(r"(?<!\S)(?:but|though|although|however|except|only that|yet|apart from|, only)(?!\S)", text)
    return [Clause(part.strip(" ,"), whole.endswith("?"), text, message) for part in parts if part.strip(" ,")]


def weigh(hit: Hit, clause: Clause) -> tuple[Level, str]:
    """The level a sign keeps in its clause, and the property that took it down, if one did."""
    before = clause.text[: hit.start].strip()
    for name, test in _TESTS:
        level = test(hit, clause, before)
        if level is not None:
            return min(level, hit.sign.level, key=lambda one: one.rank), name
    return hit.sign.level, ""


def _negated(hit: Hit, clause: Clause, before: str) -> Level | None:
    if _cues()["denied"].search(before) or re.search(r"(?:nobody|no one)(?: is| has| was)?$", before):
        return Level.NONE
    if _INNER_NOT.search(hit.words) and hit.sign.category not in {"self_harm", "abuse", "lost", "medicine"}:
        return Level.NONE
    after = clause.text[hit.end :].strip()
    if re.match(
        r"(?:has |have |is |are |all )*(?:gone (?:away|now)|cleared|better now|none|nil|went away|stopped now)(?!\S)",
        after,
    ):
        return Level.ASK
    if _SELF.match(hit.words):
        return None
    cleaned = _cues()["not_really"].sub("_", before)
    cues = list(_cues()["not"].finditer(cleaned))
    if not cues:
        return None
    between = cleaned[cues[-1].end() :]
    if len(between.split()) > 9 or _cues()["new_subject"].search(between):
        return None
    return Level.NONE


def _told(hit: Hit, clause: Clause, before: str) -> Level | None:
    of_another = re.search(r"(?<!\S)(?:he|she|they)$", before)
    own = not of_another and (_SELF.match(hit.words) or re.search(r"(?<!\S)(?:i|my)(?!\S)(?: \S+){0,3}$", before))
    if not _cues()["story"].search(clause.sentence):
        # A film named in one sentence, he or she in the next.
        of_it = not own and _PRONOUN.search(f"{before} {hit.words}") and _cues()["story"].search(clause.message)
        return Level.ASK if of_it and not _cues()["mine"].search(clause.message) else None
    if own and (_cues()["watching"].search(clause.sentence) or _cues()["present"].search(clause.text)):
        return None
    real = not _quoted(hit, clause) if own else _cues()["mine"].search(clause.sentence)
    return Level.ASK if real and hit.sign.level is Level.EMERGENCY else Level.NONE


def _quoted(hit: Hit, clause: Clause) -> bool:
    return clause.sentence.count('"') >= 2 or bool(
        re.search(
            r"(?<!\S)(?:song|lyrics?|called|titled|sings?|sang|clue|joke|film|line|character|play)(?!\S)",
            clause.sentence,
        )
    )


def _own_question(hit: Hit, clause: Clause, before: str) -> Level | None:
    """What somebody asks about their own body now is a question to answer with a question, never a mere supposition."""
    supposed = _cues()["supposed"]
    if not supposed.search(clause.sentence if clause.asked else before) or not _is_own(hit, clause, before):
        return None
    return Level.ASK


def _is_own(hit: Hit, clause: Clause, before: str) -> bool:
    if _cues()["if_i_fall"].search(clause.sentence) or not _cues()["of_self"].search(clause.text):
        return False
    imagined = _cues()["only_if"].search(before)
    return imagined is None or _cues()["is_so"].search(clause.text[imagined.start() : hit.end]) is not None


def _supposed(hit: Hit, clause: Clause, before: str) -> Level | None:
    cue = _cues()["supposed"].search(clause.sentence)
    if cue is None:
        return None
    if _cues()["if_i_fall"].search(clause.sentence):
        return Level.NONE
    at = clause.sentence.find(hit.words)
    if _cues()["of_self"].search(clause.text):
        if cue.start() > hit.start and not clause.asked:
            return hit.sign.level
        if clause.asked or cue.start() > hit.start or 0 <= cue.start() <= at:
            return Level.ASK
    return Level.NONE if at >= cue.start() or clause.asked else None


def _asked_in_general(hit: Hit, clause: Clause, before: str) -> Level | None:
    """A question that names nobody ("is chest pain always serious?") is about the world; a hint all the same."""
    return Level.ASK if clause.asked and not _cues()["somebody"].search(clause.sentence) else None


def _dealt_with(hit: Hit, clause: Clause, before: str) -> Level | None:
    # Not what was said before a "but": "the doctor came, but my chest hurts".
    begins = max(clause.sentence.find(clause.text), 0)
    return Level.NONE if _cues()["dealt_with"].search(clause.sentence, begins) else None


def _playing(hit: Hit, clause: Clause, before: str) -> Level | None:
    """Laughing, cooking and games use the words of danger, and things lie on floors too."""
    category, sentence = hit.sign.category, clause.sentence
    if category == "fall" and _A_THING.search(f"{before} {hit.words}"):
        return Level.NONE
    if category in {"breathing", "collapse", "pain", "fall", "cardiac"} and says("laughing", sentence):
        return Level.NONE
    if category == "abuse" and says("games", sentence):
        return Level.NONE
    return Level.ASK if category == "hazard" and says("cooking", sentence) else None


def _told_as_past(hit: Hit, clause: Clause, before: str) -> Level | None:
    """A thing told in the past tense, with nothing that says it is now, is asked about."""
    if hit.sign.category in {"poison", "medicine", "head_injury", "self_harm", "scam", "abuse", "hazard"}:
        return None
    after = clause.text[hit.end :].strip()
    is_past = says("past", hit.words) or re.match(r"(?:was|were|had been|turned out)(?!\S)", after)
    if not is_past or says("present", clause.sentence) or says("is_now", clause.text):
        return None
    return Level.NONE if says("long_ago", clause.message) and not says("present", clause.message) else Level.ASK


def _historical(hit: Hit, clause: Clause, before: str) -> Level | None:
    if not _cues()["long_ago"].search(clause.text) or hit.sign.category in {"self_harm", "abuse", "scam"}:
        return None
    if _cues()["present"].search(clause.text):
        return Level.ASK
    return Level.CONCERN if hit.sign.category == "fall" and _SELF.match(hit.words) else Level.NONE


def _other_person(hit: Hit, clause: Clause, before: str) -> Level | None:
    if hit.sign.category in {"abuse", "scam", "hazard", "intruder", "help", "self_harm"} or _SELF.match(hit.words):
        return None
    who = list(_cues()["other"].finditer(f"{before} {hit.words}"))
    if not who or re.search(r"(?<!\S)(?:i|my|me)(?!\S)", f"{before} {hit.words}"[who[-1].end() :]):
        return None
    if _cues()["far"].search(clause.sentence) and not _cues()["far_now"].search(clause.sentence):
        return Level.NONE
    if re.search(
        r"(?<!\S)(?:dog|cat|puppy|kitten|hamster|budgie|horse|cow|goalkeeper|striker|player)(?!\S)", clause.text
    ):
        return Level.NONE
    if (
        _cues()["other_now"].search(clause.sentence)
        or _cues()["present"].search(clause.sentence)
        or hit.sign.category == "collapse"
    ):
        return None
    return Level.ASK


OWN_QUESTION = "own question"
_TESTS = (
    ("negated", _negated),
    ("story", _told),
    ("dealt with", _dealt_with),
    (OWN_QUESTION, _own_question),
    ("supposed", _supposed),
    ("asked in general", _asked_in_general),
    ("at play", _playing),
    ("long ago", _historical),
    ("told as past", _told_as_past),
    ("another person", _other_person),
)
