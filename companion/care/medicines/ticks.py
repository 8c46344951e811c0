"""The clockwork of medicines: every half minute, in the relay's own thread for such things. Never a crontab.

Deadlines are columns in UTC. Each look takes what is due under a lock that another relay passes over, in batches whose
number of queries does not grow with the people in them, and writes the change and what is to be said of it in one
transaction: a crash loses nothing, and two ticks at once say nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from companion.care.medicines import notices, rules, wording
from companion.care.medicines.actions.doses import standing_of, write_standing
from companion.care.medicines.actions.regimens import call_off_open, move_to_zone, resume
from companion.care.medicines.errands import mind_errands
from companion.care.medicines.events import dose_changed
from companion.care.medicines.layout import HORIZON, LIGHT, lay_out
from companion.care.medicines.models import (
    OPEN,
    DoseState,
    Notice,
    Occurrence,
    PauseReason,
    Regimen,
    RegimenState,
    RegimenVersion,
    ZonePolicy,
)
from companion.care.medicines.notices import Round
from companion.care.medicines.plan import CountFrom
from companion.care.medicines.rules import Do, Step
from companion.care.medicines.selectors import current_version
from companion.circle.access import PROFILE_TEXTS
from companion.circle.events import senior_group
from companion.circle.webhooks.actions import tell_webhooks
from companion.circle.webhooks.models import Webhook
from companion.safety import actions as safety
from companion.safety import clock
from companion.safety.apart import NO_DATABASE, apart
from companion.safety.models import AlertLevel, AlertSource

log = logging.getLogger(__name__)
#: Rows taken at once: few enough that SQLite's one writer is never held for long, and an alert has its turn.
BATCH = 100
#: Batches of one kind in one tick: the rest waits for the next, so that no kind starves another.
MOST_BATCHES = 50
#: A row that cannot be acted on is left alone for so long.
REST = timedelta(minutes=10)
#: How long a dose waits at a time for the one it follows.
WAIT = timedelta(minutes=5)
SEALED = (*(f"senior__{name}" for name in PROFILE_TEXTS), "senior__user__email", "senior__user__phone")
CHANGED = (
    "state", "remind_at", "nudge_at", "notice_at", "reminded_at", "seen_at", "told_at", "step_at", "due_at", "opens_at",
    "late_at", "closes_at", "label", "alert_id",
)  # fmt: skip


def tick() -> int:
    """Do everything that is due; how many rows that were."""
    done = 0
    for look in (_close_left, _wake_paused, _mind_zones, _lay_out_due, _step_due, _say_waiting, mind_errands):
        for _ in range(MOST_BATCHES):
            count = 0
            with apart(f"a look of the medicines' tick, {look.__name__},"):
                count = look()
            done += count
            if count < BATCH:
                break
    return done


def _close_left() -> int:
    """Whose account is closed is reminded of nothing more, and their circle is told nothing."""
    is_closed = Q(senior__user__is_active=False) | Q(senior__user__deleted_at__isnull=False)
    left = Regimen.objects.filter(is_closed, state=RegimenState.ACTIVE)
    if not left.exists():  # with SQLite a transaction alone holds up every other writer
        return 0
    with transaction.atomic():
        keys = list(_held(left).values_list("pk", flat=True)[:BATCH])
        Regimen.objects.filter(pk__in=keys).update(
            state=RegimenState.PAUSED, state_reason=PauseReason.OTHER, paused_until=None
        )
        call_off_open(keys)
    return len(keys)


def _wake_paused() -> int:
    """Pauses that have come to their end."""
    paused = Regimen.objects.filter(
        Q(follows=None) | Q(follows__state=RegimenState.ACTIVE),  # one that is timed by another wakes after it
        state=RegimenState.PAUSED,
        paused_until__lte=clock.now(),
        senior__user__is_active=True,
        senior__user__deleted_at=None,
    )
    keys = list(paused.values_list("pk", flat=True)[:BATCH])
    if keys:
        _together_or_alone(keys, _wake, _sleep_on, "medicines be taken up again", "a medicine's taking up")
    return len(keys)


def _wake(keys: Sequence[UUID]) -> None:
    with transaction.atomic():
        found = _held(Regimen.objects.filter(pk__in=keys, state=RegimenState.PAUSED, paused_until__lte=clock.now()))
        resume(list(found.only(*LIGHT)), clock.now(), None)


def _sleep_on(key: UUID) -> None:
    Regimen.objects.filter(pk=key).update(paused_until=clock.now() + REST)


def _mind_zones() -> int:
    """Seniors whose clock is now another than their medicines': follow it, or ask once a journey."""
    current = RegimenVersion.objects.filter(regimen=OuterRef("pk"), effective_until=None)
    elsewhere = Exists(current.exclude(zone=OuterRef("senior__user__time_zone")))
    is_new = Q(zone_policy=ZonePolicy.ASK) & ~Q(asked_zone=F("senior__user__time_zone"))
    moved = Regimen.objects.filter(elsewhere, Q(zone_policy=ZonePolicy.DEVICE) | is_new, state=RegimenState.ACTIVE)
    back = Regimen.objects.filter(~elsewhere).exclude(asked_zone="")
    if back.exists():
        back.update(asked_zone="")
    if not moved.exists():
        return 0
    with transaction.atomic():
        now = clock.now()
        found = list(_held(moved).select_related("senior__user").defer(*SEALED)[:BATCH])
        round_ = notices.begin(now)
        for regimen in found:
            with apart("a medicine's journey", regimen=str(regimen.pk)), transaction.atomic():
                _mind_zone(round_, regimen, now)
        round_.store()
    return len(found)


