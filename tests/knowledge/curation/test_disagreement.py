"""Hints that two answers contradict each other, and no hints where they do not."""

from __future__ import annotations

import pytest

from knowledge.curation.disagreement import disagreements

NOT_TO = "One says not to, the other does not."
AMOUNTS = "They name different amounts or times."
YES_NO = "One begins with yes, the other with no."


@pytest.mark.parametrize(
    ("ours", "theirs", "how"),
    [
        ("Take this pill with food.", "Do not take this pill with food.", NOT_TO),
        ("You can eat grapefruit with this pill.", "You can't eat grapefruit with this pill.", NOT_TO),
        ("Never wear slippers on the stairs.", "You can wear slippers on the stairs.", NOT_TO),
        ("You may stop the antibiotic early.", "Do not stop the antibiotic early.", NOT_TO),
        ("Walk for 20 minutes each day.", "Walk for thirty minutes each day.", AMOUNTS),
        ("Ask someone to look in twice a day in the heat.", "Ask someone to look in once a day in the heat.", AMOUNTS),
        ("Keep your living room at 18 degrees.", "Keep your living room at 21 degrees.", AMOUNTS),
        ("Yes, it is safe to drive.", "No, wait until your doctor agrees.", YES_NO),
    ],
)
def test_contradiction_is_hinted_at_both_ways_round(ours: str, theirs: str, how: str) -> None:
    found = disagreements(f"{ours} Rest well.", f"Stay warm. {theirs}" if how != YES_NO else theirs)
    assert [hint.how for hint in found] == [how]
    assert (found[0].ours, found[0].theirs) == (ours, theirs)
    assert [hint.how for hint in disagreements(theirs, ours)] == [how]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Do not take this pill with food.", "Never take this pill with food."),
        ("Walk for 20 minutes each day.", "Walk for twenty minutes each day."),
        ("Wear shoes with a sole that does not slip.", "Wear shoes with a sole that grips."),
        ("Call a doctor if the pain does not go away.", "Call a doctor if the pain comes with fever."),
        ("Drink water before you go out.", "Do not skip breakfast."),
        ("Yes, it is safe.", "Yes, most people can."),
        ("No one should feel alone.", "Yes, many people feel alone."),
        ("Take the first 2 steps slowly.", "Take the first steps slowly, 10 times."),
        ("", ""),
    ],
)
def test_agreement_is_left_alone(ours: str, theirs: str) -> None:
    assert disagreements(ours, theirs) == []


def test_very_long_answers_are_compared_within_bounds() -> None:
    page = " ".join(f"Rule {number} is to rest for {number} hours after lunch." for number in range(2_000))
    assert disagreements(page, "Nothing of this.") == []
