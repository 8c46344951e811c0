"""Lays out occurrences: brings the table into line with the rules, for the next two days.

What lies ahead and was not touched yet is made anew from the rules each time: added, moved or taken away. So one
function answers every change: a new version, another routine, a journey, a new table of time zones, a medicine that
another one follows. What is past, or somebody has answered, stays as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max, Q
from django.db.models.functions import Coalesce

from companion.care.medicines import schedule
from companion.care.medicines.models import (
    DoseEvent,
    DoseState,
    Occurrence,
    Regimen,
    RegimenState,
    RegimenVersion,
    Routine,
)
from companion.care.medicines.plan import CountFrom, Moment, Rule, RuleKind
from companion.care.medicines.schedule import Answered, Due

#: How far ahead occurrences always stand, and how far each laying out goes.
HORIZON, REACH = timedelta(hours=48), timedelta(hours=54)
#: Looked at beyond that, so that each dose knows its next one.
LOOK_AHEAD = timedelta(hours=13)
#: What came due while Lilo was down is written down as not reminded, up to this far back.
MOST_BACK = timedelta(days=14)
LOOK_BACK = timedelta(days=2)
DONE = (DoseState.TAKEN, DoseState.SKIPPED, DoseState.MISSED, DoseState.NOT_REMINDED)
MOVED = (
    "version", "local_date", "slot", "label", "zone", "quantity", "due_at", "opens_at", "late_at", "closes_at",
    "remind_at", "notice_at", "step_at",
)  # fmt: skip


COMPARED = ("version_id", "due_at", "late_at", "closes_at", "notice_at", "quantity")


@dataclass(slots=True)
class Changes:
    """What a laying out does to the table."""

    add: list[Occurrence] = field(default_factory=list)
    move: list[Occurrence] = field(default_factory=list)
    remove: list[UUID] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the rules are read against."""

    now: datetime
    routine: Mapping[Moment, time]
    rows: Sequence[Occurrence]
    """The regimen's own, of the last days and ahead, in order."""
    last: datetime | None
    """When the last one was taken, one besides those due too, or was due if it was not."""
    earlier: datetime | None
    """When the last one that was taken by a rule that no longer holds was due."""
    after: Sequence[Occurrence]
    """Those of the medicine it follows."""


def lay_out(regimens: Sequence[Regimen], now: datetime) -> None:
    """Bring the occurrences of these medicines, and of those that follow them, into line with their rules.

    Inside the caller's transaction, with the regimens' rows held. The number of queries does not grow with theirs.
    """
    active = [regimen for regimen in regimens if regimen.state == RegimenState.ACTIVE]
    known = {regimen.pk for regimen in active}
    followers = Regimen.objects.filter(follows__in=known, state=RegimenState.ACTIVE).exclude(pk__in=known)
    _lay_out([regimen for regimen in active if regimen.follows_id is None], now)
    _lay_out([*(regimen for regimen in active if regimen.follows_id is not None), *followers.only(*LIGHT)], now)


#: What laying out reads of a regimen: nothing that is sealed.
LIGHT = (
    "id", "senior_id", "follows_id", "state", "is_critical", "window_minutes", "notice_minutes", "active_since",
    "laid_out_until",
)  # fmt: skip


def _lay_out(regimens: Sequence[Regimen], now: datetime) -> None:
    if not regimens:
        return
    grounds = _grounds(regimens, now)
    versions: defaultdict[UUID, list[RegimenVersion]] = defaultdict(list)
    for version in RegimenVersion.objects.filter(regimen__in=regimens).order_by("number"):
        versions[version.regimen_id].append(version)
    changes = Changes()
    for regimen in regimens:
        _compare(regimen, versions[regimen.pk], grounds[regimen.pk], changes)
        regimen.laid_out_until = now + REACH
    untouched = Occurrence.objects.filter(state=DoseState.PENDING, reminded_at=None)
    untouched.filter(pk__in=changes.remove).delete()
    Occurrence.objects.bulk_update(changes.move, MOVED, batch_size=200)
    Occurrence.objects.bulk_create(changes.add, ignore_conflicts=True, batch_size=200)
    Regimen.objects.filter(pk__in=[regimen.pk for regimen in regimens]).update(laid_out_until=now + REACH)


