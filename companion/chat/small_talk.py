"""Answers that need no looking up: thanks, greetings, the day and the hour."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from companion.chat import phrases
from companion.chat.rules import Act

WAYS = {Act.THANKS: phrases.THANKS, Act.GREETING: phrases.GREETING, Act.GOODBYE: phrases.GOODBYE}
PARTS = ((5, "at night"), (12, "in the morning"), (18, "in the afternoon"), (22, "in the evening"), (24, "at night"))


def small_talk(act: Act, name: str, turns_before: int, time_zone: str) -> str | None:
    """What to say to a kind of words that stands for itself, or None where it must be looked up.

    Args:
        act: what kind of words.
        name: how to call the person.
        turns_before: turns of this talk so far.
        time_zone: where the person lives, for the day and the hour.
    """
    if act in WAYS:
        return phrases.chosen(WAYS[act], turns_before).format(name=name)
    if act in (Act.DAY, Act.TIME):
        now = timezone.now().astimezone(ZoneInfo(time_zone))
        return (phrases.DAY if act is Act.DAY else phrases.TIME).format(day=_day(now), time=_time(now))
    return None


def _day(now: datetime) -> str:
    return f"{now:%A}, {now.day} {now:%B}"


def _time(now: datetime) -> str:
    part = next(words for until, words in PARTS if now.hour < until)
    return f"{now.hour % 12 or 12}:{now:%M} {part}"
