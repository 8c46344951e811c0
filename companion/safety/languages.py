"""Messages in a language that Lilo does not understand: known as such, and answered honestly in it.

English is the only language with a floor of the screen. A message counts as another language only where that is plain:
by its script, or by several of that language's own small words and none to speak of from English. Articles and
prepositions are no sign, since names of songs, streets and dishes are full of them. Short and mixed messages count as
English. The few words by which somebody calls for help are heard in each of these languages.

All sentences are written by hand beforehand, never generated.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

#: Fewer words than this tell too little, unless they are a cry for help.
FEWEST_WORDS: Final = 4
FEWEST_HITS: Final = 3
#: A name in its own letters is no other language.
FEWEST_LETTERS: Final = 2
SHARE: Final = 0.25
#: English words among the others weigh this much: who mixes is answered as in English.
AGAINST: Final = 3
#: A message is in another script where at least this share of its letters is.
SCRIPT_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Language:
    """One language that Lilo does not understand, with its words and what is said in it."""

    code: str
    only_english: str
    """Only English, no danger noticed, what to press and ring; `{number}` is the emergency number."""
    ask: str
    """Whether help is needed, and what to ring."""
    small_words: frozenset[str] = frozenset()
    cries: tuple[str, ...] = ()
    """Words by which help is called for, or the plainest danger told."""


def _language(code: str, only_english: str, ask: str, *, words: str = "", cries: str = "") -> Language:
    return Language(
        code,
        only_english,
        ask,
        frozenset(_folded(words).split()),
        tuple(" ".join(_words(cry)) for cry in cries.split(",") if cry.strip()),
    )


def _folded(text: str) -> str:
    """Lower case and without accents, as people type on a phone."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("đ", "d").replace("ł", "l"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter) or letter > "\u0370")


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", _folded(text))


IN_ENGLISH: Final = (
    "I understand only English for now, and cannot notice danger in another language. "
    "If you need help, press I need help, or ring {number}."
)
_ENGLISH: Final = frozenset(
    _words(
        "the and my you your of that have has with for what how i is are was were do does did can could would will"
        " please not but this they it be been from about when where who why which there here she her his him we our to"
        " say said tell call play an at or if get got put add set show find want like feel need know think"
    )
)

