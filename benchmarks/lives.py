"""A senior's life over years, for what has to stay quick with it: doses, journal, talks, messages, alerts, all told."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from companion.accounts.models import User
    from companion.care.medicines.models import Occurrence, Regimen
    from companion.circle.models import Senior

YEARS = 2
PILLS = (
    ("Ramipril", "5 mg", "the white heart pill", "09:00"),
    ("Calcium", "500 mg", "the big bone pill", "09:00"),
    ("Amlodipine", "5 mg", "the small pink pill", "20:00"),
)
TALKS_A_DAY = 3
TURNS_A_TALK = 3
CLOSE_AFTER = timedelta(hours=4)
TOPICS = ("sleep-waking-at-night", "", "", "water-how-much", "")


def live(senior: Senior, circle: list[User], *, days: int = YEARS * 365, seed: int = 7) -> None:
    """Fill `days` days up to now: three pills a day, five readings, talks, messages with each of the circle, alerts."""
    chance = random.Random(seed)
    today = datetime.now(ZoneInfo(senior.user.time_zone)).date()
    span = [today - timedelta(days=number) for number in reversed(range(days))]
    _medicines(senior, span, chance)
    _journal(senior, span, chance)
    _talks(senior, span, chance)
    _messages(senior, circle, span, chance)
    _alerts(senior, circle, span, chance)


def _at(senior: Senior, day: date, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime.combine(day, time(int(hour), int(minute)), ZoneInfo(senior.user.time_zone))


def _medicines(senior: Senior, span: list[date], chance: random.Random) -> None:
    from companion.care.medicines.models import DoseState, Occurrence, Regimen, RegimenVersion

    now = datetime.now(ZoneInfo("UTC"))
    begun = _at(senior, span[0], "00:00")
    doses: list[Occurrence] = []
    for name, strength, look, label in PILLS:
        regimen = Regimen.objects.create(
            senior=senior,
            name=name,
            strength=strength,
            look=look,
            active_since=begun,
            laid_out_until=now + timedelta(days=1),
        )
        rule = {"kind": "times", "start": span[0].isoformat(), "slots": [{"at": label}]}
        version = RegimenVersion.objects.create(
            regimen=regimen, number=1, effective_from=begun, rule_data=rule, zone=senior.user.time_zone
        )
        for day in span:
            due = _at(senior, day, label)
            state = DoseState.TAKEN if chance.random() < 0.95 else DoseState.MISSED
            if due + CLOSE_AFTER > now:
                state = DoseState.PENDING if due + timedelta(minutes=5) > now else DoseState.TAKEN
            taken = due + timedelta(minutes=chance.randint(0, 40)) if state == DoseState.TAKEN else None
            doses.append(_dose(senior, regimen, version.pk, day, label, due, state, min(taken, now) if taken else None))
    Occurrence.objects.bulk_create(doses, batch_size=500)


def _dose(
    senior: Senior,
    regimen: Regimen,
    version: int,
    day: date,
    label: str,
    due: datetime,
    state: str,
    taken: datetime | None,
) -> Occurrence:
    from companion.care.medicines.models import Occurrence

    return Occurrence(
        senior=senior,
        regimen=regimen,
        version_id=version,
        local_date=day,
        slot=label,
        label=label,
        zone=senior.user.time_zone,
        quantity=1,
        due_at=due,
        opens_at=due - timedelta(minutes=30),
        late_at=due + timedelta(minutes=30),
        closes_at=due + CLOSE_AFTER,
        state=state,
        taken_at=taken,
        settled_at=taken,
        settled_by_id=senior.pk if taken else None,
    )


def _journal(senior: Senior, span: list[date], chance: random.Random) -> None:
    from companion.care.journal.models import Entry, Source

    kinds: dict[str, Callable[[], tuple[float, float | None, str]]] = {
        "check_in": lambda: (3.0, None, ""),
        "sleep": lambda: (float(chance.choice((2, 3, 3, 4))), None, ""),
        "pain": lambda: (float(chance.choice((0, 2, 2, 4))), None, ""),
        "weight": lambda: (64 + chance.gauss(0, 0.5), None, "kg"),
        "blood_pressure": lambda: (128 + chance.gauss(0, 6), 78 + chance.gauss(0, 4), "mmhg"),
    }
    rows = []
    now = datetime.now(ZoneInfo("UTC"))
    for day in span:
        at = min(_at(senior, day, "08:40"), now)
        for kind, make in kinds.items():
            value, lower, unit = make()
            rows.append(
                Entry(
                    senior_id=senior.pk,
                    kind=kind,
                    at=at,
                    day=day,
                    value=value,
                    lower=lower,
                    unit=unit,
                    source=Source.TAP,
                    written_by_id=senior.pk,
                    written_at=at,
                )
            )
    Entry.everything.bulk_create(rows, batch_size=500)


def _talks(senior: Senior, span: list[date], chance: random.Random) -> None:
    from companion.chat.models import Message

    rows: list[Message] = []
    now = datetime.now(ZoneInfo("UTC"))
    for day in span:
        for talk in range(TALKS_A_DAY):
            begun = _at(senior, day, f"{9 + 5 * talk}:12")
            for turn in range(TURNS_A_TALK):
                at = begun + timedelta(minutes=2 * turn)
                if at > now:
                    continue
                key = uuid4()
                entry = chance.choice(TOPICS)
                details = f'{{"kind":"answer","entries":["{entry}"]}}' if entry else "{}"
                words = {"user_id": senior.pk, "turn_id": key, "message_id": str(key)}
                rows.append(Message(role="senior", text="I slept badly again.", said_at=at, **words))
                answered = at + timedelta(seconds=1)
                rows.append(Message(role="lilo", text="Poor you.", details=details, said_at=answered, **words))
    Message.objects.bulk_create(rows, batch_size=500)


def _messages(senior: Senior, circle: list[User], span: list[date], chance: random.Random) -> None:
    from companion.chat.family_messages.models import FamilyMessage

    now = datetime.now(ZoneInfo("UTC"))
    rows = []
    for day in span[::2]:
        for person in circle:
            at = min(_at(senior, day, "12:30"), now)
            for by_senior, words in ((False, "Hello, I'll ring after lunch."), (True, "Lovely, I'll be in.")):
                written = min(at + timedelta(minutes=9 * by_senior), now)
                rows.append(
                    FamilyMessage(
                        senior_id=senior.pk,
                        person=person,
                        by_senior=by_senior,
                        text=words,
                        key=str(uuid4()),
                        written_at=written,
                        seen_at=written,
                        told_at=None if by_senior else written,
                    )
                )
    FamilyMessage.objects.bulk_create(rows, batch_size=500)


def _alerts(senior: Senior, circle: list[User], span: list[date], chance: random.Random) -> None:
    from companion.safety.models import Alert, AlertEvent

    for day in span[:-1:30]:
        at = _at(senior, day, "15:00")
        alert = Alert.objects.create(
            senior_id=senior.pk,
            level="E",
            category="fall",
            source="chat",
            state="resolved",
            raised_at=at,
            told_since=at,
            closed_at=at + timedelta(minutes=20),
            closed_by=chance.choice(circle) if circle else None,
            reason="She had only stumbled.",
        )
        AlertEvent.objects.bulk_create(
            [AlertEvent(alert=alert, kind=kind, at=at, published_at=at) for kind in ("raised", "told", "resolved")]
        )
