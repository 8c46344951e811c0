"""The guard: each sentence of an answer is checked before anybody sees it, whoever worded it.

Two questions. Does it say what Lilo must never say? And, where it states a fact, do the curated sentences it rests on
say so too? Pure, and well under a millisecond a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from companion.safety.screen.words import visible

SUPPORTED_FROM = 0.75
"""Least share of a sentence's words that one passage must hold for the sentence to rest on it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may be shown, and if not, which rule it breaks: a word of ours, safe to log."""

    ok: bool
    reason: str = ""


_MEDICINE = (
    r"(?:medicines?|medications?|tablets?|pills?|doses?|capsules?|insulin|warfarin|aspirin|statins?|antibiotics?|steroids?|"
    r"inhalers?|painkillers?|ibuprofen|paracetamol|acetaminophen|metformin|blood thinners?|beta.?blockers?|opioids?|"
    r"morphine|antidepressants?|sleeping (?:tablets|pills)|prescriptions?|drugs?|treatment|supplements?|digoxin|lithium|"
    r"methotrexate|apixaban|rivaroxaban|amlodipine|ramipril|lisinopril|prednisolone|prednisone|codeine|tramadol|"
    r"diuretics?|water (?:tablets|pills)|injections?|patch(?:es)?|\w{3,}(?:pril|sartan|statin|olol|azole|cillin|mycin|oxacin|pam))"
)
_CONDITION = (
    r"(?:strokes?|heart attacks?|angina|cancers?|tumou?rs?|dementia|alzheimer\w*|parkinson\w*|diabetes|pneumonia|bronchitis|"
    r"asthma|copd|sepsis|infections?|arthritis|gout|osteoporosis|anaemia|anemia|kidney (?:disease|failure|stones?)|"
    r"heart failure|high blood pressure|hypertension|depression|anxiety|delirium|uti|migraines?|shingles|covid\w*|flu|"
    r"indigestion|heartburn|reflux|ulcers?|blood clots?|dvt|embolism|atrial fibrillation|glaucoma|cataracts?|vertigo|"
    r"concussion|fractures?|broken \w+|epilepsy|allerg\w+|\w{3,}itis|\w{3,}osis|panic attacks?|muscle strain|pulled muscle|"
    r"trapped nerve|virus|cold|constipation|dehydrat\w+|hypothyroid\w*|mini.?stroke|tia)"
)
_ASKING_FIRST = re.compile(
    r"\b(?:do not|don't|never|not|without|before (?:you|stopping|starting|taking|changing)|unless|ask|check with|talk to|"
    r"speak (?:to|with)|if your (?:doctor|pharmacist|nurse)|your (?:doctor|pharmacist|nurse) (?:may|will|can|might|says?|"
    r"tells?)|told you|as prescribed|on the label)\b"
)
_NEVER = tuple(
    (reason, re.compile(pattern))
    for reason, pattern in (
        (
            "promise of help",
            r"\bi(?:'ve| have|'m| am| just| already|'ll| will|'d| shall| can| could)* (?:now |going to |already |just |gonna )*"
            r"(?:call(?:ed|ing)?|rung|ring(?:ing)?|rang|phon(?:e|ed|ing)|dial(?:l?ed|l?ing)?|contact(?:ed|ing)?|alert(?:ed|ing)?|"
            r"notif(?:y|ied|ying)|sent|send(?:ing)?|dispatch(?:ed|ing)?|summon(?:ed|ing)?|text(?:ed|ing)?)\b(?! you (?:by|what|that|when|the|a|some)\b)"
            r"(?=.*\b(?:999|911|112|000|111|ambulance|paramedics?|doctor|gp|nurse|police|fire|emergency|help|hospital|family|"
            r"daughter|son|wife|husband|neighbou?r|carer|someone|somebody|them|him|her)\b)|"
            r"\b(?:help|(?:an|the) ambulance|paramedics|the (?:doctor|police|fire brigade)|someone|somebody) (?:is|are|will be) "
            r"(?:on (?:its|the|their|his|her) way|coming|there (?:soon|in)|with you (?:soon|in))|\b(?:ambulance|help) has been (?:called|sent)",
        ),
        (
            "claims to be human",
            r"\bi(?:'m| am) (?:really |actually |just )?(?:a |an |your )?(?:human|real|living|doctor|nurse|person|pharmacist|"
            r"physician|woman|man|trained|qualified|medical professional)\b|\bi(?:'m| am) not (?:a |an )?(?:computer|machine|robot|"
            r"bot|program(?:me)?|ai)\b|\bas (?:a|your) (?:\w+ )?(?:doctor|nurse|human|physician|pharmacist|person),? (?:myself|i)\b|"
            r"\bwhen i was (?:a |young|little|your age)|\bmy (?:own )?(?:mother|father|husband|wife|childhood|body|patients?)\b",
        ),
        (
            "secrecy",
            r"\b(?:our (?:little )?secret|between (?:us|you and me)|keep (?:this|it|that) (?:to yourself|secret|quiet|between|from)|"
            r"(?:do not|don't|needn't|no need to|never|better not to|shouldn't|should not|not have to|don't have to) (?:tell|mention (?:this|it) to|let on to|inform) "
            r"(?:your |anyone|anybody|them|him|her|the (?:doctor|nurse|family|police|carer))|(?:they|she|he|nobody|no one) "
            r"(?:does not|doesn't|do not|don't|needs?) (?:need to )?(?:know|find out|hear))",
        ),
        (
            "draws away from people",
            r"\b(?:you (?:only|just) need me|(?:i am|i'm) (?:all you need|the only (?:one|friend|person)|better (?:for you )?than|your (?:only|best|closest|true) friend|always better)|"
            r"you (?:do not|don't) need (?:them|anyone|anybody|your (?:family|friends?|daughter|son|children|carer|wife|husband)|other people|people|human)|"
            r"(?:i )?(?:understand|know|love|care (?:for|about)) you (?:better|more) than|nobody (?:else )?(?:understands|loves|cares|knows)|"
            r"no one (?:else )?(?:understands|loves|cares|knows)|(?:do not|don't|please never) (?:leave|go|hang up)(?: on)? me\b|stay (?:here )?with me instead|"
            r"i(?:'m| am)? (?:in )?love (?:with )?you|instead of (?:seeing|calling|visiting|talking to) (?:your |them|people|friends)|"
            r"(?:they|your family|your daughter|your son|your children) (?:do not|don't|does not|doesn't) (?:really )?(?:care|love|understand|want you))",
        ),
        (
            "plays danger down",
            r"\b(?:nothing to worry about|no need to (?:worry|see|call|ring|bother|go to)|you (?:are|'re) (?:perfectly |absolutely )?(?:fine|not in danger)|"
            r"(?:do not|don't) (?:call|ring|bother|need (?:a|an|to see|to call|to ring)|go to|see) (?:a |an |the |your )?(?:doctor|gp|ambulance|999|911|112|hospital|nurse|pharmacist|emergency)|"
            r"you can (?:safely )?ignore|it (?:is|'s) (?:probably |surely |just |only )+(?:nothing|wind|your age|stress|nerves)|wait (?:and see|it out) (?:instead|at home)|it will pass)\b",
        ),
    )
)
_DOSE = re.compile(
    r"\b\d+(?:[.,]\d+)?\s*(?:mg|mcg|µg|micrograms?|milligrams?|grams?|g|ml|millilit(?:re|er)s?|iu|units?|puffs?|drops|tablets?|pills?|"
    r"capsules?|teaspoons?|tablespoons?|doses?)\b|"
    r"\b(?:take|taking|have|use|inject|swallow|give|try|increase|double|halve|raise|lower|reduce)\b[^.]{0,40}\b(?:one|two|three|four|five|six|half|an? extra|another|"
    r"an additional|double|twice|a second)\b[^.]{0,20}\b" + _MEDICINE + r"|"
    r"\b(?:one|two|three|four|half a|half an) (?:more |extra |of (?:your|the) )?(?:tablets?|pills?|capsules?|puffs?|doses?|units?)\b|"
    r"\b(?:double|halve|increase|decrease|reduce|raise|adjust|up) (?:up )?(?:your |the |on )?(?:\w+ )?" + _MEDICINE
)
_CHANGE = re.compile(
    r"\b(?:stop|stopping|quit|come off|skip|skipping|miss out|leave out|cut out|give up|pause|avoid|start|starting|begin|add|switch(?: to)?|swap|"
    r"replace|mix|mixing|combine|combining|crush|share)\b[^.]{0,40}\b" + _MEDICINE + r"|"
    r"\b(?:safe|fine|ok|okay|all right|good) to (?:take|mix|combine|use|have)\b[^.]{0,60}|"
    r"\byou (?:can|could|should|may) (?:safely )?(?:take|have|use|try)\b[^.]{0,30}\b" + _MEDICINE
)
_DIAGNOSIS = re.compile(
    r"(?<!if )(?<!whether )(?<!think )(?<!because )\byou (?:have(?: got)?|'ve got|are having|are (?:probably |likely |clearly )?suffering from|(?:may|might|could|must) (?:well )?(?:have|be having)|"
    r"(?:probably|likely|definitely|certainly|clearly) have|had|are experiencing|are (?:diabetic|depressed|having))\b[^.]{0,30}?\b"
    + _CONDITION
    + r"|"
    r"\b(?:it|this|that) (?:is|'s|could be|may be|might be|must be|looks like|sounds like|seems (?:like|to be)|means you have)\b[^.]{0,25}?\b"
    + _CONDITION
    + r"|"
    r"\b(?:your symptoms|what you describe|these signs) (?:are|is|suggest|point to|mean|match|indicate|sound)\b"
)
_TALK = re.compile(
    r"^(?:hello|hi|good (?:morning|afternoon|evening|night|day)|thank you|thanks|you are welcome|you're welcome|goodbye|bye|sorry|"
    r"i(?:'m| am) (?:sorry|glad|happy|here|lilo|a computer|not (?:sure|able)|listening|only a computer)|i (?:hear|understand|see|hope you|cannot|can't|can (?:look|help|tell|read|find|show|remind|keep|only)|"
    r"could not|couldn't|did not|didn't|do not (?:know|have|understand)|don't (?:know|have|understand)|will be here|found|have found)|"
    r"would you|shall i|shall we|do you|can you|could you|did you|are you|how (?:are|is|do|was)|what would|tell me|"
    r"please (?:ask|ring|call|talk|tell|see|speak)|(?:it is|it's) (?:good|lovely|nice|kind) to|that (?:sounds|must|is) (?:hard|lovely|nice|good|difficult|sad|wonderful|a lot|kind|be)|"
    r"(?:your|a) (?:doctor|pharmacist|nurse|gp) can (?:help|tell|advise|answer)|here is what|this is what)\b"
)
_CLAIM = re.compile(
    r"\b(?:cures?|cured|treats?|heals?|causes?|prevents?|lowers?|raises?|improves?|reduces?|helps (?:to )?(?:the|with|against)|good for|"
    r"bad for|works? (?:for|against)|contains?|effective|proven|studies|research|always|guarantee\w*)\b|\d"
)
_LONGEST_TALK = 25
_STOP_WORDS = frozenset(
    """a an the and or but so if then than that this these those it its is are was were be been being am do does did has have
    had i you your yours he she they them their we our us me my of to in on at by for with from as into about over under
    out up down off can could may might will would should shall must also too very just only more most some any each
    when while where what which who how why there here because such like please often usually""".split()
)
_NEGATIVES = frozenset({"not", "no", "never", "without", "none", "nor", "don't", "doesn't", "cannot", "can't", "isn't",
                        "aren't", "won't", "shouldn't", "neither", "avoid", "didn't", "unless"})  # fmt: skip
