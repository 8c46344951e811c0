"""Medicines themselves: added, changed, paused, stopped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from companion.accounts import audit
from companion.accounts.models import User
from companion.accounts.rules import check_time_zone
from companion.care.medicines import access
from companion.care.medicines.events import dose_changed_on_commit
from companion.care.medicines.layout import lay_out
from companion.care.medicines.models import (
    OPEN,
    DoseState,
    Notice,
    Occurrence,
    PauseReason,
    Regimen,
    RegimenPicture,
    RegimenState,
    RegimenVersion,
    Routine,
)
from companion.care.medicines.pictures import as_small_jpeg
from companion.care.medicines.plan import Rule, RuleKind
from companion.care.medicines.selectors import current_version
from companion.circle.access import Need, access_senior
from companion.circle.refusals import RefusedError
from companion.safety import clock

__all__ = ["RefusedError"]
CRITICAL_NOTICE, USUAL_NOTICE = 30, 60


class RegimenDetails(TypedDict, total=False):
    """What can be told of a medicine besides its rule."""

    name: str
    generic_name: str
    strength: str
    form: str
    look: str
    instructions: str
    food: str
    rxnorm_id: str
    is_critical: bool
    zone_policy: str
    window_minutes: int | None
    notice_minutes: int
    is_low_risk: bool
    hides_name: bool
    most_snoozes: int
    least_minutes_between: int | None
    most_in_24_hours: Decimal | None
    lead_days: int
    expires_on: date | None


def add_regimen(by: User, senior_id: UUID, *, rule: Rule, **details: Unpack[RegimenDetails]) -> Regimen:
    """Add a medicine. It counts from now: what was due earlier today is not asked for.

    Args:
        by: the senior, or somebody who may see and change their medicines.
        senior_id: who takes it.
        rule: when and how much.
        **details: the rest; `name` must be among them.

    Raises:
        NotYoursError: `by` may not.
        RefusedError: something in it cannot be, in words for the person who asked.
    """
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.MEDICINES, to_write=True)
        now = clock.now()
        usual_notice = CRITICAL_NOTICE if details.get("is_critical") else USUAL_NOTICE
        regimen = Regimen(senior=senior, notice_minutes=usual_notice, active_since=now, laid_out_until=now)
        _write_details(regimen, details)
        _check_leader(regimen, rule)
        regimen.follows_id = rule.after
        regimen.save(force_insert=True)
        _new_version(regimen, rule, senior.user.time_zone, now, by)
        _after_change(by, "regimen.added", [regimen], now)
    return regimen


def change_regimen(
    by: User, regimen_id: UUID, *, rule: Rule | None = None, **details: Unpack[RegimenDetails]
) -> Regimen:
    """Change a medicine. A new rule holds from now on; what was due before keeps the old one.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: something in it cannot be, or it was stopped.
    """
    with transaction.atomic():
        regimen = _held(by, regimen_id)
        if regimen.state == RegimenState.STOPPED:
            raise RefusedError("This medicine was stopped. Please add it again.")
        now = clock.now()
        _write_details(regimen, details)
        current = current_version(regimen)
        if rule is not None and rule != current.rule:
            _check_leader(regimen, rule)
            regimen.follows_id = rule.after
            _new_version(regimen, rule, current.zone, now, by)
        regimen.save()
        _after_change(by, "regimen.changed", [regimen], now)
    return regimen


def set_picture(by: User, regimen_id: UUID, image: bytes | None) -> None:
    """Keep a photo of the pill, made anew and small, or forget it.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: it is no picture, or too large.
    """
    data = as_small_jpeg(image) if image is not None else ""
    with transaction.atomic():
        regimen = _held(by, regimen_id)
        if data:
            RegimenPicture.objects.update_or_create(regimen=regimen, defaults={"data": data})
        else:
            RegimenPicture.objects.filter(regimen=regimen).delete()
        audit.record(by, "regimen.pictured", "regimen", regimen.pk, subject=regimen.senior_id)
        dose_changed_on_commit(regimen.senior_id, regimen.pk)


def pause_regimen(by: User, regimen_id: UUID, *, reason: str, until: datetime | None = None) -> Regimen:
    """Stop reminders at once for a while. Open doses are called off, and nothing is made up for later.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: another medicine is timed by it.
    """
    with transaction.atomic():
        regimen = _held(by, regimen_id)
        _refuse_with_followers(regimen, RegimenState.ACTIVE)
        _halt(by, [regimen], RegimenState.PAUSED, PauseReason(reason), until=until)
    return regimen


def stop_regimen(by: User, regimen_id: UUID, *, reason: str = PauseReason.FINISHED) -> Regimen:
    """The medicine is not taken any more. Its history stays.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: another medicine is timed by it.
    """
    with transaction.atomic():
        regimen = _held(by, regimen_id)
        _refuse_with_followers(regimen, RegimenState.ACTIVE, RegimenState.PAUSED)
        _halt(by, [regimen], RegimenState.STOPPED, PauseReason(reason))
    return regimen


def resume_regimen(by: User, regimen_id: UUID) -> Regimen:
    """It is taken again, from now on.

    Raises:
        NotYoursError: unknown, or `by` may not.
        RefusedError: it was stopped for good, or the medicine that it is timed by is not in use.
    """
    with transaction.atomic():
        regimen = _held(by, regimen_id)
        if regimen.state == RegimenState.STOPPED:
            raise RefusedError("This medicine was stopped. Please add it again.")
        if regimen.follows is not None and not regimen.follows.is_active:
            raise RefusedError("It is timed by a medicine that is not in use. Please change its times first.")
        resume([regimen], clock.now(), by)
    return regimen


def pause_all(by: User, senior_id: UUID, *, reason: str, until: datetime | None = None) -> int:
    """Pause every medicine in use, as for a stay in hospital; after a death, stop them all. How many there were.

    Raises:
        NotYoursError: `by` may not.
    """
    with transaction.atomic():
        access_senior(by, senior_id, need=Need.MEDICINES, to_write=True)
        why = PauseReason(reason)
        ends = why is PauseReason.DECEASED
        states = [RegimenState.ACTIVE, RegimenState.PAUSED] if ends else [RegimenState.ACTIVE]
        found = list(_lock().filter(senior=senior_id, state__in=states))
        _halt(by, found, RegimenState.STOPPED if ends else RegimenState.PAUSED, why, until=until)
    return len(found)


def resume_all(by: User, senior_id: UUID) -> int:
    """Take every paused medicine up again, from now on. How many there were.

    Raises:
        NotYoursError: `by` may not.
    """
    with transaction.atomic():
        access_senior(by, senior_id, need=Need.MEDICINES, to_write=True)
        found = list(_lock().filter(senior=senior_id, state=RegimenState.PAUSED))
        resume(found, clock.now(), by)
    return len(found)


def resume(regimens: list[Regimen], now: datetime, by: User | None) -> None:
    """Take paused medicines up again; for `ticks` too, when a pause has come to its end. Rows held."""
    for regimen in regimens:
        regimen.state, regimen.state_reason, regimen.paused_until = RegimenState.ACTIVE, "", None
        regimen.active_since = regimen.laid_out_until = now
        regimen.save(update_fields=["state", "state_reason", "paused_until", "active_since", "laid_out_until"])
    _after_change(by, "regimen.resumed", regimens, now)


def settle_zone(by: User, regimen_id: UUID, *, follow: bool) -> Regimen:
    """Answer which clock a medicine goes by on a journey: the one where the senior is now, or the one it has.

    Raises:
        NotYoursError: unknown, or `by` may not.
    """
    with transaction.atomic():
        regimen = _held(by, regimen_id)
        zone = regimen.senior.user.time_zone
        regimen.asked_zone = zone
        regimen.save(update_fields=["asked_zone"])
        if follow:
            move_to_zone(regimen, zone, clock.now(), by)
        Notice.objects.filter(regimen=regimen, kind=Notice.Kind.ZONE, state=Notice.State.WAITING).update(
            state=Notice.State.CANCELLED
        )
    return regimen


def move_to_zone(regimen: Regimen, zone: str, now: datetime, by: User | None) -> None:
    """Go by another clock from now on; for `ticks` too, where the medicine follows its senior. Row held."""
    current = current_version(regimen)
    if current.zone == zone:
        return
    _new_version(regimen, current.rule, zone, now, by)
    _after_change(by, "regimen.moved", [regimen], now)


def set_routine(by: User, senior_id: UUID, **times: time) -> Routine:
    """Write down the senior's own day: `waking`, `breakfast`, `lunch`, `dinner`, `bed`. Doses ahead move with it.

    Raises:
        NotYoursError: `by` may not.
        RefusedError: the day is out of order.
    """
    with transaction.atomic():
        access_senior(by, senior_id, need=Need.MEDICINES, to_write=True)
        routine, _ = Routine.objects.get_or_create(senior_id=senior_id)
        routine.refresh_from_db()
        for name, value in times.items():
            setattr(routine, name, value)
        if not routine.waking <= routine.breakfast < routine.lunch < routine.dinner:
            raise RefusedError("Please put getting up, breakfast, lunch and dinner in the order of the day.")
        routine.save()
        found = list(_lock().filter(senior=senior_id, state=RegimenState.ACTIVE))
        audit.record(by, "routine.changed", "senior", senior_id, subject=senior_id)
        lay_out(found, clock.now())
        for regimen in found:
            dose_changed_on_commit(senior_id, regimen.pk)
    return routine


def call_off_open(regimen_ids: Iterable[UUID]) -> None:
    """Close open doses and what was to be said of them; those ahead that nobody has touched go."""
    ids = list(regimen_ids)
    mine = Occurrence.objects.filter(regimen__in=ids)
    mine.filter(state=DoseState.PENDING, reminded_at=None, due_at__gt=clock.now()).delete()
    mine.filter(state__in=OPEN).update(
        state=DoseState.CANCELLED, remind_at=None, nudge_at=None, notice_at=None, step_at=None
    )
    waiting = Notice.objects.filter(regimen__in=ids, state=Notice.State.WAITING)
    waiting.update(state=Notice.State.CANCELLED)


def _halt(
    by: User, regimens: list[Regimen], state: RegimenState, reason: PauseReason, *, until: datetime | None = None
) -> None:
    if until is not None and until <= clock.now():
        raise RefusedError("Please give a day that is still to come.")
    for regimen in regimens:
        regimen.state, regimen.state_reason, regimen.paused_until = state, reason, until
        regimen.save(update_fields=["state", "state_reason", "paused_until"])
        audit.record(by, f"regimen.{state}", "regimen", regimen.pk, subject=regimen.senior_id)
        dose_changed_on_commit(regimen.senior_id, regimen.pk)
    call_off_open(regimen.pk for regimen in regimens)


def _refuse_with_followers(regimen: Regimen, *states: RegimenState) -> None:
    if regimen.followers.filter(state__in=states).exists():
        raise RefusedError("Another medicine is timed by this one. Please change the times of that one first.")


def _check_leader(regimen: Regimen, rule: Rule) -> None:
    """A medicine can follow another of the same senior that has times of its own; one that is followed keeps some."""
    has_times = rule.kind in (RuleKind.TIMES, RuleKind.INTERVAL)
    if not has_times and regimen.followers.exclude(state=RegimenState.STOPPED).exists():
        raise RefusedError("Another medicine is timed by this one, so it needs times of its own.")
    if rule.kind is not RuleKind.LINKED or rule.after is None:
        return
    leader = Regimen.objects.filter(pk=rule.after, senior=regimen.senior_id, state=RegimenState.ACTIVE).first()
    if leader is None or leader.pk == regimen.pk or leader.follows_id is not None:
        raise RefusedError("Please choose a medicine that has times of its own.")
    if current_version(leader).rule.kind is RuleKind.AS_NEEDED:
        raise RefusedError("Please choose a medicine that has times of its own.")


def _new_version(regimen: Regimen, rule: Rule, zone: str, now: datetime, by: User | None) -> RegimenVersion:
    check_time_zone(zone)
    newest = regimen.versions.order_by("-number").first()
    regimen.versions.filter(effective_until=None).update(effective_until=now)
    return RegimenVersion.objects.create(
        regimen=regimen,
        number=newest.number + 1 if newest else 1,
        effective_from=now,
        rule_data=rule.as_json(),
        zone=zone,
        made_by=by,
    )


def _write_details(regimen: Regimen, details: RegimenDetails) -> None:
    unknown = details.keys() - RegimenDetails.__annotations__.keys()
    if unknown:
        raise ValueError(f"A medicine has no {', '.join(sorted(unknown))}.")
    values: dict[str, Any] = dict(details)
    for name, value in values.items():
        setattr(regimen, name, value.strip() if isinstance(value, str) else value)
    try:
        regimen.clean_fields(exclude=["senior", "follows"])
    except ValidationError as error:
        raise RefusedError(" ".join(error.messages)) from None


def _after_change(by: User | None, what: str, regimens: list[Regimen], now: datetime) -> None:
    for regimen in regimens:
        audit.record(by, what, "regimen", regimen.pk, subject=regimen.senior_id)
        dose_changed_on_commit(regimen.senior_id, regimen.pk)
    lay_out(regimens, now)


def _held(by: User, regimen_id: UUID) -> Regimen:
    """The medicine, which `by` may change, with its row held."""
    access.regimen_for(by, regimen_id, to_write=True)
    return _lock().get(pk=regimen_id)


def _lock() -> QuerySet[Regimen]:
    return Regimen.objects.select_related("senior__user").select_for_update(of=("self",))