def _grounds(regimens: Sequence[Regimen], now: datetime) -> dict[UUID, Ground]:
    keys = {regimen.pk for regimen in regimens}
    leaders = {regimen.follows_id for regimen in regimens if regimen.follows_id is not None}
    rows: defaultdict[UUID, list[Occurrence]] = defaultdict(list)
    since = min(now, *(regimen.laid_out_until for regimen in regimens)) - LOOK_BACK
    recent = Occurrence.objects.filter(regimen__in=keys | leaders, due_at__gte=max(since, now - MOST_BACK))
    for row in recent.select_for_update(of=("self",)).order_by("due_at"):
        rows[row.regimen_id].append(row)
    done = Occurrence.objects.filter(regimen__in=keys, state__in=DONE).order_by()
    was_before = Q(state=DoseState.TAKEN, version__effective_until__isnull=False)
    latest = {
        key: (last, earlier)
        for key, last, earlier in done.values_list("regimen").annotate(
            last=Max(Coalesce("taken_at", "due_at")), earlier=Max("due_at", filter=was_before)
        )
    }
    besides = DoseEvent.objects.filter(regimen__in=keys, occurrence=None, kind=DoseEvent.Kind.TAKEN).order_by()
    besides = besides.exclude(followed_by__kind=DoseEvent.Kind.UNDONE)
    for key, taken_at in besides.values_list("regimen").annotate(Max("taken_at")):
        last, earlier = latest.get(key, (None, None))
        latest[key] = max(filter(None, (last, taken_at))), earlier
    routines = routines_of({regimen.senior_id for regimen in regimens})
    return {
        regimen.pk: Ground(
            now,
            routines.get(regimen.senior_id, schedule.USUAL_DAY),
            rows[regimen.pk],
            *latest.get(regimen.pk, (None, None)),
            rows[regimen.follows_id] if regimen.follows_id is not None else (),
        )
        for regimen in regimens
    }


def routines_of(senior_ids: set[UUID]) -> dict[UUID, Mapping[Moment, time]]:
    """The own day of each of these seniors who has told it."""
    kept = Routine.objects.filter(senior__in=senior_ids)
    return {row.senior_id: {moment: getattr(row, moment.value) for moment in Moment} for row in kept}


def _compare(regimen: Regimen, versions: Sequence[RegimenVersion], ground: Ground, changes: Changes) -> None:
    now = ground.now
    free = {row.pk: row for row in ground.rows if _is_untouched(row) and row.due_at >= now}
    by_key = {(row.local_date, row.slot): row for row in ground.rows}
    begins = max(min(regimen.laid_out_until, now), regimen.active_since, now - MOST_BACK)
    for due, window, closes, version in _wanted(regimen, versions, ground, begins):
        slot = due.slot
        row = by_key.get(due.key)
        if row is not None and row.pk not in free:
            if due.due_at < now or row.due_at > due.due_at - _half_gap(version.rule, ground):
                continue  # it is past, or answered already
            slot = f"{slot}~{version.number}"  # the same clock time again, far enough on: a journey gave the day twice
            row = by_key.get((due.local_date, slot))
            if row is not None and row.pk not in free:
                continue
        if row is None:
            changes.add.append(_fill(Occurrence(regimen=regimen), regimen, version, due, slot, window, closes))
        else:
            del free[row.pk]
            before = [getattr(row, name) for name in COMPARED]
            _fill(row, regimen, version, due, slot, window, closes)
            if before != [getattr(row, name) for name in COMPARED]:
                changes.move.append(row)
    changes.remove += free


def _is_untouched(row: Occurrence) -> bool:
    return row.state == DoseState.PENDING and row.reminded_at is None


def _wanted(
    regimen: Regimen, versions: Sequence[RegimenVersion], ground: Ground, begins: datetime
) -> list[tuple[Due, timedelta, datetime, RegimenVersion]]:
    """What the rules want from `begins` on, with each dose's window and when it closes."""
    wanted: list[tuple[Due, RegimenVersion]] = []
    ends = ground.now + REACH + LOOK_AHEAD
    earlier: RegimenVersion | None = None
    for version in versions:
        since = max(begins, version.effective_from)
        until = min(ends, version.effective_until or ends)
        if since < until:
            found = _due(version, ground, since, until)
            if earlier is not None and earlier.zone != version.zone:
                found = _apart(found, version, ground)
            elif version.effective_until is None and version.rule.kind is RuleKind.TIMES and ground.earlier is not None:
                # taken at eight and moved to noon: asked for at noon tomorrow
                found = [due for due in found if due.due_at >= ground.earlier + _half_gap(version.rule, ground)]
            wanted += [(due, version) for due in found]
        earlier = version
    laid = []
    gaps = {version.number: _gap(version.rule, ground) for _, version in wanted}
    for number, (due, version) in enumerate(wanted):
        following = next((later.due_at for later, _ in wanted[number + 1 :] if later.due_at > due.due_at), None)
        window = schedule.window_of(
            gaps[version.number], is_critical=regimen.is_critical, chosen=regimen.window_minutes
        )
        if due.due_at < ground.now + REACH:
            laid.append((due, window, schedule.closes_at(due.due_at, window, following), version))
    return laid


