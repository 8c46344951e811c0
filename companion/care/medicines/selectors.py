"""What is read of medicines. Whoever calls these has asked `access_senior` with `Need.MEDICINES` first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from companion.care.medicines import adherence as counting
from companion.care.medicines import rules, schedule
from companion.care.medicines.adherence import Adherence, Outcome
from companion.care.medicines.layout import routines_of
from companion.care.medicines.models import (
    OPEN,
    DoseEvent,
    DoseState,
    Occurrence,
    Regimen,
    RegimenPicture,
    RegimenState,
    RegimenVersion,
)
from companion.care.medicines.pairs import Pair, pairs_among
from companion.care.medicines.plan import RuleKind
from companion.care.medicines.rules import Taking
from companion.care.medicines.stock import Stock
from companion.care.medicines.stock import stock_of as reckon
from companion.safety import clock


def doses_of_day(senior_id: UUID, day: date, *, here: str = "") -> list[Occurrence]:
    """The doses that belong to a day, in order, with their medicine and who noted them; without those called off.

    A dose belongs to the day of the slot it answers, by the clock of its zone, whenever it is taken. With `here`, the
    zone where the senior is, one that goes by another clock belongs to the day on which it is due there.
    """
    of_day = Q(local_date=day)
    if here:
        begins, ends = (datetime.combine(one, time(), ZoneInfo(here)) for one in (day, day + timedelta(days=1)))
        of_day = Q(local_date=day, zone=here) | (~Q(zone=here) & Q(due_at__gte=begins, due_at__lt=ends))
    rows = Occurrence.objects.select_related("regimen", "settled_by").filter(of_day, senior=senior_id)
    return list(rows.exclude(state=DoseState.CANCELLED).order_by("due_at"))


def open_doses(senior_id: UUID) -> list[Occurrence]:
    """What is to be taken now: due and neither settled nor missed, at most one of each medicine, the newest."""
    rows = Occurrence.objects.select_related("regimen").filter(
        senior=senior_id, state__in=OPEN, due_at__lte=clock.now(), closes_at__gt=clock.now()
    )
    newest = {row.regimen_id: row for row in rows.order_by("due_at")}
    return sorted(newest.values(), key=lambda row: row.due_at)


def next_due(senior_id: UUID) -> Occurrence | None:
    """The next dose that is still to come."""
    rows = Occurrence.objects.select_related("regimen").filter(senior=senior_id, state__in=OPEN)
    return rows.filter(due_at__gt=clock.now()).order_by("due_at").first()


def dose(senior_id: UUID, occurrence_id: UUID) -> Occurrence | None:
    """One dose of a senior, with its medicine."""
    rows = Occurrence.objects.select_related("regimen", "settled_by")
    return rows.filter(senior=senior_id, pk=occurrence_id).first()


def regimens_of(senior_id: UUID, *, with_stopped: bool = False) -> list[Regimen]:
    """A senior's medicines, each with `current`, its version of now, and `has_picture`; paused ones too."""
    rows = Regimen.objects.filter(senior=senior_id)
    if not with_stopped:
        rows = rows.exclude(state=RegimenState.STOPPED)
    found = list(rows.order_by("created_at"))
    versions = RegimenVersion.objects.filter(regimen__in=found, effective_until=None)
    current = {version.regimen_id: version for version in versions}
    pictured = set(RegimenPicture.objects.filter(regimen__in=found).values_list("regimen_id", flat=True))
    for row in found:
        row.current, row.has_picture = current[row.pk], row.pk in pictured
    return found


def events_of(senior_id: UUID, *, regimen_id: UUID | None = None) -> QuerySet[DoseEvent]:
    """What happened with doses, newest first, with who noted it; undone rows are still there."""
    rows = DoseEvent.objects.select_related("regimen", "by", "occurrence").filter(senior=senior_id)
    if regimen_id is not None:
        rows = rows.filter(regimen=regimen_id)
    return rows.order_by("-recorded_at", "-pk")


def occurrences_of(
    senior_id: UUID, since: date, until: date, *, regimen_id: UUID | None = None
) -> QuerySet[Occurrence]:
    """The doses of these days, both included, in order; those called off too."""
    rows = Occurrence.objects.select_related("regimen", "settled_by")
    rows = rows.filter(senior=senior_id, local_date__gte=since, local_date__lte=until)
    if regimen_id is not None:
        rows = rows.filter(regimen=regimen_id)
    return rows.order_by("due_at")


def adherence(senior_id: UUID, since: date, until: date, *, regimen_id: UUID | None = None) -> Adherence:
    """How many of the doses due on these days, both included, were taken. See `adherence` for what counts."""
    return counting.count(outcome for _, outcome in _outcomes(senior_id, since, until, regimen_id))


def adherence_by_day(
    senior_id: UUID, since: date, until: date, *, regimen_id: UUID | None = None
) -> dict[date, Adherence]:
    """The same, day by day, for a calendar; days without a dose are left out."""
    days: dict[date, list[Outcome]] = {}
    for day, outcome in _outcomes(senior_id, since, until, regimen_id):
        days.setdefault(day, []).append(outcome)
    return {day: counting.count(outcomes) for day, outcomes in sorted(days.items())}


