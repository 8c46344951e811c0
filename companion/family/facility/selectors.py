"""What the staff of a home see of its residents: the board, the round, the notes. Each in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from companion.accounts.models import User
from companion.care.medicines.models import OPEN, DoseState, Occurrence
from companion.chat.activity import last_talked
from companion.circle.access import Need, NotYoursError, residents_for
from companion.circle.organisations.access import visible_units
from companion.circle.organisations.models import Residency, Unit
from companion.circle.organisations.selectors import with_names
from companion.circle.seen import note_seen
from companion.family.facility.models import HandoverNote, NoteReceipt
from companion.family.facility.rules import Known, Standing, Urgency, standing_of
from companion.family.rules import Trouble, ago_in_words
from companion.safety import clock
from companion.safety.ladder import CLOSED, State
from companion.safety.models import Alert, CheckInPlan

#: A missed dose of so long ago is for the notes, not for the board.
OVERDUE_WITHIN = timedelta(hours=12)
#: The round of an hour: what is due until then, and what was given since then.
ROUND_AHEAD, ROUND_BACK = timedelta(minutes=60), timedelta(minutes=90)
NOTES_SINCE = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Place:
    """Who lives where: as much of it as a board shows."""

    senior_id: UUID
    name: str
    """The whole name: two residents may share a first one."""
    room: str
    unit_id: UUID
    unit: str
    zone: str
    """Of the home's clock."""


@dataclass(frozen=True, slots=True)
class Row:
    """One resident on the board."""

    place: Place
    standing: Standing
    at: datetime
    """When it was read."""
    alert: Alert | None = None

    @property
    def senior_id(self) -> UUID:
        """Whose row it is."""
        return self.place.senior_id

    @property
    def urgency(self) -> Urgency:
        """Where on the board it stands."""
        return self.standing.urgency

    @property
    def ago(self) -> str:
        """How fresh that is."""
        return ago_in_words(self.standing.since, self.at) if self.standing.since else ""

    @property
    def order(self) -> str:
        """Its place among the rows of the same urgency, as text that sorts: room 9, then 12, then 12a."""
        return "  ".join((self.place.unit, *(str(part) for part in _by_room(self.place.room)), self.place.name))

    @property
    def needs_somebody(self) -> bool:
        """Whether there is an alert that nobody has taken on."""
        return self.alert is not None and self.alert.state != State.CLAIMED


@dataclass(frozen=True, slots=True)
class Level:
    """One part of the board."""

    urgency: Urgency
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is read for several residents at once, by senior."""

    alerts: dict[UUID, Alert]
    overdue: dict[UUID, list[datetime]]
    plans: dict[UUID, tuple[datetime | None, datetime | None, int]]
    """When they were heard of by a check-in, when the next one is due, and how often Lilo asked in vain."""
    talked: dict[UUID, datetime]
    shares_activity: frozenset[UUID]


def board(person: User, units: Iterable[Unit], *, words: str = "") -> list[Row]:
    """The residents of these units, the most urgent first, then by room. What is shown of them is written down as seen.

    Args:
        person: a member of staff.
        units: of the home they look after.
        words: only those whose name or room has these in it.
    """
    here = Q(unit__in=[unit.pk for unit in units])
    for word in words.split():
        named = Q(senior__user__full_name__icontains=word) | Q(senior__preferred_name__icontains=word)
        here &= named | Q(room__iexact=word)
    return sorted(_rows(person, here), key=lambda row: (row.urgency, row.order))


def row_of(person: User, senior_id: UUID) -> Row | None:
    """One resident's row; None where the person does not look after them."""
    return next(iter(_rows(person, Q(senior=senior_id))), None)


def levels(rows: Sequence[Row]) -> list[Level]:
    """The parts of the board, the empty ones too: a live page moves rows between them."""
    by_urgency: defaultdict[Urgency, list[Row]] = defaultdict(list)
    for row in rows:
        by_urgency[row.urgency].append(row)
    return [Level(urgency, tuple(by_urgency[urgency])) for urgency in Urgency]


