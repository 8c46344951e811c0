"""How a senior is, in words: the gravest first, and never "fine" without a sign."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from companion.family import rules
from companion.family.rules import Doses, Known, Tone, Trouble

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday
EVERYTHING = Known("Margaret", NOON, "UTC", is_watched=True, shares_talks=True, seen_at=NOON, doses=Doses(taken=2))


@pytest.mark.parametrize(
    ("change", "tone", "headline"),
    [
        ({}, Tone.WELL, "Margaret is fine this afternoon"),
        ({"trouble": Trouble.HELP}, Tone.ALARM, "Margaret needs help"),
        ({"trouble": Trouble.CALMED}, Tone.SOON, "Margaret needs a check"),
        ({"trouble": Trouble.CLAIMED, "helper": "Ben"}, Tone.SOON, "Ben is looking after Margaret"),
        ({"trouble": Trouble.MINE}, Tone.SOON, "You are looking after Margaret"),
        ({"trouble": Trouble.DRILL}, Tone.SOON, "A drill is on for Margaret"),
        ({"trouble": Trouble.HELP, "doses": Doses(missed=1)}, Tone.ALARM, "Margaret needs help"),
        ({"feels": 2}, Tone.SOON, "Margaret is not so well today"),
        ({"feels": 3}, Tone.WELL, "Margaret is fine this afternoon"),
        ({"doses": Doses(taken=1, missed=1)}, Tone.SOON, "A medicine was missed today"),
        ({"doses": Doses(missed=2)}, Tone.SOON, "2 medicines were missed today"),
        ({"doses": Doses(waiting=1, late=1)}, Tone.SOON, "A medicine is late today"),
        ({"doses": Doses(waiting=1)}, Tone.WELL, "Margaret is fine this afternoon"),
        ({"seen_at": NOON - timedelta(hours=14)}, Tone.PLAIN, "Not heard from Margaret yet today"),
        (
            {"seen_at": NOON - timedelta(hours=26)},
            Tone.SOON,
            "Not heard from Margaret since yesterday at 10:00 a.m.",
        ),
        ({"seen_at": None}, Tone.PLAIN, "Margaret has not talked with Lilo yet"),
        ({"seen_at": None, "shares_talks": False}, Tone.PLAIN, "No alerts for Margaret"),
        ({"seen_at": NOON - timedelta(days=3), "shares_talks": False}, Tone.PLAIN, "No alerts for Margaret"),
        ({"is_watched": False, "seen_at": None, "doses": None}, Tone.PLAIN, "No alerts for Margaret"),
    ],
)
def test_the_status_in_words(change: dict[str, Any], tone: Tone, headline: str) -> None:
    status = rules.status_of(replace(EVERYTHING, **change))
    assert (status.tone, status.headline) == (tone, headline)


def test_today_is_the_seniors_day_not_ours() -> None:
    late = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)  # still the 17th in New York
    known = replace(EVERYTHING, now=late, seen_at=late - timedelta(hours=2), zone="America/New_York")
    assert rules.status_of(known).headline == "Margaret is fine tonight"
    known = replace(known, now=late + timedelta(hours=6))
    assert rules.status_of(known).headline == "Not heard from Margaret yet today"


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=4, seconds=50), "4 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(hours=30), "1 day ago"),
        (timedelta(days=4), "4 days ago"),
    ],
)
def test_how_old_a_fact_is(back: timedelta, words: str) -> None:
    assert rules.ago_in_words(NOON - back, NOON) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOON.replace(hour=9, minute=12), "9:12 a.m."),
        (NOON - timedelta(days=1), "yesterday at 12:00 p.m."),
        (NOON - timedelta(days=4), "Saturday at 12:00 p.m."),
        (datetime(2026, 3, 3, 20, 14, tzinfo=UTC), "3 March at 8:14 p.m."),
        (datetime(2025, 3, 3, 20, 14, tzinfo=UTC), "3 March 2025 at 8:14 p.m."),
    ],
)
def test_when_it_was(at: datetime, words: str) -> None:
    assert rules.when_in_words(at, NOON, "UTC") == words


def test_days_to_come_are_named_too() -> None:
    today = date(2026, 11, 18)
    named = [rules.day_in_words(today + timedelta(days=days), today) for days in (0, 1, 3, 9)]
    assert named == ["today", "tomorrow", "Saturday", "27 November"]
