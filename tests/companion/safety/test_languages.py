"""Which messages are plainly not English. English is never taken for another language, whatever names are in it."""

from __future__ import annotations

import pytest

from companion.safety.languages import cries_for_help, foreign_language, only_english

OTHERS = [
    ("es", "¿Qué tiempo hace hoy en Madrid?"),
    ("es", "Estoy muy sola y me duele la cabeza"),
    ("fr", "J’ai mal à la tête depuis hier"),
    ("fr", "Quel temps fait-il aujourd'hui ?"),
    ("de", "Mir geht es heute nicht gut"),
    ("it", "Non mi sento bene oggi"),
    ("pt", "Estou muito cansada hoje e dói-me a cabeça"),
    ("nl", "Ik voel me vandaag niet goed"),
    ("pl", "Nie czuję się dzisiaj dobrze"),
    ("vi", "Tôi bị đau đầu và không ngủ được"),
    ("tl", "Hindi ako makatulog at masakit ang ulo ko"),
    ("tr", "Bugün kendimi iyi hissetmiyorum, başım çok ağrıyor"),
    ("zh", "我今天头很痛"),
    ("ja", "今日は天気がいいですね"),
    ("ko", "오늘 머리가 아파요"),
    ("ru", "У меня болит голова"),
    ("uk", "Сьогодні в мене болить голова"),
    ("ar", "رأسي يؤلمني اليوم"),
    ("hi", "आज मेरे सिर में दर्द है"),
    ("el", "Σήμερα πονάει το κεφάλι μου"),
    ("he", "הראש שלי כואב היום"),
    ("other", "آج میرے سر میں درد ہے"),
]
CRIES = [
    ("es", "¡Ayuda!"), ("es", "socorro"), ("es", "Me caí y no puedo levantarme"), ("fr", "Au secours"),
    ("fr", "aidez-moi s’il vous plaît"), ("fr", "Je suis tombée dans la cuisine"), ("de", "HILFE"),
    ("de", "Ich bin gefallen und kann nicht aufstehen"), ("it", "Aiuto, sono caduta"), ("pt", "Ajuda por favor"),
    ("pl", "pomocy"), ("zh", "救命"), ("ja", "助けて"), ("ko", "도와주세요"), ("ru", "Помогите, я упала"),
    ("ar", "ساعدوني"), ("hi", "मदद करो"), ("el", "Βοήθεια"), ("he", "הצילו"), ("vi", "Cứu tôi với"),
    ("tr", "İmdat"), ("tl", "Tulong po"), ("nl", "Help me alstublieft"),
]  # fmt: skip
ENGLISH = [
    "call Socorro", "play la vida es un carnaval by celia cruz", "how do you say je ne sais pas quoi in French",
    "que sera sera", "c'est la vie", "my grandson said ich liebe dich to me", "Can you play ne me quitte pas",
    "I ate crème brûlée à la carte with mon ami", "die die die", "No me gusta nada", "Yo quiero Taco Bell",
    "play non je ne regrette rien", "event reminder mona tuesday", "put meeting with pawel for tomorrow ten am",
    "navigate to la plaza de la reina in los angeles", "what does hilfe mean in german", "Hola", "my friend is 王芳",
    "remind me to ring Señora García at ten", "is the hotel in den haag or an der wien", "I cant rember wot day it is",
    "hindi films on tv", "me legs is bad today an i cant sleep", "ta love", "och aye the noo", "", "??", "😀😀😀",
    "123 456", "wan two tree", "i in on at no so we me he", "Lilo por favor turn on the light please",
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), [*OTHERS, *CRIES])
def test_other_languages_are_known(code: str, text: str) -> None:
    found = foreign_language(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_never_taken_for_another_language(text: str) -> None:
    assert foreign_language(text) is None


@pytest.mark.parametrize(("code", "text"), CRIES)
def test_cries_for_help_are_heard(code: str, text: str) -> None:
    found = foreign_language(text)
    assert found is not None
    assert cries_for_help(text, found)


@pytest.mark.parametrize(("code", "text"), OTHERS)
def test_ordinary_talk_is_no_cry_for_help(code: str, text: str) -> None:
    found = foreign_language(text)
    assert found is not None
    assert not cries_for_help(text, found)


@pytest.mark.parametrize(("code", "text"), OTHERS)
def test_answer_says_so_in_english_too_and_names_the_number(code: str, text: str) -> None:
    found = foreign_language(text)
    assert found is not None
    words = only_english(found, "911")
    assert "I understand only English" in words
    assert words.count("911") == (1 if code == "other" else 2)
    assert "{" not in words + found.ask.format(number="911")
