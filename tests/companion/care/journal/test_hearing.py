"""What a senior says of themselves, heard as readings; what is asked, denied or said of others is let pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from companion.care.journal.hearing import hear
from companion.care.journal.measures import sentence


def heard(text: str, country: str = "GB") -> list[str]:
    return [sentence(each.reading) for each in hear(text, country=country)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I slept badly and my knee hurts", ["Slept badly", "Pain: 5 of 10, some (knee)"]),
        ("I didn’t sleep well last night.", ["Slept badly"]),
        ("I did not sleep a wink", ["Slept hardly at all"]),
        ("I slept very well, thank you", ["Slept very well"]),
        ("I had a good night", ["Slept well"]),
        ("I slept only 5.5 hours", ["Slept 5.5 hours"]),
        ("My knee and hip hurt a lot", ["Pain: 8 of 10, a lot (knee and hip)"]),
        ("My left knee aches a bit", ["Pain: 2 of 10, a little (left knee)"]),
        ("I've got a bad headache", ["Pain: 8 of 10, a lot (headache)"]),
        ("my pain is 7 out of 10", ["Pain: 7 of 10, a lot"]),
        ("I feel very sad", ["Mood: Bad (sad)"]),
        ("I'm happy today", ["Mood: Good (happy)"]),
        ("I weigh 72 kg", ["Weight: 72 kg"]),
        ("my weight is 11 stone 4", ["Weight: 71.7 kg"]),
        ("my blood pressure was 130 over 85", ["Blood pressure: 130 over 85"]),
        ("bp 142/88 this morning", ["Blood pressure: 142 over 88"]),
        ("my blood sugar is 6.5", ["Blood sugar: 6.5 mmol/L"]),
        ("my sugar is 120", ["Blood sugar: 6.7 mmol/L"]),
        ("I walked 4,000 steps", ["Walked 4,000 steps"]),
    ],
)
def test_plain_words_are_heard(text: str, found: list[str]) -> None:
    assert heard(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Why did I sleep badly?",
        "How can I sleep better?",
        "my knee hurts?",
        "Should I worry if my knee hurts",
        "If my knee hurts I sit down",
        "My husband slept badly",
        "She said my knee hurts",
        "My knee does not hurt",
        "I have no pain in my knee",
        "I'm not sad",
        "I don't think my knee hurts",
        "my knee hurts no more",
        "I used to sleep badly and I always slept badly",
        "My knee hurts sometimes",
        "Last year my knee hurt, I slept badly last winter",
        'In the song he sings "I slept badly"',
        "my feet are cold",
        "my weight is 724 kg",
        "my blood pressure is 20 over 800",
        "I am fine",
        "",
    ],
)
def test_what_is_no_fact_of_now_is_let_pass(text: str) -> None:
    assert heard(text) == []


def test_yesterday_is_kept_apart() -> None:
    found = hear("Yesterday I slept badly. My knee hurts.", country="US")
    assert [(each.reading.kind.value, each.days_ago) for each in found] == [("sleep", 1), ("pain", 0)]


def test_a_number_without_a_unit_is_taken_in_the_countrys_own() -> None:
    assert heard("my weight is 160", "US") == ["Weight: 72.6 kg"]
    assert heard("my weight is 72", "FR") == ["Weight: 72 kg"]


@given(some.text(max_size=300))
def test_any_text_can_be_heard(text: str) -> None:
    assert len({each.reading.kind for each in hear(text)}) == len(hear(text))
