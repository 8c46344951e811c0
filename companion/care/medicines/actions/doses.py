"""Doses: taken, skipped, put off, undone. Each is a row that is added; a dose's state follows from its rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from companion.accounts import audit
from companion.accounts.models import User
from companion.care.medicines import access, notices, rules, wording
from companion.care.medicines.events import dose_changed_on_commit
from companion.care.medicines.layout import lay_out
from companion.care.medicines.models import DoseEvent, DoseState, Occurrence, Regimen, SkipReason, Source
from companion.care.medicines.plan import CountFrom, RuleKind
from companion.care.medicines.rules import Standing
from companion.care.medicines.selectors import current_version, limits_of, schedule_gap, takings_of
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.refusals import RefusedError
from companion.safety import clock

Kind = DoseEvent.Kind
Doubt = DoseEvent.Doubt
#: How long ago somebody may still say that a dose was taken, and how far two clocks may differ.
LONGEST_AGO, CLOCKS_APART = timedelta(days=31), timedelta(minutes=5)
NAMES = tuple(field.name for field in fields(Standing))


@dataclass(frozen=True, slots=True)
class DoseResult:
    """What became of it.

    Args:
        occurrence: the dose; None where there was no due time.
        event: the row; the earlier one where it was settled before, None where nothing was written.
        is_new: whether anything was written now.
        said: what to tell the person, in plain words.
        doubt: what had to be said about it, one of `DoseEvent.Doubt`; empty if nothing.
        next_allowed_at: as needed only: when the limits allow the next one.
    """

    occurrence: Occurrence | None
    event: DoseEvent | None
    is_new: bool
    said: str
    doubt: str = Doubt.NONE
    next_allowed_at: datetime | None = None


def take_dose(
    by: User,
    occurrence_id: UUID,
    *,
    taken_at: datetime | None = None,
    quantity: Decimal | None = None,
    source: str | None = None,
    note: str = "",
) -> DoseResult:
    """Note that a dose was taken; once, however often and by whomever it is said.

    It is never refused for being late, early or perhaps a second one: it is noted, with a doubt where there is one.

    Args:
        by: who says so.
        occurrence_id: which dose.
        taken_at: when, if not now.
        quantity: how much, if not as due.
        source: how it came to be known; a tap of the senior's, or somebody else.
        note: the person's own words.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: the time is still to come, or long past.
    """
    with transaction.atomic():
        occurrence = _held(by, occurrence_id)
        now = clock.now()
        at = checked_time(taken_at, now)
        if occurrence.state == DoseState.TAKEN:
            return DoseResult(occurrence, _standing_event(occurrence), False, wording.already_taken(occurrence, by))
        if occurrence.state == DoseState.SKIPPED:
            undo_event(_standing_event(occurrence), by, now)
        amount = occurrence.quantity if quantity is None else quantity
        doubt = _doubt_of(occurrence, at, amount)
        event = add_event(
            occurrence.regimen, Kind.TAKEN, by, now, source, occurrence=occurrence, taken_at=at, doubt=doubt, note=note,
            quantity=amount,
        )  # fmt: skip
        notices.taken_after_all(occurrence, event, now)
        _settle(occurrence, DoseState.TAKEN, by, now, taken_at=at)
        after_change(by, "dose.taken", occurrence.regimen, occurrence, now, doubt=str(doubt))
    return DoseResult(occurrence, event, True, wording.taken(doubt), doubt)


def skip_dose(by: User, occurrence_id: UUID, *, reason: str, source: str | None = None, note: str = "") -> DoseResult:
    """Note that a dose was left out, and why. It is not a missed one.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: it was taken already.
        ValueError: there is no such reason.
    """
    why = SkipReason(reason)
    with transaction.atomic():
        occurrence = _held(by, occurrence_id)
        now = clock.now()
        if occurrence.state == DoseState.TAKEN:
            raise RefusedError(wording.already_taken(occurrence, by))
        if occurrence.state == DoseState.SKIPPED:
            return DoseResult(occurrence, _standing_event(occurrence), False, wording.SKIPPED)
        event = add_event(
            occurrence.regimen, Kind.SKIPPED, by, now, source, occurrence=occurrence, reason=why, note=note
        )
        notices.no_longer_open(occurrence, now)
        _settle(occurrence, DoseState.SKIPPED, by, now)
        after_change(by, "dose.skipped", occurrence.regimen, occurrence, now)
    return DoseResult(occurrence, event, True, wording.SKIPPED)


def snooze_dose(by: User, occurrence_id: UUID, *, minutes: int | None = None, source: str | None = None) -> DoseResult:
    """Remind again later. The due time stays as it was; never past the dose's window, and not for ever.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: it cannot be put off any more.
    """
    with transaction.atomic():
        occurrence = _held(by, occurrence_id)
        now = clock.now()
        regimen = occurrence.regimen
        if not occurrence.is_open:
            raise RefusedError(wording.not_open(occurrence, by))
        if occurrence.due_at > now:
            raise RefusedError(wording.NOT_DUE_YET)
        if occurrence.snoozes >= regimen.most_snoozes:
            raise RefusedError(wording.ENOUGH_SNOOZES)
        later = rules.snooze(
            standing_of(occurrence),
            now,
            rules.SNOOZE if minutes is None else timedelta(minutes=max(1, minutes)),
            notice_after=timedelta(minutes=regimen.notice_minutes),
            tells=occurrence.told_at is None,
        )
        if later is None:
            raise RefusedError(wording.TOO_LATE_TO_SNOOZE)
        event = add_event(regimen, Kind.SNOOZED, by, now, source, occurrence=occurrence)
        occurrence.snoozes += 1
        write_standing(occurrence, later)
        occurrence.save(update_fields=["snoozes", *NAMES, "step_at"])
        after_change(by, "dose.snoozed", regimen, occurrence, now)
    return DoseResult(occurrence, event, True, wording.snoozed(occurrence, regimen.senior.user.time_zone))


def undo_dose(by: User, occurrence_id: UUID, *, source: str | None = None) -> DoseResult:
    """Take back what was noted last of a dose, by a row that says so. It stands again as the time now makes it.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: nothing was noted.
    """
    with transaction.atomic():
        occurrence = _held(by, occurrence_id)
        now = clock.now()
        last = _standing_event(occurrence)
        if last is None:
            raise RefusedError("There is nothing to take back.")
        event = undo_event(last, by, now, source)
        _reopen(occurrence, now)
        after_change(by, "dose.undone", occurrence.regimen, occurrence, now)
    return DoseResult(occurrence, event, True, wording.UNDONE)


def change_taken_at(by: User, occurrence_id: UUID, taken_at: datetime) -> DoseResult:
    """Correct when a dose was taken: the first row is undone and a new one added.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: it was not taken, or the time cannot be.
    """
    with transaction.atomic():
        occurrence = _held(by, occurrence_id)
        if occurrence.state != DoseState.TAKEN:
            raise RefusedError("This one is not noted as taken.")
        now = clock.now()
        at = checked_time(taken_at, now)
        last = _standing_event(occurrence)
        if last is None:
            raise RefusedError("This one is not noted as taken.")
        undo_event(last, by, now)
        doubt = _doubt_of(occurrence, at, last.quantity)
        event = add_event(
            occurrence.regimen, Kind.TAKEN, by, now, None, occurrence=occurrence, taken_at=at, doubt=doubt,
            quantity=last.quantity, note=last.note,
        )  # fmt: skip
        _settle(occurrence, DoseState.TAKEN, by, now, taken_at=at)
        after_change(by, "dose.corrected", occurrence.regimen, occurrence, now)
    return DoseResult(occurrence, event, True, wording.taken(doubt), doubt)


def mark_seen(by: User, senior_id: UUID, occurrence_ids: Collection[UUID]) -> None:
    """The senior's own page shows these reminders: they have been seen, so no other way need be tried.

    Raises:
        NotYoursError: `by` is not the senior.
    """
    access_senior(by, senior_id, need=Need.MEDICINES)
    if by.pk != senior_id:
        raise NotYoursError
    shown = Occurrence.objects.filter(pk__in=occurrence_ids, senior=senior_id, seen_at=None, reminded_at__isnull=False)
    shown.update(seen_at=clock.now())


def standing_of(occurrence: Occurrence) -> Standing:
    """Where a dose stands, for the rules."""
    return Standing(**{name: getattr(occurrence, name) for name in NAMES})


def write_standing(occurrence: Occurrence, standing: Standing) -> None:
    """The standing in the row's columns; the caller saves them."""
    for name in NAMES:
        setattr(occurrence, name, getattr(standing, name))
    occurrence.step_at = standing.step_at


