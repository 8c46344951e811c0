"""When messages come up, and what is offered under them: tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from companion.chat.family_messages import rules

NEW_YORK = "America/New_York"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "due"),
    [
        ("2026-11-22T17:00", NEW_YORK, "2026-11-22T17:00"),  # noon
        ("2026-11-23T01:59", NEW_YORK, "2026-11-23T01:59"),  # 20:59
        ("2026-11-23T02:00", NEW_YORK, "2026-11-23T13:00"),  # 21:00 waits for 8:00
        ("2026-11-23T10:00", NEW_YORK, "2026-11-23T13:00"),  # 5:00
        ("2026-11-23T13:00", NEW_YORK, "2026-11-23T13:00"),  # 8:00
        ("2027-03-14T04:30", NEW_YORK, "2027-03-14T12:00"),  # the night the clocks go forward: 8:00 is an hour sooner
        ("2026-11-01T03:00", NEW_YORK, "2026-11-01T13:00"),  # and the one they go back
        ("2026-10-04T12:00", "Australia/Lord_Howe", "2026-10-04T21:00"),  # the day they go forward by half an hour
    ],
)
def test_a_message_of_the_night_waits_for_the_seniors_morning(now: str, zone: str, due: str) -> None:
    assert rules.due_at(at(now), zone, None) == at(due)


def test_who_is_talking_gets_it_even_at_night() -> None:
    night = at("2026-11-23T04:00")
    assert rules.due_at(night, NEW_YORK, night - timedelta(minutes=9)) == night
    assert rules.due_at(night, NEW_YORK, night - timedelta(minutes=11)) > night


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Shall I come at four?", ["Yes", "No"]),
        ("I ring after lunch.", ["Thank you", "Please ring me"]),
    ],
)
def test_quick_answers_fit_what_was_written(text: str, labels: list[str]) -> None:
    assert [answer.label for answer in rules.quick_answers(text)] == labels
