"""What is taken out of a question before it leaves the person's room, and what must stay in it."""

from __future__ import annotations

import pytest

from companion.chat.questions.redaction import MOST_CHARACTERS, capital_words, redact

NAMES = ["Margaret Doyle", "margaret", "Anna Doyle", "Ben", "Rose Hill", "May Lane", "Dr Patel, High Street Surgery"]
KNOWN = frozenset({"eliquis", "parkinson", "paracetamol"})


@pytest.mark.parametrize(
    ("said", "passed"),
    [
        (
            "my daughter anna says I should stop, is that right?",
            "my daughter (name) says I should stop, is that right?",
        ),
        ("Should Ben bring me to the GP?", "Should (name) bring me to the GP?"),
        ("Does Dr Patel know about Anna's cough?", "Does (name) know about (name) cough?"),
        ("My name is trudi, can I eat cheese?", "My name is (name), can I eat cheese?"),
        ("My neighbour Mrs Higgins has shingles. Can I catch it?", "My neighbour (name) has shingles. Can I catch it?"),
        ("What did Trevor mean by COPD on Monday?", "What did (name) mean by COPD on Monday?"),
        ("Can I go to Blackpool with a new hip?", "Can I go to (name) with a new hip?"),
        ("I was born on 3 March 1941, which jabs do I need?", "I was born on (date), which jabs do I need?"),
        ("Born 03/03/1941. Too old to drive?", "Born (date). Too old to drive?"),
        ("Can they ring me on +44 7700 900123?", "Can they ring me on (number)?"),
        ("My NHS number is 943 476 5919, what is it for?", "My NHS number is (number), what is it for?"),
        ("AB123456C is on my letter, why?", "(number) is on my letter, why?"),
        ("Write to m.doyle@example.org, will you?", "Write to (e-mail), will you?"),
        ("I live at 12 Rose Garden Street. Can I get a ramp?", "I live at (address). Can I get a ramp?"),
        ("Is there a club near BS1 4DJ?", "Is there a club near (address)?"),
    ],
)
def test_what_tells_who_asked_is_taken_out(said: str, passed: str) -> None:
    assert redact(said, names=NAMES, known=KNOWN) == passed


@pytest.mark.parametrize(
    "said",
    [
        "Can I take Eliquis with grapefruit?",
        "Does Parkinson's make you tired?",
        "Is 150/90 too high?",
        "Can I take 2 tablets of Paracetamol?",
        "WHAT CAN I DO ABOUT MY KNEE",
        "Do the roses rest in June, and may I cut them?",
        "Can my surgery do that on the high street?",
        "Is I'm tired all the time a reason to see the GP?",
    ],
)
def test_what_is_asked_stays(said: str) -> None:
    assert redact(said, names=NAMES, known=KNOWN) == said


def test_of_a_story_only_the_question_goes() -> None:
    story = "My late husband kept bees behind the house and we had honey each year until he fell ill. " * 4
    assert redact(f"{story}Can I still eat old honey?", names=[]) == "Can I still eat old honey?"
    assert len(redact("and then " * 200, names=[])) <= MOST_CHARACTERS


def test_words_with_a_capital_are_named_for_others_to_know() -> None:
    assert capital_words("Can Anna's Eliquis wait?") == {"can", "anna", "eliquis"}