def _mind_zone(round_: Round, regimen: Regimen, now: datetime) -> None:
    here = regimen.senior.user.time_zone
    if regimen.zone_policy == ZonePolicy.DEVICE:
        move_to_zone(regimen, here, now, None)
        return
    regimen.asked_zone = here
    regimen.save(update_fields=["asked_zone"])
    card = wording.zone_question(regimen, current_version(regimen).zone, here)
    notices.tell_of_regimen(round_, regimen, Notice.Kind.ZONE, f"zone:{here}:{now}", card)


def _lay_out_due() -> int:
    """Medicines whose occurrences do not reach two days ahead any more."""
    due = Regimen.objects.filter(state=RegimenState.ACTIVE, laid_out_until__lt=clock.now() + HORIZON)
    keys = list(due.order_by("laid_out_until").values_list("pk", flat=True)[:BATCH])
    if keys:
        _together_or_alone(keys, _lay_out, _leave_until_later, "medicines be laid out", "a medicine's laying out")
    return len(keys)


def _lay_out(keys: Sequence[UUID]) -> None:
    with transaction.atomic():
        due = Regimen.objects.filter(pk__in=keys, state=RegimenState.ACTIVE)
        lay_out(list(_held(due).only(*LIGHT)), clock.now())


def _leave_until_later(key: UUID) -> None:
    """It counts as laid out until after a rest: then it is tried again, and till then it stands in nobody's way."""
    Regimen.objects.filter(pk=key).update(laid_out_until=clock.now() + HORIZON + REST)


def _held(due: QuerySet[Regimen]) -> QuerySet[Regimen]:
    """These medicines with their rows held; those that another relay holds are passed over."""
    return due.select_for_update(skip_locked=True, of=("self",))


def _step_due() -> int:
    """Doses about which something is to be done: all at once, or one by one where one of them is in the way."""
    due = Occurrence.objects.filter(step_at__lte=clock.now()).order_by("step_at")
    keys = list(due.values_list("pk", flat=True)[:BATCH])
    if not keys:
        return 0
    _together_or_alone(keys, _step, _rest, "doses be stepped", "a dose's step")
    return len(keys)


def _rest(key: UUID) -> None:
    Occurrence.objects.filter(pk=key).update(step_at=clock.now() + REST)


def _together_or_alone(
    keys: Sequence[UUID], do: Callable[[Sequence[UUID]], None], rest: Callable[[UUID], None], what: str, one: str
) -> None:
    """Do it for all at once, or one by one where that fails: a row that cannot be read must not keep the others."""
    try:
        do(keys)
    except NO_DATABASE:
        raise
    except Exception:  # an outer edge: one person's row must never keep others from being reminded
        log.exception("together could not %s; each by itself now", what)
        for key in keys:
            done = False
            with apart(one, row=str(key)):
                do([key])
                done = True
            if not done:
                rest(key)