def _doubt_of(occurrence: Occurrence, at: datetime, amount: Decimal) -> Doubt:
    """What must be said when a dose is noted as taken at a time.

    The same dose comes a little sooner on one day than on the day before: 24 hours are that much shorter here.
    """
    regimen = occurrence.regimen
    gap, (least, most) = schedule_gap(regimen), limits_of(regimen)
    day = rules.DAY - (occurrence.late_at - occurrence.due_at)
    takings = takings_of(regimen, since=at - max(gap, day))
    of_a_day = [one for one in takings if one.at > at - day]
    doubt = rules.doubt_as_needed(of_a_day, at, amount, least=None, most=most)
    doubt = doubt or rules.doubt_as_needed(takings, at, amount, least=least, most=None)
    return doubt or rules.doubt_of_double(takings, at, gap)


def _settle(
    occurrence: Occurrence, state: DoseState, by: User, now: datetime, *, taken_at: datetime | None = None
) -> None:
    write_standing(occurrence, rules.settle(standing_of(occurrence), state))
    occurrence.taken_at, occurrence.settled_at, occurrence.settled_by = taken_at, now, by
    occurrence.save(update_fields=[*NAMES, "step_at", "taken_at", "settled_at", "settled_by"])
    if occurrence.alert_id is not None:
        notices.close_alert_on_commit(occurrence)