def _due(version: RegimenVersion, ground: Ground, since: datetime, until: datetime) -> list[Due]:
    rule = version.rule
    if rule.kind is RuleKind.LINKED:
        return _due_after(version, ground, since, until)
    found = schedule.occurrences(rule, version.zone, since, until, routine=ground.routine, last=ground.last)
    if rule.kind is RuleKind.INTERVAL and rule.count_from is CountFrom.TAKEN:
        ahead = [due for due in found if due.due_at >= ground.now]
        overdue = ground.last is not None and ground.last + rule.interval < since and not _has_open(ground)
        if overdue and since >= ground.now:
            ahead = [
                _moved(due, since, version.zone) for due in ahead[:1]
            ]  # it is time already: at once, not an interval later
        found = [due for due in found if due.due_at < ground.now] + ahead[:1]
    return found


def _has_open(ground: Ground) -> bool:
    return any(row.is_open and row.due_at <= ground.now for row in ground.rows)


def _due_after(version: RegimenVersion, ground: Ground, since: datetime, until: datetime) -> list[Due]:
    """Doses that follow another medicine's. One that has become overdue by waiting for the other is due now."""
    answered = [
        Answered(row.due_at, row.local_date, row.slot, _moved_to(row, ground.now))
        for row in ground.after
        if row.state != DoseState.CANCELLED
    ]
    own = {(row.local_date, row.slot) for row in ground.rows if _is_untouched(row) and row.due_at >= ground.now}
    found = schedule.occurrences(version.rule, version.zone, since - LOOK_BACK, until, after=answered)
    return [
        _moved(due, max(due.due_at, ground.now), version.zone) if due.key in own else due
        for due in found
        if due.due_at >= since or due.key in own
    ]


def _moved_to(row: Occurrence, now: datetime) -> datetime:
    if row.taken_at is not None:
        return max(row.taken_at, row.due_at)
    if not row.is_open:
        return row.due_at
    return max(row.remind_at or row.due_at, row.due_at, now)


def _moved(due: Due, to: datetime, zone: str) -> Due:
    return Due(to, due.local_date, due.slot, to.astimezone(ZoneInfo(zone)).strftime("%H:%M"), due.quantity)


def _apart(found: list[Due], version: RegimenVersion, ground: Ground) -> list[Due]:
    """After a journey: nothing sooner than half a gap after the last dose by the old clock."""
    earlier = [
        row.taken_at or row.due_at
        for row in ground.rows
        if row.version_id != version.pk and row.state != DoseState.CANCELLED and row.due_at < version.effective_from
    ]
    if not earlier:
        return found
    return [due for due in found if due.due_at >= max(earlier) + _half_gap(version.rule, ground)]


def _half_gap(rule: Rule, ground: Ground) -> timedelta:
    return _gap(rule, ground) / 2


def _gap(rule: Rule, ground: Ground) -> timedelta:
    """The shortest time between two doses; one that follows another medicine comes as often as that does."""
    gap = schedule.shortest_gap(rule, ground.routine)
    if rule.kind is not RuleKind.LINKED:
        return gap
    due = sorted(row.due_at for row in ground.after if row.state != DoseState.CANCELLED)
    return min([gap, *(later - earlier for earlier, later in pairwise(due) if later > earlier)])


def _fill(
    row: Occurrence,
    regimen: Regimen,
    version: RegimenVersion,
    due: Due,
    slot: str,
    window: timedelta,
    closes: datetime,
) -> Occurrence:
    row.senior_id, row.version = regimen.senior_id, version
    row.local_date, row.slot, row.label, row.zone, row.quantity = (
        due.local_date, slot, due.label, version.zone, due.quantity,
    )  # fmt: skip
    row.due_at, row.opens_at, row.late_at, row.closes_at = (
        due.due_at, due.due_at - window, due.due_at + window, closes,
    )  # fmt: skip
    row.remind_at = row.step_at = due.due_at
    row.notice_at = min(due.due_at + timedelta(minutes=regimen.notice_minutes), closes)
    return row