def _outcomes(senior_id: UUID, since: date, until: date, regimen_id: UUID | None) -> list[tuple[date, Outcome]]:
    rows = Occurrence.objects.filter(senior=senior_id, local_date__gte=since, local_date__lte=until)
    if regimen_id is not None:
        rows = rows.filter(regimen=regimen_id)
    facts = list(rows.values_list("pk", "local_date", "state", "taken_at", "late_at"))
    skipped = [key for key, _, state, _, _ in facts if state == DoseState.SKIPPED]
    standing = DoseEvent.objects.filter(occurrence__in=skipped, kind=DoseEvent.Kind.SKIPPED)
    standing = standing.exclude(followed_by__kind=DoseEvent.Kind.UNDONE)
    reasons = dict(standing.order_by("recorded_at").values_list("occurrence", "reason")) if skipped else {}
    return [
        (day, Outcome(state, taken_at is not None and taken_at > late_at, reasons.get(key, "")))
        for key, day, state, taken_at, late_at in facts
    ]


@dataclass(frozen=True, slots=True)
class AsNeeded:
    """Where a medicine taken as needed stands.

    Args:
        last_at: when it was taken last.
        in_24_hours: how much was taken in the last 24 hours.
        most: most in 24 hours, where one is written down.
        next_allowed_at: when the limits allow the next one; not later than now where it is now.
        last_event: the last taking, to undo or to say whether it helped.
    """

    last_at: datetime | None
    in_24_hours: Decimal
    most: Decimal | None
    next_allowed_at: datetime
    last_event: DoseEvent | None

    @property
    def is_allowed_now(self) -> bool:
        """Whether the limits that were written down allow one now."""
        return self.next_allowed_at <= clock.now()


def as_needed(regimen: Regimen) -> AsNeeded:
    """Where a medicine taken as needed stands now."""
    now = clock.now()
    takings = takings_of(regimen, since=now - 2 * rules.DAY)
    least, most = limits_of(regimen)
    quantity = regimen.versions.get(effective_until=None).rule.quantity
    taken = DoseEvent.objects.filter(regimen=regimen, kind=DoseEvent.Kind.TAKEN)
    last = taken.exclude(followed_by__kind=DoseEvent.Kind.UNDONE).order_by("-taken_at").first()
    return AsNeeded(
        last_at=last.taken_at if last else None,
        in_24_hours=sum((one.quantity for one in takings if one.at > now - timedelta(days=1)), Decimal(0)),
        most=most,
        next_allowed_at=rules.next_allowed(takings, now, quantity, least=least, most=most),
        last_event=last,
    )


def as_needed_of(senior_id: UUID) -> list[tuple[Regimen, AsNeeded]]:
    """A senior's medicines in use that are taken as needed, each with where it stands."""
    found = [regimen for regimen in regimens_of(senior_id) if regimen.is_active]
    return [(regimen, as_needed(regimen)) for regimen in found if regimen.current.rule.kind is RuleKind.AS_NEEDED]


def pairs_of(regimen: Regimen) -> list[Pair]:
    """Other medicines in use about which to ask a pharmacist together with this one."""
    if regimen.state == RegimenState.STOPPED:
        return []
    in_use = Regimen.objects.filter(senior=regimen.senior_id).exclude(state=RegimenState.STOPPED)
    others = in_use.exclude(pk=regimen.pk).order_by("created_at")
    return [pair for pair in pairs_among([regimen, *others]) if regimen.pk in (pair.first.pk, pair.second.pk)]


def stock_of(regimen: Regimen) -> Stock:
    """What is left of a medicine, until when it lasts, and by when to order."""
    return reckon(regimen, clock.now())


def seniors_with_trouble(senior_ids: list[UUID]) -> dict[UUID, int]:
    """How many doses of the last day are late or missed, by senior: for a board of many people, in one query."""
    recent = Occurrence.objects.filter(senior__in=senior_ids, due_at__gt=clock.now() - timedelta(days=1))
    found: dict[UUID, int] = {}
    for key in recent.filter(Q(state=DoseState.LATE) | Q(state=DoseState.MISSED)).values_list("senior", flat=True):
        found[key] = found.get(key, 0) + 1
    return found


def current_version(regimen: Regimen) -> RegimenVersion:
    """The rule and zone it goes by now."""
    return regimen.versions.get(effective_until=None)


def takings_of(regimen: Regimen, *, since: datetime) -> list[Taking]:
    """What was really taken of a medicine since then, due or not; without what was undone."""
    rows = DoseEvent.objects.filter(regimen=regimen, kind=DoseEvent.Kind.TAKEN, taken_at__gte=since)
    rows = rows.exclude(followed_by__kind=DoseEvent.Kind.UNDONE)
    return [
        Taking(at, quantity) for at, quantity in rows.order_by("taken_at").values_list("taken_at", "quantity") if at
    ]


def limits_of(regimen: Regimen) -> tuple[timedelta | None, Decimal | None]:
    """Shortest time between two doses, and most in 24 hours."""
    least = regimen.least_minutes_between
    return (None if least is None else timedelta(minutes=least), regimen.most_in_24_hours)


def schedule_gap(regimen: Regimen) -> timedelta:
    """The shortest time between two of its doses, as its rule has it."""
    routine = routines_of({regimen.senior_id}).get(regimen.senior_id, schedule.USUAL_DAY)
    rule = current_version(regimen).rule
    if rule.kind is RuleKind.LINKED and regimen.follows is not None:  # it comes as often as the one it follows
        rule = current_version(regimen.follows).rule
    return schedule.shortest_gap(rule, routine)