_LATIN: Final = (
    _language(
        "es",
        "Por ahora Lilo solo entiende inglés y no puede darse cuenta de un peligro en español. "
        "Si necesita ayuda, pulse «I need help» o llame al {number}.",
        "¿Necesita ayuda ahora? Pulse el botón o llame al {number}.",
        words="que y estoy tengo puedo quiero mi mis muy pero porque como cuando donde esta este eso soy es era por"
        " para con una unos hace hoy ayer usted yo tu ella nos hay bien mal duele gracias hola buenos buenas dias favor"
        " necesito siento ahora tambien todo nada aqui mucho",
        cries="ayuda, ayudame, ayudeme, ayudenme, socorro, auxilio, me cai, me he caido, no puedo respirar,"
        " no puedo levantarme, dolor en el pecho, duele el pecho, emergencia, quiero morir",
    ),
    _language(
        "fr",
        "Pour l’instant, Lilo ne comprend que l’anglais et ne peut pas remarquer un danger en français. "
        "Si vous avez besoin d’aide, appuyez sur « I need help » ou appelez le {number}.",
        "Avez-vous besoin d’aide maintenant ? Appuyez sur le bouton ou appelez le {number}.",
        words="je j ai suis ne pas que qui est c mon ma mes avec pour dans une vous nous il elle ils mais tres bien"
        " cette cet ce ca fait peux veux etre avoir aujourd hui hier bonjour merci plait quand comment pourquoi"
        " parce jamais toujours rien ici s il vous",
        cries="au secours, a l aide, aidez moi, aide moi, besoin d aide, je suis tombe, je suis tombee,"
        " je ne peux pas respirer, mal a la poitrine, je veux mourir, urgence",
    ),
    _language(
        "de",
        "Lilo versteht vorerst nur Englisch und kann auf Deutsch keine Gefahr bemerken. "
        "Wenn Sie Hilfe brauchen, drücken Sie „I need help“ oder rufen Sie {number} an.",
        "Brauchen Sie jetzt Hilfe? Drücken Sie den Knopf oder rufen Sie {number} an.",
        words="ich und nicht mir mich mein meine meinen bin ist habe hat kann will sie wir aber auch noch sehr heute"
        " gestern wie warum wenn weil dass ein eine einen mit fur auf zu dir geht gut schlecht danke bitte guten"
        " immer jetzt hier nur schon es tut weh ist das wird",
        cries="hilfe, helfen sie mir, hilf mir, ich bin gefallen, ich bin gesturzt, hingefallen, keine luft,"
        " kann nicht atmen, kann nicht aufstehen, brustschmerzen, notfall, ich will sterben",
    ),
    _language(
        "it",
        "Per ora Lilo capisce solo l’inglese e non può accorgersi di un pericolo in italiano. "
        "Se ha bisogno di aiuto, prema «I need help» o chiami il {number}.",
        "Ha bisogno di aiuto adesso? Prema il pulsante o chiami il {number}.",
        words="che non sono ho mi mio mia molto ma perche come quando dove questo questa con per una il gli io lei noi"
        " anche oggi ieri bene male grazie buongiorno posso voglio sto fa piu sempre adesso qui tutto niente ero",
        cries="aiuto, aiutami, aiutatemi, soccorso, sono caduto, sono caduta, non respiro, non riesco a respirare,"
        " dolore al petto, emergenza, voglio morire",
    ),
    _language(
        "pt",
        "Por enquanto, a Lilo só entende inglês e não consegue perceber um perigo em português. "
        "Se precisar de ajuda, carregue em «I need help» ou ligue {number}.",
        "Precisa de ajuda agora? Carregue no botão ou ligue {number}.",
        words="que nao estou tenho eu meu minha muito mas porque como quando onde isso isto esta com para uma uns voce"
        " ela ele nos hoje ontem bem mal obrigado obrigada bom dia posso quero sou foi tambem sempre agora aqui doi"
        " sinto preciso por favor",
        cries="ajuda, ajude me, me ajude, me ajuda, socorro, eu cai, cai e nao, nao consigo respirar,"
        " nao consigo levantar, dor no peito, emergencia, quero morrer",
    ),
    _language(
        "nl",
        "Lilo begrijpt voorlopig alleen Engels en kan in het Nederlands geen gevaar opmerken. "
        "Als u hulp nodig hebt, druk op “I need help” of bel {number}.",
        "Hebt u nu hulp nodig? Druk op de knop of bel {number}.",
        words="ik niet het een van mijn ben heb heeft kan wil zijn maar ook nog heel vandaag gisteren hoe waarom"
        " wanneer omdat dat deze met voor op naar goed slecht dank graag goedemorgen altijd hier alleen je jij wij er"
        " gaat u",
        cries="hulp, help me alstublieft, ik ben gevallen, geen lucht, kan niet ademen, kan niet opstaan,"
        " pijn op de borst, noodgeval, ik wil dood",
    ),
    _language(
        "pl",
        "Na razie Lilo rozumie tylko angielski i nie zauważy niebezpieczeństwa po polsku. "
        "Jeśli potrzebuje Pan lub Pani pomocy, proszę nacisnąć „I need help” albo zadzwonić pod {number}.",
        "Czy potrzebna jest teraz pomoc? Proszę nacisnąć przycisk albo zadzwonić pod {number}.",
        words="nie jest jestem mam moge chce sie moj moja bardzo ale dlaczego jak kiedy gdzie bo ze ja ty on ona my"
        " dzisiaj wczoraj dobrze zle dziekuje prosze dzien dobry zawsze teraz tutaj tylko mnie boli co czy",
        cries="pomocy, ratunku, pomoz mi, upadlem, upadlam, nie moge oddychac, nie moge wstac,"
        " bol w klatce, chce umrzec",
    ),
    _language(
        "vi",
        "Hiện tại Lilo chỉ hiểu tiếng Anh và không thể nhận ra nguy hiểm bằng tiếng Việt. "
        "Nếu cần giúp đỡ, xin bấm “I need help” hoặc gọi {number}.",
        "Quý vị có cần giúp đỡ ngay bây giờ không? Xin bấm nút hoặc gọi {number}.",
        words="toi khong duoc nguoi cua nay rat cung nhung muon hom qua chau dang roi gi sao biet thi cho voi xin chao"
        " cam on mot nhieu dau lam",
        cries="cuu toi, cuu voi, giup toi, toi bi nga, kho tho, dau nguc, cap cuu, toi muon chet",
    ),
    _language(
        "tl",
        "Sa ngayon, Ingles lang ang naiintindihan ni Lilo at hindi nito mapapansin ang panganib sa Tagalog. "
        "Kung kailangan ninyo ng tulong, pindutin ang “I need help” o tumawag sa {number}.",
        "Kailangan ba ninyo ng tulong ngayon? Pindutin ang pindutan o tumawag sa {number}.",
        words="ako ang ng mga hindi ko po ay naman kasi wala gusto masakit kailangan ikaw siya ngayon kahapon bakit"
        " paano salamat magandang araw lang din rin ito yung aking",
        cries="tulong, tulungan mo ako, saklolo, nahulog ako, natumba ako, hindi ako makahinga, masakit ang dibdib",
    ),
    _language(
        "tr",
        "Lilo şimdilik yalnızca İngilizce anlıyor ve Türkçe söylenen bir tehlikeyi fark edemez. "
        "Yardıma ihtiyacınız varsa “I need help” düğmesine basın ya da {number} numarasını arayın.",
        "Şu anda yardıma ihtiyacınız var mı? Düğmeye basın ya da {number} numarasını arayın.",
        words="ben bir ve bu cok degil icin ama neden nasil nerede bugun dun iyi kotu tesekkur ederim lutfen gunaydin"
        " benim bana var yok simdi sonra daha ne zaman agriyor",
        cries="imdat, yardim edin, bana yardim, dustum, nefes alamiyorum, gogsum agriyor, olmek istiyorum",
    ),
)

