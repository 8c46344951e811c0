"""What kind of thing was said, and what it means after what went before."""

from __future__ import annotations

import pytest

from companion.chat.rules import Act, act_of, in_context, is_follow_up, whole_question


@pytest.mark.parametrize(
    ("said", "act"),
    [
        ("Tell me more", Act.MORE),
        ("tell me more about that please", Act.MORE),
        ("Yes please, go on", Act.MORE),
        ("Could you explain that again?", Act.MORE),
        ("What else?", Act.MORE),
        ("another one", Act.MORE),
        ("what day is it today?", Act.DAY),
        ("Lilo, can you tell me what's the date", Act.DAY),
        ("what time is it please", Act.TIME),
        ("What day should I take my bin out?", Act.QUESTION),
        ("what time should I take my pills", Act.QUESTION),
        ("Thank you so much", Act.THANKS),
        ("thanks Lilo", Act.THANKS),
        ("Oh, that's very kind. Thank you.", Act.THANKS),
        ("Good morning, Lilo!", Act.GREETING),
        ("hello", Act.GREETING),
        ("Goodnight dear", Act.GOODBYE),
        ("bye bye", Act.GOODBYE),
        ("Tell me more about blood pressure", Act.QUESTION),
        ("Thank you, but my knee still hurts", Act.QUESTION),
        ("Good morning, my chest feels tight", Act.QUESTION),
        ("hello I fell", Act.QUESTION),
        ("Goodness me", Act.QUESTION),
        ("Say goodbye to my husband? He died", Act.QUESTION),
        ("more salt in my food?", Act.QUESTION),
    ],
)
def test_kind_of_words(said: str, act: Act) -> None:
    assert act_of(said) is act


@pytest.mark.parametrize(
    ("said", "leans"),
    [
        ("and at night?", True),
        ("What about coffee?", True),
        ("why?", True),
        ("Is it dangerous?", True),
        ("how often should I do that", True),
        ("Is it safe to eat grapefruit?", False),
        ("My knees hurt when I climb stairs", False),
        ("It is very cold in my flat today, what should I do about the pipes", False),
        ("How do I stop a nosebleed?", False),
    ],
)
def test_follow_ups_are_short_and_lean_on_what_was_said(said: str, leans: bool) -> None:
    assert is_follow_up(said) is leans


def test_follow_up_is_put_behind_the_question_it_belongs_to() -> None:
    assert whole_question("And at night?", ["My legs ache when I walk."]) == "My legs ache when I walk. And at night?"


def test_follow_up_of_a_follow_up_finds_the_first_question() -> None:
    earlier = ["What helps with sore gums?", "And at night?", "Thank you"]
    assert whole_question("why?", earlier) == "What helps with sore gums? And at night? why?"


def test_question_is_put_behind_the_last_matter_only() -> None:
    earlier = ["What helps with sore gums?", "My omron says 162 over 74.", "I take a water tablet."]
    asked = in_context("Should I worry if only the upper number is high?", earlier)
    assert asked == "My omron says 162 over 74. I take a water tablet. Should I worry if only the upper number is high?"


def test_question_that_stands_alone_is_left_alone() -> None:
    assert (
        whole_question("How can I lower my blood pressure?", ["What helps with sore gums?"])
        == "How can I lower my blood pressure?"
    )


def test_follow_up_with_nothing_before_is_left_alone() -> None:
    assert whole_question("and at night?", []) == "and at night?"
    assert whole_question("and at night?", ["thanks", "hello"]) == "and at night?"