def _reopen(occurrence: Occurrence, now: datetime) -> None:
    """As the time now makes it: to take, late, or missed. Nobody is reminded or told a second time for an undo."""
    if now >= occurrence.closes_at:
        state = DoseState.MISSED if occurrence.reminded_at else DoseState.NOT_REMINDED
    else:
        state = DoseState.LATE if now >= occurrence.late_at else DoseState.PENDING
    is_ahead = occurrence.due_at > now
    standing = Standing(
        occurrence.due_at,
        occurrence.late_at,
        occurrence.closes_at,
        state,
        remind_at=occurrence.due_at if is_ahead else None,
        notice_at=_notice_again(occurrence, now) if state in (DoseState.LATE, DoseState.PENDING) else None,
        reminded_at=occurrence.reminded_at or (None if is_ahead else now),
        seen_at=occurrence.seen_at or (None if is_ahead else now),
        told_at=occurrence.told_at,
    )
    write_standing(occurrence, standing)
    occurrence.taken_at = occurrence.settled_at = occurrence.settled_by = None
    occurrence.save(update_fields=[*NAMES, "step_at", "taken_at", "settled_at", "settled_by"])


def _notice_again(occurrence: Occurrence, now: datetime) -> datetime:
    after = timedelta(minutes=occurrence.regimen.notice_minutes)
    return min(max(occurrence.due_at, now) + after, occurrence.closes_at)


def undo_event(event: DoseEvent | None, by: User, now: datetime, source: str | None = None) -> DoseEvent | None:
    """Add the row that takes another back."""
    if event is None:
        return None
    return add_event(event.regimen, Kind.UNDONE, by, now, source, occurrence=event.occurrence, of=event)


def _standing_event(occurrence: Occurrence) -> DoseEvent | None:
    """What was noted last of a dose and not taken back."""
    rows = occurrence.events.filter(kind__in=(Kind.TAKEN, Kind.SKIPPED)).exclude(followed_by__kind=Kind.UNDONE)
    return rows.order_by("recorded_at").last()


def add_event(
    regimen: Regimen,
    kind: DoseEvent.Kind,
    by: User,
    now: datetime,
    source: str | None,
    *,
    occurrence: Occurrence | None = None,
    **more: object,
) -> DoseEvent:
    """Add a row of what happened; `source` as told, else a tap of the senior's or a note by somebody else."""
    usual = Source.TAP if by.pk == regimen.senior_id else Source.CARER
    return DoseEvent.objects.create(
        senior_id=regimen.senior_id,
        regimen=regimen,
        occurrence=occurrence,
        kind=kind,
        recorded_at=now,
        due_at=occurrence.due_at if occurrence else None,
        by=by,
        source=Source(source) if source else usual,
        **more,
    )


def checked_time(taken_at: datetime | None, now: datetime) -> datetime:
    """When it was taken; now if nothing was said. Refuses what is to come, or long past."""
    if taken_at is None:
        return now
    if taken_at > now + CLOCKS_APART:
        raise RefusedError("This time is still to come.")
    if taken_at < now - LONGEST_AGO:
        raise RefusedError("This is too long ago to note it here.")
    return min(taken_at, now)


def _held(by: User, occurrence_id: UUID) -> Occurrence:
    """The dose, which `by` may act on; its medicine's row is held first, then its own, always in this order."""
    found = access.occurrence_for(by, occurrence_id, to_write=True)
    regimen = held_regimen(by, found.regimen_id)
    occurrence = (
        Occurrence.objects.select_related("settled_by").select_for_update(of=("self",)).filter(pk=occurrence_id).first()
    )
    if occurrence is None:  # its rule was changed this moment
        raise NotYoursError
    occurrence.regimen = regimen
    return occurrence


def held_regimen(by: User, regimen_id: UUID) -> Regimen:
    """The medicine, which `by` may change, with its row held."""
    access.regimen_for(by, regimen_id, to_write=True)
    return Regimen.objects.select_related("senior__user").select_for_update(of=("self",)).get(pk=regimen_id)


def after_change(
    by: User, what: str, regimen: Regimen, occurrence: Occurrence | None, now: datetime, **details: str
) -> None:
    """The audit row, the hint, and doses ahead that move with this one."""
    resource = ("dose", occurrence.pk) if occurrence else ("regimen", regimen.pk)
    audit.record(by, what, *resource, subject=regimen.senior_id, **details)
    dose_changed_on_commit(regimen.senior_id, regimen.pk, occurrence.pk if occurrence else None)
    current = current_version(regimen)
    runs_from_taken = current.rule.kind is RuleKind.INTERVAL and current.rule.count_from is CountFrom.TAKEN
    is_of_earlier_rule = occurrence is not None and occurrence.version_id != current.pk
    if runs_from_taken or is_of_earlier_rule or regimen.followers.exists():
        lay_out([regimen], now)