_OTHER_SCRIPTS: Final = {
    "zh": _language(
        "zh",
        "Lilo 目前只懂英语，无法用中文察觉危险。如果您需要帮助，请按“I need help”或拨打 {number}。",
        "您现在需要帮助吗？请按按钮或拨打 {number}。",
        cries="救命, 帮帮我, 幫幫我, 救我, 摔倒, 跌倒, 不能呼吸, 胸口痛, 胸痛, 想死",
    ),
    "ja": _language(
        "ja",
        "Liloは今のところ英語しかわからず、日本語では危険に気づけません。"
        "助けが必要なときは「I need help」を押すか、{number} に電話してください。",
        "今、助けが必要ですか。ボタンを押すか、{number} に電話してください。",
        cries="助けて, たすけて, 転んだ, 転びました, 息ができない, 胸が痛い, 死にたい",
    ),
    "ko": _language(
        "ko",
        "Lilo는 지금은 영어만 이해하며 한국어로는 위험을 알아차릴 수 없습니다. "
        "도움이 필요하시면 “I need help”를 누르거나 {number}번으로 전화하세요.",
        "지금 도움이 필요하십니까? 버튼을 누르거나 {number}번으로 전화하세요.",
        cries="도와주세요, 도와줘, 살려주세요, 넘어졌, 숨을 못, 가슴이 아파, 죽고 싶",
    ),
    "ru": _language(
        "ru",
        "Пока Lilo понимает только английский и не может заметить опасность на русском языке. "
        "Если вам нужна помощь, нажмите «I need help» или позвоните по номеру {number}.",
        "Вам сейчас нужна помощь? Нажмите кнопку или позвоните по номеру {number}.",
        cries="помогите, помоги, на помощь, спасите, упал, упала, не могу дышать, не могу встать, болит в груди,"
        " хочу умереть",
    ),
    "uk": _language(
        "uk",
        "Поки що Lilo розуміє лише англійську і не може помітити небезпеку українською. "
        "Якщо вам потрібна допомога, натисніть «I need help» або зателефонуйте {number}.",
        "Вам зараз потрібна допомога? Натисніть кнопку або зателефонуйте {number}.",
        cries="допоможіть, допоможи, на допомогу, рятуйте, я впав, я впала, не можу дихати, болить у грудях",
    ),
    "ar": _language(
        "ar",
        "لا يفهم ليلو حاليًا إلا الإنجليزية ولا يستطيع ملاحظة الخطر بالعربية. "
        "إذا كنت بحاجة إلى مساعدة فاضغط على «I need help» أو اتصل بالرقم {number}.",
        "هل تحتاج إلى مساعدة الآن؟ اضغط على الزر أو اتصل بالرقم {number}.",
        cries="النجدة, ساعدوني, ساعدني, انقذوني, سقطت, وقعت على الأرض, لا أستطيع التنفس, ألم في صدري, أريد أن أموت",
    ),
    "hi": _language(
        "hi",
        "लिलो अभी केवल अंग्रेज़ी समझता है और हिन्दी में ख़तरे को नहीं पहचान सकता। "
        "मदद चाहिए तो “I need help” दबाएँ या {number} पर फ़ोन करें।",
        "क्या आपको अभी मदद चाहिए? बटन दबाएँ या {number} पर फ़ोन करें।",
        cries="मदद, बचाओ, बचाइए, गिर गया, गिर गई, साँस नहीं, सांस नहीं, सीने में दर्द, मरना चाहता, मरना चाहती",
    ),
    "el": _language(
        "el",
        "Προς το παρόν το Lilo καταλαβαίνει μόνο αγγλικά και δεν μπορεί να αντιληφθεί κίνδυνο στα ελληνικά. "
        "Αν χρειάζεστε βοήθεια, πατήστε «I need help» ή καλέστε το {number}.",
        "Χρειάζεστε βοήθεια τώρα; Πατήστε το κουμπί ή καλέστε το {number}.",
        cries="βοήθεια, βοηθήστε με, έπεσα, δεν μπορώ να αναπνεύσω, πόνος στο στήθος, θέλω να πεθάνω",
    ),
    "he": _language(
        "he",
        "לילו מבין כרגע רק אנגלית ואינו יכול להבחין בסכנה בעברית. "
        "אם דרושה עזרה, יש ללחוץ על „I need help” או להתקשר אל {number}.",
        "האם דרושה עזרה עכשיו? יש ללחוץ על הכפתור או להתקשר אל {number}.",
        cries="הצילו, עזרה, תעזרו לי, נפלתי, לא מצליח לנשום, לא מצליחה לנשום, כאב בחזה, רוצה למות",
    ),
    "other": _language("other", "", ""),
}

