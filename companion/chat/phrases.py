"""Lilo's own words: what is said besides the curated answers. Short, kind, honest; reading grade 6 or lower.

Each group holds ways of saying one thing, so that Lilo does not repeat itself; `chosen` picks one.
"""

from __future__ import annotations

from collections.abc import Sequence

THANKS = (
    "You are very welcome. Ask me anything, any time.",
    "It is a pleasure. I am here whenever you want to talk.",
    "I am glad to help. Is there anything else on your mind?",
)
#: To people who tell something and ask nothing, by how they seem to feel.
HEARD = {
    "glad": (
        "That is lovely to hear. Thank you for telling me.",
        "How nice. I am glad you told me.",
        "That is good news. Tell me more about it, if you like.",
    ),
    "sad": (
        "I am sorry. That sounds hard. I am here to listen, as long as you like.",
        "Thank you for telling me. I am sorry that you feel so.",
        "I am sorry to hear that. Would you like to tell me more?",
    ),
    "plain": (
        "Thank you for telling me. I like to hear about your life.",
        "I am listening. Tell me more, if you like.",
        "I see. Thank you for telling me.",
    ),
}
ASK_ME_OF_IT = "If there is something you want to know about it, just ask me."
#: What the law has Lilo say at the start of a talk and every three hours.
A_PROGRAM = "I am Lilo, a computer program, not a person."
GREETING = (
    "Hello, {name}. What would you like to talk about?",
    "Hello, {name}. It is good to hear from you. How can I help?",
    "Hello, {name}. What is on your mind today?",
)
GOODBYE = (
    "Goodbye, {name}. I am here when you want to talk again.",
    "Take care, {name}. Come back any time.",
)
#: `{day}` is "Sunday, 22 November", `{time}` is "9:10 in the morning".
DAY = "It is {day}."
TIME = "It is {time}, on {day}."
NOTHING_TO_ADD = "I have told you all I know about that. Your doctor or pharmacist can tell you more."
NOTHING_BEFORE = "Gladly. What would you like to hear more about?"

NOT_SURE = (
    "I'm not sure about that, and I would rather not guess.",
    "I'm not sure about that. I only answer from what I have been given to read.",
    "I'm not sure about that, so I won't make something up.",
)
ASK_A_PROFESSIONAL = (
    "For anything about your health or your medicines, your doctor or pharmacist is the best person to ask."
)
WHAT_I_KNOW = "I know most about health, home and the small things of the day."
ASK_ANOTHER_WAY = "You could ask me in other words, or ask someone you trust."
IF_UNWELL = "If you feel very unwell now, press I need help."

#: After a beginning, or alone.
WITHHELD = f"I found something on that, but it is not safe to pass it on as it stands. {ASK_A_PROFESSIONAL}"
UNAVAILABLE = (
    "I cannot look things up just now. I am sorry. Please ask me again in a few minutes."
    " If you feel unwell, press I need help, or ring someone you trust."
)
TOO_FAST = "That was a lot at once for me. Please wait a moment, then say it again."
NOT_KEPT = "I could not keep what we just said. Please say it again in a minute."
BROKEN = "Something went wrong on my side. Your words are still here. Please try again in a minute."

NEEDS_HELP = "I need help"
ALL_IS_WELL = "Thank you for telling me. I am here if you need me."
GLAD_YOU_ARE_WELL = "I am glad. If that changes, tell me, or press I need help."
BACK_TO_IT = "Now back to what you said."
THEY_WILL_STILL_CHECK = "I am glad. The people I told will still check that you are well."
TELLING = "I am telling them now. You did the right thing."
NOT_TOLD = "I could not tell them. Please ring somebody you trust, or press I need help."
WHOM_TO_TELL = "Whom may I tell? Nobody is told until you choose."
NOBODY_TO_TELL = "There is nobody in your circle I could tell. These people can help you:"
NOBODY_FOR_NOW = "Nobody for now"
KEPT_BACK = "I have kept what you wrote to myself. I have not sent it on."

#: Openers by the kind of thing the answer is about. "" means: say nothing before the answer.
SORRY = ("I am sorry to hear that.", "That sounds hard.", "I am sorry, that is no fun at all.")
TIRED = (
    "That is tiring.",
    "Many people know that feeling.",
    "I am sorry you have had a hard time with that.",
)
GRIEVING = ("I am so sorry.", "I am very sorry. That is a lot to carry.", "Thank you for telling me. I am sorry.")
GLAD_TO_HELP = (
    "That is a good thing to ask.",
    "I am glad you asked.",
    "Good question.",
    "Let me tell you what I know.",
)
LISTENING = ("Thank you for telling me.", "I see.", "I hear you.")
MORE = ("There is a little more to say.", "Here is some more.", "Gladly.")
FOR_ANOTHER = ("It is good that you are looking out for them.", "They are lucky to have you asking.")


def chosen(ways: Sequence[str], turns_before: int) -> str:
    """One of several ways to say a thing: the next one each turn, so that two answers in a row never begin alike."""
    return ways[turns_before % len(ways)]