def _rows(person: User, which: Q) -> list[Row]:
    """Plain values, not models: five hundred residents would be thousands of objects."""
    now = clock.now()
    found = residents_for(person, Need.ALERTS).filter(which, senior__user__deleted_at=None).order_by()
    columns = ("senior", "senior__user__full_name", "room", "unit", "unit__name", "unit__organisation__time_zone")
    places = [Place(*values) for values in found.values_list(*columns)]
    facts = _facts(person, which, found, now)
    return [_row(place, facts, now) for place in places]


def _facts(person: User, which: Q, residents: QuerySet[Residency], now: datetime) -> Facts:
    medicines = residents_for(person, Need.MEDICINES).filter(which).order_by()
    activity = residents_for(person, Need.ACTIVITY).filter(which).order_by().values_list("senior", flat=True)
    shares_activity = frozenset(activity)
    plans = CheckInPlan.objects.filter(pk__in=residents.values("senior"))
    facts = Facts(
        alerts=_gravest_alerts(residents),
        overdue=_overdue(medicines, now),
        plans={
            key: (seen_at, due_at, asked if is_active else 0)
            for key, seen_at, due_at, asked, is_active in plans.values_list(
                "pk", "last_seen_at", "due_at", "asked", "is_active"
            )
        },
        talked=last_talked(shares_activity),
        shares_activity=shares_activity,
    )
    note_seen(person, facts.alerts.keys(), Need.ALERTS)
    note_seen(person, facts.overdue.keys(), Need.MEDICINES)
    note_seen(person, shares_activity, Need.ACTIVITY)
    return facts


def _gravest_alerts(residents: QuerySet[Residency]) -> dict[UUID, Alert]:
    """The open alert of each that most needs somebody. What is told in confidence is never on a board."""
    told = Alert.objects.filter(senior__in=residents.values("senior"), told_since__isnull=False, is_confidential=False)
    found: dict[UUID, Alert] = {}
    still = told.exclude(state__in=CLOSED).select_related("claimed_by")
    for alert in still.defer("words", "reasons", "reason", "claimed_by__email", "claimed_by__phone"):
        known = found.get(alert.senior_id)
        if known is None or _gravity(alert) < _gravity(known):
            found[alert.senior_id] = alert
    return found


def _overdue(residents: QuerySet[Residency], now: datetime) -> dict[UUID, list[datetime]]:
    """When doses were due that must not be missed, and are late or were missed lately."""
    critical = Occurrence.objects.filter(
        senior__in=residents.values("senior"), regimen__is_critical=True, due_at__lte=now
    )
    late = Q(state__in=OPEN, late_at__lte=now) | Q(state=DoseState.MISSED)
    found: defaultdict[UUID, list[datetime]] = defaultdict(list)
    recent = critical.filter(late, due_at__gt=now - OVERDUE_WITHIN).order_by("due_at")
    for senior_id, due_at in recent.values_list("senior", "due_at"):
        found[senior_id].append(due_at)
    return dict(found)


def _row(place: Place, facts: Facts, now: datetime) -> Row:
    key = place.senior_id
    alert, late = facts.alerts.get(key), facts.overdue.get(key, [])
    checked_at, asked_since, asked = facts.plans.get(key, (None, None, 0))
    seen = [at for at in (facts.talked.get(key), checked_at) if at is not None]
    shares_activity = key in facts.shares_activity
    known = Known(
        now=now,
        zone=place.zone,
        trouble=_trouble(alert) if alert else None,
        trouble_since=alert.raised_at if alert else None,
        helper=alert.claimed_by.short_name if alert and alert.claimed_by else "",
        overdue=len(late),
        overdue_since=late[0] if late else None,
        asked=asked,
        asked_since=asked_since,
        seen_at=max(seen, default=None) if shares_activity else None,
        shares_activity=shares_activity,
    )
    return Row(place, standing_of(known), now, alert)


def _trouble(alert: Alert) -> Trouble:
    if alert.is_drill:
        return Trouble.DRILL
    if alert.state == State.CLAIMED:
        return Trouble.CLAIMED
    return Trouble.CALMED if alert.is_calmed else Trouble.HELP


