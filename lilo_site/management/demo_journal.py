"""A journal for the demo household: ninety believable days, the same whenever they are made."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from companion.accounts.models import User
from companion.care.journal.measures import LB, Kind, Reading, to_base
from companion.care.journal.models import Entry, Source

DAYS = 90
#: By the day of the month.
NOTES = {
    4: "Anna came with the little one. We baked.",
    12: "Walked to the park and back. The knee was all right.",
    25: "Dizzy for a moment when I got up.",
}
QUESTIONS = {8: "Can I take the knee pills together with the heart pill?", 20: "Is it normal to be up twice a night?"}


def fill_journal(senior: User, *, by: User) -> int:
    """Write the days that are not there yet, up to this moment; how many entries.

    Args:
        senior: whose journal.
        by: who wrote the blood pressures down: the senior's daughter.
    """
    zone, now = ZoneInfo(senior.time_zone), timezone.now()
    today = now.astimezone(zone).date()
    wanted = {
        entry.key: entry
        for ago in range(DAYS)
        for entry in _day(senior, by, today - timedelta(days=ago), ago, zone)
        if entry.at <= now
    }
    there = set(Entry.everything.filter(senior=senior, key__in=wanted).values_list("key", flat=True))
    fresh = [entry for key, entry in wanted.items() if key not in there]
    Entry.objects.bulk_create(fresh)
    return len(fresh)


def _day(senior: User, by: User, day: date, ago: int, zone: ZoneInfo) -> Iterator[Entry]:
    for number, (clock, writer, reading) in enumerate(_readings(senior, by, day, ago)):
        at = datetime.combine(day, clock, zone)
        yield Entry(
            senior=senior,
            kind=reading.kind,
            at=at,
            day=day,
            value=reading.value,
            lower=reading.lower,
            unit=reading.unit,
            note=reading.note,
            source=Source.TAP if reading.kind in (Kind.MOOD, Kind.SLEEP, Kind.PAIN, Kind.CHECK_IN) else Source.FORM,
            written_by=writer,
            written_at=at,
            key=f"demo:{day}:{number}:{reading.kind}",
        )


def _readings(senior: User, by: User, day: date, ago: int) -> Iterator[tuple[time, User, Reading]]:
    """One day: she sleeps better than in autumn, her blood pressure comes down a little, the knee comes and goes."""
    chance = random.Random(day.toordinal())  # noqa: S311  (believable days, not secrets)
    minute = chance.randrange(50)
    if ago:
        yield time(8, minute), senior, Reading(Kind.CHECK_IN, 2 if chance.random() < 0.06 else 3)
        sleep = min(5, max(1, round(chance.gauss(3.9 - ago / 90, 0.8))))
        yield time(8, minute), senior, Reading(Kind.SLEEP, sleep)
    if chance.random() < 0.6:
        yield time(8, minute), senior, Reading(Kind.MOOD, min(5, max(2, round(chance.gauss(3.9, 0.7)))))
    if chance.random() < 0.35:
        knee = min(8, max(2, round(chance.gauss(4, 1.6))))
        yield time(15, minute), senior, Reading(Kind.PAIN, knee, note="left knee")
    if day.weekday() in (0, 2, 5):
        upper, lower = round(chance.gauss(127 + ago / 6, 4)), round(chance.gauss(76 + ago / 20, 3))
        yield time(9, minute), by, Reading(Kind.BLOOD_PRESSURE, upper, lower, unit="mmHg")
    if day.weekday() in (1, 4, 6):
        pounds = round(chance.gauss(158.5 - ago / 60, 0.5), 1)
        yield time(7, minute), senior, Reading(Kind.WEIGHT, to_base(LB, pounds), unit="lb")
    if chance.random() < 0.8:
        yield time(20, minute), senior, Reading(Kind.STEPS, max(400, 10 * round(chance.gauss(290, 90))), unit="steps")
    if day.day in NOTES:
        yield time(18, minute), senior, Reading(Kind.NOTE, note=NOTES[day.day])
    if day.day in QUESTIONS and ago < 31:
        yield time(11, minute), senior, Reading(Kind.QUESTION, note=QUESTIONS[day.day])
