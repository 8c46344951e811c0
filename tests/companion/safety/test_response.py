"""What is shown in an emergency: calm, true, and never the wrong person told."""

from __future__ import annotations

import pytest

from companion.safety.guard import check_sentence
from companion.safety.response import ANSWER_WITHIN_S, CHOOSE_WHOM, IS_WELL, NEEDS_HELP, TELLING, Response, response_for
from companion.safety.screen import CATEGORIES, Assessment, Level

DANGERS = [category for category in CATEGORIES if category != "none"]


def _shown(level: Level, category: str, *, country: str = "GB", told: bool = True) -> Response:
    return response_for(Assessment(level, category, 1.0), country=country, circle_will_be_told=told)


@pytest.mark.parametrize("category", DANGERS)
def test_emergency_names_the_number_of_the_country(category: str) -> None:
    for country, number in (("GB", "999"), ("US", "911"), ("FR", "112")):
        shown = _shown(Level.EMERGENCY, category, country=country)
        assert number in [phone.number for phone in shown.phones]
        assert number in shown.text
        assert shown.steps, "there is always something to do while waiting"


@pytest.mark.parametrize("category", DANGERS)
def test_lilo_never_says_that_it_called(category: str) -> None:
    for level in (Level.EMERGENCY, Level.ASK):
        shown = _shown(level, category)
        for said in (shown.text, *shown.steps):
            assert check_sentence(said, (said,)).reason != "promise of help", said


def test_circle_is_named_only_when_it_is_told() -> None:
    assert TELLING in _shown(Level.EMERGENCY, "fall", told=True).text
    assert TELLING not in _shown(Level.EMERGENCY, "fall", told=False).text


@pytest.mark.parametrize("category", DANGERS)
def test_question_is_one_question_with_two_answers(category: str) -> None:
    shown = _shown(Level.ASK, category)
    assert shown.text.count("?") == 1
    assert len(shown.choices) == 2
    assert shown.choices[1].value == IS_WELL
    if category == "abuse":
        return
    assert shown.choices[0].value == NEEDS_HELP
    assert shown.respond_within_s == ANSWER_WITHIN_S


def test_abuse_tells_nobody_before_the_senior_has_chosen() -> None:
    now = _shown(Level.EMERGENCY, "abuse", told=True)
    asked = _shown(Level.ASK, "abuse", told=True)
    assert TELLING not in now.text + asked.text
    assert now.choices[0].value == asked.choices[0].value == CHOOSE_WHOM
    assert asked.respond_within_s is None, "silence must not alert the person who is feared"


def test_own_paths() -> None:
    assert "116 123" in _shown(Level.EMERGENCY, "self_harm").text
    assert "116 123" in [phone.number for phone in _shown(Level.ASK, "self_harm").phones]
    assert _shown(Level.EMERGENCY, "hazard").text.startswith("Leave now.")
    assert "1-800-222-1222" in [phone.number for phone in _shown(Level.ASK, "medicine", country="US").phones]
    assert "Do not make yourself sick." in _shown(Level.EMERGENCY, "poison").steps
    assert "159" in [phone.number for phone in _shown(Level.ASK, "scam").phones]
    assert "chest" in " ".join(_shown(Level.EMERGENCY, "collapse").steps)


@pytest.mark.parametrize("level", [Level.CONCERN, Level.NONE])
def test_no_response_without_danger(level: Level) -> None:
    with pytest.raises(ValueError, match="no response"):
        _shown(level, "fall")


def test_words_are_short_enough_to_read_in_fear() -> None:
    for category in DANGERS:
        shown = _shown(Level.EMERGENCY, category)
        assert len(shown.text.split()) <= 60, category
        assert all(len(step.split()) <= 22 for step in shown.steps), category
        assert all(len(choice.label) <= 28 for choice in shown.choices), category