def _gravity(alert: Alert) -> int:
    return [Trouble.HELP, Trouble.CALMED, Trouble.CLAIMED, Trouble.DRILL].index(_trouble(alert))


def _by_room(room: str) -> tuple[str, str]:
    """The number of a room, filled up, and its label: so that 9 comes before 12, and 12 before 12a."""
    digits = "".join(sign for sign in room if sign.isdigit())
    return f"{digits[:7]:0>7}", room


@dataclass(frozen=True, slots=True)
class Stop:
    """One resident on the round, with what is due and what was just given."""

    residency: Residency
    doses: tuple[Occurrence, ...]

    @property
    def open_count(self) -> int:
        """How many are still to be given."""
        return sum(dose.is_open for dose in self.doses)


def round_of(person: User, units: Iterable[Unit], *, senior_id: UUID | None = None) -> list[Stop]:
    """What is to be given in these units at this hour, room by room, by those who let the home see their medicines."""
    now = clock.now()
    found = residents_for(person, Need.MEDICINES).filter(unit__in=units, senior__user__deleted_at=None)
    if senior_id is not None:
        found = found.filter(senior=senior_id)
    residencies = sorted(with_names(found), key=lambda one: (one.unit.name, *_by_room(one.room)))
    due = Q(state__in=OPEN, due_at__lte=now + ROUND_AHEAD)
    done = Q(state__in=(DoseState.TAKEN, DoseState.SKIPPED), settled_at__gt=now - ROUND_BACK)
    doses = Occurrence.objects.select_related("regimen", "settled_by").defer("settled_by__email", "settled_by__phone")
    by_senior: defaultdict[UUID, list[Occurrence]] = defaultdict(list)
    offered: set[UUID] = set()  # of one medicine one dose at a time: nobody is asked to give two
    for dose in doses.filter(due | done, senior__in=[one.senior_id for one in residencies]).order_by("due_at", "pk"):
        if not dose.is_open or dose.regimen_id not in offered:
            by_senior[dose.senior_id].append(dose)
        if dose.is_open:
            offered.add(dose.regimen_id)
    note_seen(person, by_senior.keys(), Need.MEDICINES)
    return [Stop(one, tuple(by_senior[one.senior_id])) for one in residencies if one.senior_id in by_senior]


def notes(person: User, units: Iterable[Unit], *, senior_id: UUID | None = None) -> QuerySet[HandoverNote]:
    """The notes of these units of the last days, urgent ones first, then newest.

    A note about a resident is seen by those who look after them now: one who has moved away has taken theirs along.
    """
    mine = residents_for(person, Need.BELONG)
    here = mine.values("senior")
    read_by = NoteReceipt.objects.select_related("reader").defer("reader__email", "reader__phone")
    written = HandoverNote.objects.select_related("senior__user", "unit__organisation", "written_by")
    found = written.prefetch_related(Prefetch("receipts", read_by))
    if senior_id is not None:
        home = mine.filter(senior=senior_id).values("unit__organisation")
        return found.filter(senior=senior_id, unit__organisation__in=home)
    own = Q(senior=None, unit__in=units) | Q(senior__in=here, unit__in=units)
    return found.filter(own, written_at__gt=clock.now() - NOTES_SINCE).order_by("-is_urgent", "-written_at")


def visible_note(person: User, note_id: UUID) -> HandoverNote:
    """One note that the person may read, however old.

    Raises:
        NotYoursError: unknown or forbidden.
    """
    here = residents_for(person, Need.BELONG).values("senior")
    note = (
        HandoverNote.objects.filter(Q(senior=None) | Q(senior__in=here), unit__in=visible_units(person))
        .filter(pk=note_id)
        .first()
    )
    if note is None:
        raise NotYoursError
    return note


def unread_count(person: User, units: Iterable[Unit]) -> int:
    """How many notes of the last days the person has neither written nor read."""
    return notes(person, units).exclude(written_by=person).exclude(receipts__reader=person).order_by().count()