def _step(keys: Sequence[UUID]) -> None:
    """Take these doses one step further, and say what that comes to."""
    with transaction.atomic():
        now = clock.now()
        rows = Occurrence.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            pk__in=keys, step_at__lte=now
        )
        found = list(rows.select_related("regimen", "version", "senior__user").defer(*SEALED).order_by("due_at"))
        leaders = _open_leaders(found)
        steps = _one_a_medicine([(row, _advance(row, now)) for row in found if not _waits(row, leaders, now)])
        round_ = _say(steps, now)
        for row, step in steps:
            write_standing(row, step.standing)
        older = _give_way([row for row, step in steps if Do.REMIND in step.do], keys, now)
        _save([*found, *older])
        _lay_out_again([*found, *older], now)
        _hint(round_, [*(row for row, _ in steps), *older])
        round_.store()


def _hint(round_: Round, rows: Sequence[Occurrence]) -> None:
    """Tell open pages, and people's own programs where there are any."""
    is_heard = Webhook.objects.filter(is_active=True).exists()
    for row in rows:
        hint = dose_changed(row.senior_id, row.regimen_id, row.pk)
        round_.hints.append((senior_group(row.senior_id), dict(hint)))
        if is_heard and row.state in (DoseState.LATE, DoseState.MISSED, DoseState.NOT_REMINDED):
            tell_webhooks(row.senior_id, hint["type"], hint, key=f"{row.pk}:{row.state}")


def _save(rows: Sequence[Occurrence]) -> None:
    """Each row is there and held: the database is only told to write over it, in one statement for many."""
    Occurrence.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=CHANGED, batch_size=BATCH
    )


def _advance(row: Occurrence, now: datetime) -> Step:
    person = row.senior.user
    is_stopped = not row.regimen.is_active or not person.is_active or person.deleted_at is not None
    return rules.advance(standing_of(row), now, is_critical=row.regimen.is_critical, is_stopped=is_stopped)


def _one_a_medicine(steps: Sequence[tuple[Occurrence, Step]]) -> list[tuple[Occurrence, Step]]:
    """Of doses of one medicine that would stay open together, only the newest does. They come in the order due."""
    newest = {row.regimen_id: row for row, step in steps if step.standing.is_open and row.due_at <= step.looked_at}
    kept = []
    for row, step in steps:
        newer = newest.get(row.regimen_id)
        if newer is not None and row.due_at < newer.due_at and step.standing.is_open:
            is_same_rule = row.version_id == newer.version_id
            step = Step(rules.give_way(standing_of(row), is_same_rule=is_same_rule), step.looked_at)
        kept.append((row, step))
    return kept


def _say(steps: Sequence[tuple[Occurrence, Step]], now: datetime) -> Round:
    """Tell whoever is to be told. The rows still have the deadlines that were due: the notices' keys rest on them."""
    telling = {row.senior_id for row, step in steps if Do.TELL in step.do}
    reminding = {row.senior_id for row, step in steps if Do.REMIND in step.do or Do.NUDGE in step.do}
    round_ = notices.begin(now, to_tell=telling, to_remind=reminding)
    for row, step in steps:
        if Do.REMIND in step.do:
            notices.remind(round_, row)
        if Do.NUDGE in step.do:
            notices.nudge(round_, row)
        if Do.TELL in step.do:
            is_seen = row.seen_at is not None and row.reminded_at is not None
            kind = Notice.Kind.LATE if is_seen else Notice.Kind.UNSEEN
            notices.tell_circle(round_, row, kind, f"{row.notice_at or row.closes_at}")
        if Do.ALERT in step.do:
            _raise_alert(round_, row)
    return round_


def _raise_alert(round_: Round, row: Occurrence) -> None:
    """A dose that must not be missed was missed: ask, and without an answer the circle is called, as for any alert."""
    report = safety.new_report(
        senior_id=row.senior_id,
        level=AlertLevel.ASK,
        category="missed_dose",
        reasons=("missed_critical_dose",),
        source=AlertSource.MEDICINES,
        key=f"dose:{row.pk}",
    )
    row.alert_id = safety.store(report).alert_id
    card = wording.missed_question(row, row.senior.user.time_zone, row.alert_id)
    notices.show(round_, row.senior_id, row.alert_id, card)


