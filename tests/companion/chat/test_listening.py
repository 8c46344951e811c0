"""What people tell, asking nothing, is listened to; what they ask or suffer from is not nodded at."""

from __future__ import annotations

import pytest

from companion.chat.listening import Told, told
from companion.chat.rules import Act, act_of


@pytest.mark.parametrize(
    ("text", "feeling"),
    [
        ("Our Karen's passed her nursing exams!", Told.GLAD),
        ("I won the raffle at the club today", Told.GLAD),
        ("I miss my husband so, these evenings", Told.SAD),
        ("I've been in tears all afternoon", Told.SAD),
        ("I was a bus driver for forty years", Told.PLAIN),
        ("We had the grandchildren here for tea", Told.PLAIN),
    ],
)
def test_what_is_told_is_heard(text: str, feeling: Told) -> None:
    assert told(text) is feeling


@pytest.mark.parametrize(
    "text",
    [
        "What happened to my pension?",
        "is my daughter coming",
        "Tell me about my operation",
        "my phone won't charge",
        "My knee hurts when I kneel",
        "I lost my glasses",
        "samsung dead by noon",
        "dangerous blood pressure",
        "I want to speak to my son",
    ],
)
def test_questions_wishes_and_troubles_want_an_answer(text: str) -> None:
    assert told(text) is None


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("Ta very much duck, that's cleared it up", Act.THANKS),
        ("well bless you thats ever so good of you", Act.THANKS),
        ("nighty night", Act.GOODBYE),
        ("Thank you, and what about salt", Act.QUESTION),
        ("Thanks for that, my leg hurts", Act.QUESTION),
        ("thanksgiving dinner ideas", Act.QUESTION),
    ],
)
def test_thanks_with_more_words_are_thanks_unless_more_is_asked(text: str, act: Act) -> None:
    assert act_of(text) is act