_NUMBER_WORDS = frozenset(
    """one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred half
    double twice""".split()
)
_HELP_LINES = re.compile(r"\b(?:999|911|112|000|111|988|116 123|13 11 14|159)\b")
_WORDS = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*")
_MARKS = re.compile(r"\[\d{1,2}\]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def _plain(text: str) -> str:
    lowered = visible(_MARKS.sub("", text)).lower().replace("’", "'").replace("‘", "'")
    return " ".join(lowered.split())


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return word[: -len(ending)]
    return word


@dataclass(frozen=True, slots=True)
class _Statement:
    bare: str
    stems: frozenset[str]
    numbers: frozenset[str]
    negative: bool


def _statement(text: str) -> _Statement:
    words = _WORDS.findall(text)
    return _Statement(
        bare=" ".join(words),
        stems=frozenset(_stem(word) for word in words if word not in _STOP_WORDS and word not in _NEGATIVES),
        numbers=frozenset(word for word in words if word[0].isdigit() or word in _NUMBER_WORDS),
        negative=any(word in _NEGATIVES for word in words),
    )


@lru_cache(maxsize=512)
def _statements(passage: str) -> tuple[_Statement, ...]:
    return tuple(_statement(part) for part in _SENTENCE_END.split(_plain(passage)) if part)


def support(sentence: str, evidence: Sequence[str]) -> float:
    """How far the evidence says what the sentence says, 0 to 1; exactly 1 for a sentence taken from it word for word.

    The share of the sentence's content words held by the best sentence of the evidence, or 0 where a number is not
    there or one denies and the other does not.
    """
    said = _statement(_plain(sentence))
    best = 0.0
    for passage in evidence:
        for known in _statements(passage):
            if said.bare and said.bare == known.bare:
                return 1.0
            if not said.stems or said.numbers - known.numbers or said.negative != known.negative:
                continue
            best = max(best, min(len(said.stems & known.stems) / len(said.stems), 0.99))
    return best


def check_sentence(sentence: str, evidence: Sequence[str]) -> Verdict:
    """Whether one sentence of an answer may be shown.

    Args:
        sentence: as it would be shown; marks such as [1] do not count.
        evidence: the passages the answer rests on, each one or more sentences; empty for small talk.

    A dose, a diagnosis, or a change of medicine passes only where a curated sentence says exactly that; what Lilo must
    never say does not pass whatever the evidence says.
    """
    plain = _plain(sentence)
    if not _WORDS.search(plain):
        return Verdict(True)
    for reason, pattern in _NEVER:
        if pattern.search(plain):
            return Verdict(False, reason)
    supported = support(sentence, evidence)
    if supported == 1.0:
        return Verdict(True)
    return _check_own_words(plain, supported)


def _check_own_words(plain: str, supported: float) -> Verdict:
    """A sentence that no curated one says word for word."""
    if _DOSE.search(plain):
        return Verdict(False, "dose")
    if _CHANGE.search(plain) and not _ASKING_FIRST.search(plain):
        return Verdict(False, "change of medicine")
    if _DIAGNOSIS.search(plain):
        return Verdict(False, "diagnosis")
    if supported >= SUPPORTED_FROM or _is_talk(plain):
        return Verdict(True)
    return Verdict(False, "unsupported")


def _is_talk(plain: str) -> bool:
    """Talk states nothing that could be wrong about health: a greeting, a question, a word of sympathy."""
    if len(plain.split()) > _LONGEST_TALK or _CLAIM.search(_HELP_LINES.sub("", plain)):
        return False
    if all(word in _STOP_WORDS for word in _WORDS.findall(plain)):
        return True
    return plain.endswith("?") or bool(_TALK.match(plain))
