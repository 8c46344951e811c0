"""Medicines of the demo's senior, with two weeks of doses: most of them taken, some late, one missed, one left out."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from companion.accounts.models import User
from companion.care.medicines import actions
from companion.care.medicines.layout import lay_out
from companion.care.medicines.models import OPEN, DoseState, Occurrence, Regimen, RegimenVersion
from companion.care.medicines.plan import Moment, Rule, RuleKind, Slot
from companion.circle.actions import set_sharing
from companion.circle.models import Item
from companion.safety import clock

BACK = timedelta(days=14)
EIGHT, EVENING = Slot(at=time(8)), Slot(at=time(20))
#: Of all past doses in order, these went otherwise.
LATE, MISSED, SKIPPED = {9, 23, 40}, {17}, {31}


def fill_medicines(senior: User, *, by: User) -> None:
    """Add the medicines and their past, unless there are any.

    Args:
        senior: who takes them.
        by: somebody of her circle, who has noted some of the doses.
    """
    if Regimen.objects.filter(senior=senior.pk).exists():
        return
    set_sharing(senior, senior.pk, Item.MEDICINES, is_on=True)
    for rule, details, left in _medicines():
        regimen = actions.add_regimen(senior, senior.pk, rule=rule, **details)
        actions.count_stock(senior, regimen.pk, Decimal(left), at=clock.now() - BACK)
        _begin_earlier(regimen)
    _live_through(senior, by)


def _medicines() -> list[tuple[Rule, Any, int]]:
    start = (clock.now() - BACK).date()

    def times(*slots: Slot, **more: Any) -> Rule:
        return Rule(kind=RuleKind.TIMES, start=start, slots=slots, **more)

    heart = {"name": "Metoprolol", "strength": "25 mg", "look": "white heart pill", "food": "with", "is_critical": True}
    pressure = {"name": "Ramipril", "strength": "5 mg", "form": "capsule", "look": "yellow capsule"}
    night = {"name": "Atorvastatin", "strength": "20 mg", "look": "long white pill"}
    weekly = {"name": "Vitamin D", "form": "drops", "look": "small brown bottle", "is_low_risk": True}
    pain = {
        "name": "Paracetamol",
        "strength": "500 mg",
        "look": "round white pill",
        "instructions": "With a glass of water.",
        "least_minutes_between": 360,
        "most_in_24_hours": Decimal(4),
    }
    return [
        (times(EIGHT, EVENING), heart, 60),
        (times(Slot(moment=Moment.BREAKFAST)), pressure, 20),
        (times(Slot(moment=Moment.BED, offset_minutes=-30)), night, 44),
        (times(EIGHT, weekdays=frozenset({6}), quantity=Decimal(5)), weekly, 100),
        (Rule(kind=RuleKind.AS_NEEDED, start=start), pain, 30),
    ]


def _begin_earlier(regimen: Regimen) -> None:
    """As if it had been added two weeks ago."""
    now = clock.now()
    with transaction.atomic():
        RegimenVersion.objects.filter(regimen=regimen).update(effective_from=now - BACK)
        regimen.active_since = regimen.laid_out_until = now - BACK
        regimen.save(update_fields=["active_since", "laid_out_until"])
        lay_out([regimen], now)


def _live_through(senior: User, by: User) -> None:
    now = clock.now()
    past = Occurrence.objects.filter(senior=senior.pk, state__in=OPEN, late_at__lt=now).order_by("due_at")
    for number, row in enumerate(list(past)):
        Occurrence.objects.filter(pk=row.pk).update(reminded_at=row.due_at, seen_at=row.due_at)
        if number in MISSED:
            _miss(row)
        elif number in SKIPPED:
            actions.skip_dose(senior, row.pk, reason="felt_ill", note="My stomach was upset.")
        else:
            who = by if number % 7 == 3 else senior
            actions.take_dose(who, row.pk, taken_at=_taken_at(row, number, now))
    needed = Regimen.objects.filter(senior=senior.pk, occurrences=None).first()
    if needed is not None:
        actions.take_as_needed(senior, needed.pk, taken_at=now - timedelta(days=2), note="My knee.")


def _miss(row: Occurrence) -> None:
    deadlines = dict.fromkeys(("remind_at", "nudge_at", "notice_at", "step_at"))
    Occurrence.objects.filter(pk=row.pk).update(state=DoseState.MISSED, **deadlines)


def _taken_at(row: Occurrence, number: int, now: datetime) -> datetime:
    delay = row.late_at - row.due_at + timedelta(minutes=25) if number in LATE else timedelta(minutes=number * 7 % 20)
    return min(row.due_at + delay, now)
