"""What plain news of a day is, and what is more."""

from __future__ import annotations

import pytest

from companion.chat.daily_news import is_plain_news
from companion.chat.danger import unless_plain
from companion.safety.screen import Assessment, Level


@pytest.mark.parametrize(
    "text",
    [
        "I slept badly and my knee hurts",
        "I slept badly and my left knee hurts, about five",
        "I had a bad night and my knee is sore.",
        "My back hurts, about 4",
        "My right hip aches again today",
        "slept ok, back aches",
        "I’ve got a sore shoulder",
        "my hands are stiff this morning",
        "MY ARTHRITIS IS PLAYING UP",
        "I weigh 160 lb today",
        "my weight is 72.5 kg and I slept well",
    ],
)
def test_plain_news_is_no_danger_though_the_learned_layer_guesses_one(text: str) -> None:
    guess = Assessment(Level.ASK, "pain", 0.97, ("learned: pain 0.97",))
    assert is_plain_news(text)
    assert unless_plain(guess, text, ["Good morning"]).level is Level.NONE
    assert unless_plain(guess, text, ["I fell down the stairs"]) is guess, "after a fall it is news of it"
    assert unless_plain(Assessment(Level.ASK, "self_harm", 0.6, ()), text, []).level is Level.ASK


@pytest.mark.parametrize(
    "text",
    [
        "my chest hurts",
        "I slept badly and I can't breathe",
        "I slept badly and want to die",
        "my knee hurts and I fell",
        "my back hurts terribly",
        "my back hurts and I cannot pass water",
        "my back hurts, a tearing pain",
        "my leg hurts",
        "my left arm hurts",
        "my neck is stiff",
        "my head hurts a bit",
        "my knee hurts, 9 of 10",
        "my husband's knee hurts",
        "my foot hurts and it is black",
        "my pulse is 38",
        "my sugar is 45",
        "my temperature is 40.2",
        "my pulse is 140 and I feel faint",
        "I took 40 pills",
        "",
    ],
)
def test_anything_more_is_heard_in_full(text: str) -> None:
    guess = Assessment(Level.ASK, "pain", 0.5, ("learned: pain 0.50",))
    assert not is_plain_news(text)
    assert unless_plain(guess, text, []) is guess
