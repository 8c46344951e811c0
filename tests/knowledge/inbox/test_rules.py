"""Wordings and keys."""

from __future__ import annotations

from itertools import permutations

from knowledge.inbox.rules import headline, key_for, plain_wordings


def test_shortest_telling_wording_stands_for_all() -> None:
    assert (
        headline(["Llama?", "Can I keep a llama?", "Please tell me whether I can keep a llama"])
        == "Can I keep a llama?"
    )
    assert headline(["Llama?", "A llama"]) == "A llama"
    assert headline([]) == ""


def test_wordings_lose_their_marks_and_doubles() -> None:
    told = ["Is it time (name)?", "May (name) eat ripe nuts?", "may eat ripe nuts", "(number)"]
    for each in permutations(told):  # they come in an order that was drawn by lot
        assert plain_wordings(each) == ["May eat ripe nuts?", "Is it time?"]


def test_keys_are_words_and_free() -> None:
    assert key_for("Can I keep a llama at home, dear?", set()) == "can-i-keep-a-llama-at-home"
    assert key_for("What's new?", {"whats-new", "whats-new-2"}) == "whats-new-3"
    assert key_for("???", set()) == "question"
