"""What Lilo says and shows when it hears danger: fixed words, written beforehand, never generated.

Short sentences that can be read with one eye and heard with one ear. Lilo says that the circle is being told only when
it is, and never that it has called anybody: it cannot.
"""

from __future__ import annotations

from dataclasses import dataclass

from companion.safety.numbers import Need, Phone, emergency_numbers
from companion.safety.screen.levels import Assessment, Level

ANSWER_WITHIN_S = 60
"""Without a clear "no" to a question by then, the level rises."""

NEEDS_HELP = "safety:help"
IS_WELL = "safety:well"
CHOOSE_WHOM = "safety:choose-whom"

TELLING = "I am letting the people in your circle know."
_PATH_OF = {
    "self_harm": "self_harm", "abuse": "abuse", "scam": "scam", "medicine": "medicine", "poison": "poison",
    "hazard": "hazard", "intruder": "intruder", "lost": "lost", "collapse": "beside", "choking": "choking",
    "bleeding": "bleeding", "fall": "fall", "head_injury": "fall", "stroke": "lie_safe", "cardiac": "heart",
    "breathing": "breathing", "allergy": "breathing", "burn": "burn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """A large button; pressing it sends `value`."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Response:
    """What to show at once. `respond_within_s`: a question's time before the level rises; None where none was asked."""

    text: str
    steps: tuple[str, ...] = ()
    phones: tuple[Phone, ...] = ()
    choices: tuple[Choice, ...] = ()
    respond_within_s: int | None = None


@dataclass(frozen=True, slots=True)
class _Path:
    """The words of one kind of danger."""

    need: Need
    alarm: str
    steps: tuple[str, ...]
    question: str
    yes: str = "Yes, I need help"
    no: str = "No, I am all right"


_GENERAL = _Path(
    "medical",
    "This sounds serious. Please ring {number} now.",
    ("Sit or lie somewhere safe.", "Unlock the front door if you can do it safely.", "Keep your phone with you."),
    "I want to be sure you are safe. Do you need help right now?",
)
_PATHS = {
    "fall": _Path(
        "medical",
        "I am with you. If you are hurt or cannot get up, please ring {number} now.",
        (
            "Stay still if you hurt. Do not force yourself up.",
            "Keep warm: pull a coat, rug or blanket over you.",
            "Call out, or bang on the wall or floor, so that somebody hears you.",
        ),
        "Are you hurt, or do you need help to get up?",
    ),
    "heart": _Path(
        "medical",
        "This could be your heart. Please ring {number} now.",
        ("Sit down and rest your back against something.", "Loosen tight clothes.", "Unlock the door if it is near."),
        "Does your chest, arm or jaw hurt right now, or do you feel sick or sweaty?",
        yes="Yes",
        no="No, I am all right",
    ),
    "lie_safe": _Path(
        "medical",
        "This could be a stroke. Please ring {number} now. Every minute counts.",
        ("Sit or lie down.", "Do not eat or drink.", "Look at the clock: say when it began."),
        "Did this start suddenly, or is it happening right now?",
        yes="Yes",
        no="No, I am all right",
    ),
    "breathing": _Path(
        "medical",
        "Please ring {number} now. Your breathing comes first.",
        ("Sit upright and lean forward a little.", "Loosen your collar. Open a window.", "Try slow breaths."),
        "Is it hard to breathe right now, even when you sit still?",
        yes="Yes",
        no="No, I can breathe",
    ),
    "choking": _Path(
        "medical",
        "Cough as hard as you can. If it does not clear, ring {number} now.",
        (
            "Somebody with you: give five firm blows between the shoulder blades, then five pushes above the navel.",
            "Alone: push your stomach hard against the back of a chair.",
        ),
        "Is something stuck in your throat right now?",
        yes="Yes",
        no="No, it is clear",
    ),
    "bleeding": _Path(
        "medical",
        "Please ring {number} now.",
        ("Press hard on it with a clean cloth. Keep pressing.", "Sit or lie down.", "Do not lift the cloth to look."),
        "Are you bleeding right now, or do you feel faint?",
        yes="Yes",
        no="No, it has stopped",
    ),
    "burn": _Path(
        "medical",
        "Please ring {number} now if the burn is large, deep, or on the face or hands.",
        ("Hold it under cool running water for 20 minutes.", "Take off rings near it.", "No butter, no ice."),
        "Is the burn bigger than your hand, or on your face or hands?",
        yes="Yes",
        no="No, it is small",
    ),
    "beside": _Path(
        "medical",
        "Please ring {number} now and put the phone on loudspeaker. They will tell you what to do.",
        (
            "Speak to them and tap their shoulder.",
            "Not breathing: push hard and fast in the middle of the chest until help comes.",
            "Breathing but not awake: roll them on their side.",
        ),
        "Is the person awake and talking to you as usual?",
        yes="No, they need help",
        no="Yes, they are all right",
    ),
    "self_harm": _Path(
        "crisis",
        "I am so sorry it hurts this much. You matter, and you do not have to be alone with this. "
        "Please ring {number} now and tell them what you told me.",
        (
            "Put some distance between you and anything you could hurt yourself with.",
            "Go and sit with somebody, or ring somebody you trust.",
        ),
        "Thank you for telling me. Are you thinking of ending your life?",
        yes="Yes, or I am not sure",
        no="No, I am not",
    ),
    "abuse": _Path(
        "abuse",
        "You do not deserve this. If you are in danger, ring {number} now.",
        ("Go where you are safe, or near other people, if you can.", "You decide who is told. I tell nobody you fear."),
        "Nobody may treat you like that, and it is not your fault. Do you want help with it?",
        yes="Yes, I want help",
        no="Not now, I am safe",
    ),
    "scam": _Path(
        "scam",
        "Stop and hang up. It sounds like a trick. If they are at your door, ring {number}.",
        ("Do not pay, read out a code, or let them into your computer.", "Ring your bank on the number on your card."),
        "This sounds like a trick. Is somebody asking you for money, codes or your computer right now?",
        yes="Yes",
        no="No",
    ),
    "medicine": _Path(
        "poison",
        "Please ring {number} now and have the packet with you.",
        ("Take no more of it until they tell you.", "Write down what you took and when.", "Do not make yourself sick."),
        "Did you take something you should not have, or more of it than it says?",
        yes="Yes, or I am not sure",
        no="No, all is well",
    ),
    "poison": _Path(
        "poison",
        "Please ring {number} now and have the bottle or packet with you.",
        ("Do not make yourself sick.", "Rinse your mouth. In the eye: rinse 20 minutes.", "Get fresh air."),
        "Did you swallow, breathe in or touch something harmful?",
        yes="Yes, or I am not sure",
        no="No, all is well",
    ),
    "hazard": _Path(
        "fire",
        "Leave now. Go outside first, then ring {number}.",
        (
            "Leave everything. Close doors behind you. Do not use the lift.",
            "Gas: touch no switches and light no flame.",
            "Do not go back in.",
            "If you cannot get out: close the door, go to a window, call out.",
        ),
        "Is there smoke, fire, a gas smell or an alarm sounding right now?",
        yes="Yes",
        no="No, all is well",
    ),
    "intruder": _Path(
        "police",
        "Please ring {number} now.",
        ("Go into a room you can lock, or out to a neighbour.", "Do not open the door. Do not face them."),
        "Is somebody there right now whom you do not want there?",
        yes="Yes",
        no="No, I am safe",
    ),
    "lost": _Path(
        "medical",
        "You are not alone. Stay where you are and ring {number}; they can find you.",
        ("Stand or sit somewhere light and warm.", "Ask somebody near, or in a shop, what this place is called."),
        "Do you know where you are?",
        yes="No, I need help",
        no="Yes, I know",
    ),
}  # fmt: skip


def response_for(assessment: Assessment, *, country: str, circle_will_be_told: bool) -> Response:
    """The fixed answer to an assessment of level E or A.

    Args:
        assessment: what the screen heard.
        country: ISO two-letter code of where the senior lives, for the numbers.
        circle_will_be_told: whether an alert goes out to the circle at once. For abuse nobody is told until the senior
            has chosen whom, so it is not said there.

    Raises:
        ValueError: the level asks for no response.
    """
    if assessment.level not in {Level.EMERGENCY, Level.ASK}:
        raise ValueError(f"level {assessment.level} has no response")
    path = _PATHS.get(_PATH_OF.get(assessment.category, ""), _GENERAL)
    phones = _phones(assessment.category, path.need, country)
    if assessment.level is Level.ASK:
        return _question(assessment.category, path, phones)
    told = circle_will_be_told and assessment.category != "abuse"
    text = path.alarm.format(number=_first_number(assessment.category, phones))
    choices: tuple[Choice, ...] = (Choice("I am all right now", IS_WELL),)
    if assessment.category == "abuse":
        choices = (Choice("Choose who is told", CHOOSE_WHOM), *choices)
    return Response(f"{text} {TELLING}" if told else text, path.steps, phones, choices)


def _question(category: str, path: _Path, phones: tuple[Phone, ...]) -> Response:
    choices = (Choice(path.yes, CHOOSE_WHOM if category == "abuse" else NEEDS_HELP), Choice(path.no, IS_WELL))
    # Silence about abuse must not send an alert to somebody who may be the one feared.
    within = None if category == "abuse" else ANSWER_WITHIN_S
    return Response(path.question, (), phones, choices, within)


def _phones(category: str, need: Need, country: str) -> tuple[Phone, ...]:
    return emergency_numbers(country, "gas" if category == "hazard" else need)


def _first_number(category: str, phones: tuple[Phone, ...]) -> str:
    """The number to name in the text: the emergency one, or for self-harm the crisis line where there is one."""
    emergency_last = category in {"abuse", "scam"}
    if category == "self_harm" and len(phones) > 1:
        return f"{phones[1].number} or {phones[0].number}"
    return phones[-1 if emergency_last else 0].number