_SCRIPTS: Final = (
    ("HIRAGANA", "ja"), ("KATAKANA", "ja"), ("CJK", "zh"), ("HANGUL", "ko"), ("CYRILLIC", "ru"), ("ARABIC", "ar"),
    ("DEVANAGARI", "hi"), ("GREEK", "el"), ("HEBREW", "he"),
)  # fmt: skip
_UKRAINIAN: Final = re.compile("[іїєґ]", re.IGNORECASE)
_NOT_ARABIC: Final = re.compile("[پچژگٹڈڑےں]")


@lru_cache(maxsize=512)
def foreign_language(text: str) -> Language | None:
    """The language of a message that is plainly not English, or None. Pure."""
    by_script = _by_script(text)
    if by_script is not None:
        return by_script
    words = _words(text)
    crying = next((one for one in _LATIN if _is_only_a_cry(words, one)), None)
    if crying is not None:
        return crying
    if len(words) < FEWEST_WORDS:
        return None
    english = sum(word in _ENGLISH for word in words)
    hits, best = max(
        ((sum(word in one.small_words for word in words), one) for one in _LATIN), key=lambda found: found[0]
    )
    is_plain = hits >= FEWEST_HITS and hits >= SHARE * len(words) and hits > AGAINST * english
    return best if is_plain else None


def cries_for_help(text: str, language: Language) -> bool:
    """Whether the message calls for help in that language, by one of its few words for it. Pure."""
    if language.small_words:
        said = f" {' '.join(_words(text))} "
        return any(f" {cry} " in said for cry in language.cries)
    said = " ".join(_words(text))
    return any(cry in said for cry in language.cries)


def only_english(language: Language, number: str) -> str:
    """What is answered: in that language where there are words for it, and in English."""
    words = " ".join(part for part in (language.only_english, IN_ENGLISH) if part)
    return words.format(number=number)


def _is_only_a_cry(words: list[str], language: Language) -> bool:
    """Whether a short message is nothing but a cry for help: "¡Ayuda, por favor!", but not "call Socorro"."""
    if not words or len(words) > 2 * FEWEST_WORDS:
        return False
    said = f" {' '.join(words)} "
    if not any(f" {cry} " in said for cry in language.cries):
        return False
    known = language.small_words.union(*(cry.split() for cry in language.cries))
    return all(word in known for word in words)


def _by_script(text: str) -> Language | None:
    letters = [letter for letter in text if letter.isalpha()]
    foreign = [letter for letter in letters if not unicodedata.name(letter, "").startswith(("LATIN", "MODIFIER"))]
    if len(foreign) < FEWEST_LETTERS or len(foreign) < SCRIPT_SHARE * len(letters):
        return None
    names = [unicodedata.name(letter, "") for letter in foreign]
    code = next((code for script, code in _SCRIPTS if any(name.startswith(script) for name in names)), "other")
    if code == "ru" and _UKRAINIAN.search(text):
        code = "uk"
    if code == "ar" and _NOT_ARABIC.search(text):
        code = "other"
    return _OTHER_SCRIPTS[code]