def _open_leaders(rows: Sequence[Occurrence]) -> dict[tuple[UUID, object, str], datetime]:
    """Of doses that follow another medicine's: which of those others are due and still open, and since when."""
    following = [row for row in rows if row.regimen.follows_id is not None]
    if not following:
        return {}
    others = Occurrence.objects.filter(
        regimen__in={row.regimen.follows_id for row in following},
        local_date__in={row.local_date for row in following},
        state__in=OPEN,
    )
    facts = others.values_list("regimen", "local_date", "slot", "due_at")
    return {(regimen, day, slot): due_at for regimen, day, slot, due_at in facts}


def _waits(row: Occurrence, leaders: Mapping[tuple[UUID, object, str], datetime], now: datetime) -> bool:
    """A dose that follows one which is still open waits for it, a little at a time, as long as its rule lets it."""
    follows = row.regimen.follows_id
    leader_due = leaders.get((follows, row.local_date, row.slot)) if follows is not None else None
    if row.reminded_at is not None or leader_due is None:
        return False
    rule = row.version.rule
    latest = leader_due + timedelta(minutes=rule.minutes_after + rule.most_delay_minutes)
    if now >= latest:
        return False
    shift = min(now + WAIT, latest) - row.due_at
    for name in ("due_at", "opens_at", "late_at", "closes_at", "remind_at", "notice_at"):
        moment = getattr(row, name)
        setattr(row, name, moment + shift if moment is not None else None)
    row.label = row.due_at.astimezone(ZoneInfo(row.zone)).strftime("%H:%M")
    row.step_at = standing_of(row).step_at
    return True


def _give_way(reminded: Sequence[Occurrence], keys: Sequence[UUID], now: datetime) -> list[Occurrence]:
    """Older doses of the same medicines that are still open: nobody is asked to take two."""
    if not reminded:
        return []
    newest = {row.regimen_id: row for row in reminded}
    rows = Occurrence.objects.select_for_update(skip_locked=True).filter(
        regimen__in=newest, state__in=OPEN, due_at__lt=now
    )
    older = []
    for row in rows.exclude(pk__in=keys):
        newer = newest[row.regimen_id]
        if row.due_at >= newer.due_at:
            continue
        write_standing(row, rules.give_way(standing_of(row), is_same_rule=row.version_id == newer.version_id))
        older.append(row)
    return older


def _lay_out_again(rows: Sequence[Occurrence], now: datetime) -> None:
    """Medicines whose next dose counts from one that was settled just now are laid out anew, by the next look."""
    settled = {row.regimen_id for row in rows if row.state in (DoseState.MISSED, DoseState.NOT_REMINDED)}
    if settled:
        from_taken = RegimenVersion.objects.filter(effective_until=None, rule_data__count_from=CountFrom.TAKEN)
        again = Regimen.objects.filter(pk__in=from_taken.filter(regimen__in=settled).values("regimen"))
        transaction.on_commit(lambda: again.update(laid_out_until=now))


def _say_waiting() -> int:
    """What was to be said later: the day's notes, and whether a dose as needed has helped."""
    now = clock.now()
    due = Notice.objects.filter(state=Notice.State.WAITING, due_at__lte=now)
    if not due.exists():
        return 0
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at")
        found = list(rows.select_related("event__regimen", "occurrence")[:BATCH])
        notes = [row for row in found if row.kind == Notice.Kind.DIGEST and _is_still_open(row)]
        round_ = notices.begin(now, to_tell={row.senior_id for row in notes})
        notices.digests(round_, notes)
        for row in found:
            if row.kind == Notice.Kind.EFFECT and row.event is not None:
                notices.show(round_, row.senior_id, row.event.pk, wording.effect_question(row.event))
        round_.store()
        Notice.objects.filter(pk__in=[row.pk for row in found]).update(state=Notice.State.SENT, sent_at=now)
    return len(found)


def _is_still_open(row: Notice) -> bool:
    unsettled = (*OPEN, DoseState.MISSED, DoseState.NOT_REMINDED)
    return row.occurrence is not None and row.occurrence.state in unsettled
