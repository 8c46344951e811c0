"""Doses without a due time: as needed, or besides those due."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from companion.accounts.models import User
from companion.care.medicines import access, notices, rules, wording
from companion.care.medicines.actions.doses import (
    DoseResult,
    Kind,
    add_event,
    after_change,
    checked_time,
    held_regimen,
    undo_event,
)
from companion.care.medicines.models import DoseEvent, Regimen
from companion.care.medicines.plan import RuleKind
from companion.care.medicines.rules import Taking
from companion.care.medicines.selectors import current_version, limits_of, schedule_gap, takings_of
from companion.circle.refusals import RefusedError
from companion.safety import clock

SAME_PRESS_WITHIN = timedelta(seconds=5)


def take_as_needed(
    by: User,
    regimen_id: UUID,
    *,
    taken_at: datetime | None = None,
    quantity: Decimal | None = None,
    source: str | None = None,
    note: str = "",
) -> DoseResult:
    """Note a dose that has no due time: one as needed, or one besides those due. It is noted whatever the limits say.

    Pressed twice within five seconds it is one dose.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: the time is still to come, or long past.
    """
    with transaction.atomic():
        regimen = held_regimen(by, regimen_id)
        now = clock.now()
        at = checked_time(taken_at, now)
        pressed = _same_press(regimen, by, now) if taken_at is None else None
        if pressed is not None:
            return DoseResult(None, pressed, False, wording.SAME_PRESS, pressed.doubt, None)
        rule = current_version(regimen).rule
        amount = rule.quantity if quantity is None else quantity
        takings = takings_of(regimen, since=at - 2 * rules.DAY)
        least, most = limits_of(regimen)
        doubt = rules.doubt_as_needed(takings, at, amount, least=least, most=most)
        if rule.kind is not RuleKind.AS_NEEDED and not doubt:
            doubt = rules.doubt_of_double(takings, at, schedule_gap(regimen))
        event = add_event(regimen, Kind.TAKEN, by, now, source, taken_at=at, quantity=amount, doubt=doubt, note=note)
        if rule.kind is RuleKind.AS_NEEDED:
            notices.ask_effect(event, now)
        allowed = rules.next_allowed([*takings, Taking(at, amount)], now, rule.quantity, least=least, most=most)
        if doubt:
            notices.tell_double(event, now)
        after_change(by, "dose.taken_besides", regimen, None, now, doubt=str(doubt))
    said = wording.taken_as_needed(doubt, allowed, now, regimen.senior.user.time_zone)
    return DoseResult(None, event, True, said, doubt, allowed)


def _same_press(regimen: Regimen, by: User, now: datetime) -> DoseEvent | None:
    """The dose of a moment ago, which a finger that shakes presses twice. Nobody takes two so soon on purpose."""
    just_now = DoseEvent.objects.filter(
        regimen=regimen, by=by, kind=Kind.TAKEN, occurrence=None, recorded_at__gt=now - SAME_PRESS_WITHIN
    )
    return just_now.exclude(followed_by__kind=Kind.UNDONE).order_by("-recorded_at").first()


def undo_as_needed(by: User, event_id: UUID, *, source: str | None = None) -> DoseResult:
    """Take back a dose that had no due time. Asking twice does it once.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: it is no such dose.
    """
    with transaction.atomic():
        event = access.event_for(by, event_id, to_write=True)
        regimen = held_regimen(by, event.regimen_id)
        if event.kind != Kind.TAKEN or event.occurrence_id is not None:
            raise RefusedError("There is nothing to take back.")
        now = clock.now()
        earlier = DoseEvent.objects.filter(of=event, kind=Kind.UNDONE).first()
        if earlier is not None:
            return DoseResult(None, earlier, False, wording.UNDONE)
        undone = undo_event(event, by, now, source)
        notices.forget_event(event)
        after_change(by, "dose.undone", regimen, None, now)
    return DoseResult(None, undone, True, wording.UNDONE)


def record_effect(by: User, event_id: UUID, *, effect: str, note: str = "") -> DoseEvent:
    """Note how much a dose taken as needed has helped.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: it is no such dose.
        ValueError: there is no such effect.
    """
    helped = DoseEvent.Effect(effect)
    with transaction.atomic():
        event = access.event_for(by, event_id, to_write=True)
        if event.kind != Kind.TAKEN:
            raise RefusedError("There is nothing to say of it.")
        now = clock.now()
        notices.forget_event(event)
        said = add_event(event.regimen, Kind.EFFECT, by, now, None, of=event, effect=helped, note=note)
        after_change(by, "dose.effect", event.regimen, None, now)
    return said
