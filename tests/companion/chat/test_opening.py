"""The first words fit what was said, and two answers in a row never begin alike."""

from __future__ import annotations

from itertools import pairwise

import pytest

from companion.chat import phrases
from companion.chat.opening import opener


@pytest.mark.parametrize(
    ("said", "ways"),
    [
        ("My husband passed away in May and the evenings are long", phrases.GRIEVING),
        ("I’m so lonely", phrases.SORRY),
        ("my knee hurts on the stairs", phrases.SORRY),
        ("I keep waking up at three", phrases.TIRED),
        ("My mum keeps falling out of bed", phrases.FOR_ANOTHER),
        ("How much water should I drink?", phrases.GLAD_TO_HELP),
    ],
)
def test_acknowledgement_fits(said: str, ways: tuple[str, ...]) -> None:
    assert opener(said, category="sleep", turns_before=0) == ways[0]


def test_two_answers_in_a_row_never_begin_alike() -> None:
    said = "my knee hurts"
    openers = [opener(said, category="pain", turns_before=turn) for turn in range(6)]
    assert all(first != second for first, second in pairwise(openers))


def test_small_talk_needs_no_acknowledgement() -> None:
    assert opener("tell me a joke, I am sad", category="small-talk", turns_before=0) == ""
