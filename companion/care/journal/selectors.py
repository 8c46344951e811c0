"""What is read of the journal.

Those that take a person ask for their right first. Those that take a senior's id alone are for callers that have asked
already (`access_senior` with `Need.JOURNAL`), such as the family's dashboard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max, Prefetch, QuerySet

from companion.accounts.models import User
from companion.care.journal.explanations import Told
from companion.care.journal.measures import WORDS, Kind, Unit, sentence, unit_of, usual_unit
from companion.care.journal.models import Ending, Entry
from companion.care.journal.telling import TRENDED, TrendView, trend_view
from companion.circle.access import Need, access_senior
from companion.safety import clock
from companion.safety.models import CheckInPlan

#: Spans that trends are shown for.
SPANS = (30, 90, 365)
#: What a trend looks back at besides its span: what is usual, and slow changes.
LOOK_BACK = 200
#: What the one line of the dashboard is made of, most telling first.
LINE_KINDS = (Kind.CHECK_IN, Kind.SLEEP, Kind.PAIN, Kind.MOOD, Kind.BLOOD_PRESSURE, Kind.GLUCOSE, Kind.WEIGHT)
LINE_PARTS = 3


@dataclass(frozen=True, slots=True)
class Latest:
    """The last entry of one kind."""

    kind: Kind
    label: str
    words: str
    """As one short line: `Slept badly`."""
    at: datetime
    by: str
    """Who wrote it; empty for the senior."""
    entry_id: UUID


@dataclass(frozen=True, slots=True)
class JournalLine:
    """The journal in one line, for a dashboard."""

    words: str
    at: datetime | None
    """When the newest part of it was so; None where nothing was written in the last three days."""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Today's check-in as a page shows it."""

    senior_id: UUID
    is_planned: bool
    time_of_day: time | None
    answer: int | None
    """3 fine, 2 not so good, 1 help is needed; None while nothing was said today."""
    words: str
    at: datetime | None
    is_asking: bool
    """Lilo has asked today and waits."""
    paused_until: date | None


def entries_of(person: User, senior_id: UUID, *, kind: str = "", since: date | None = None) -> QuerySet[Entry]:
    """What a senior's journal says now, newest first.

    Raises:
        NotYoursError: it is not shared with the person.
    """
    senior = access_senior(person, senior_id, need=Need.JOURNAL)
    entries = Entry.objects.select_related("written_by").filter(senior_id=senior.pk)
    if kind:
        entries = entries.filter(kind=kind)
    return entries.filter(day__gte=since) if since else entries


def history_of(entry: Entry) -> list[Entry]:
    """What an entry said before it was corrected, newest first."""
    found: list[Entry] = []
    key = entry.replaces_id
    while key is not None:
        earlier = Entry.everything.select_related("written_by").filter(pk=key, ended_because=Ending.CORRECTED).first()
        if earlier is None:
            break
        found.append(earlier)
        key = earlier.replaces_id
    return found


def units_of(senior: User) -> dict[Kind, Unit]:
    """The unit of each kind as this senior last told it, or as people of their country do."""
    last = {entry.kind: entry.unit for entry in _latest_entries(senior.pk)}
    return {
        kind: unit_of(kind, last[kind]) if last.get(kind) else usual_unit(kind, senior.country)
        for kind in Kind
        if kind not in WORDS
    }


def latest_of(senior_id: UUID, *, since: datetime | None = None) -> list[Latest]:
    """What was last written of each kind, newest first. The same few queries, however long the journal is."""
    found = [
        Latest(
            Kind(entry.kind),
            str(Kind(entry.kind).label),
            words_of(entry),
            entry.at,
            writer_of(entry),
            entry.pk,
        )
        for entry in _latest_entries(senior_id, since=since)
    ]
    return sorted(found, key=lambda latest: latest.at, reverse=True)


def journal_line(senior_id: UUID) -> JournalLine:
    """The journal of the last three days in one line: `I'm fine; slept well; 128 over 79`."""
    since = clock.now() - timedelta(days=3)
    newest = {latest.kind: latest for latest in latest_of(senior_id, since=since)}
    parts = [newest[kind] for kind in LINE_KINDS if kind in newest][:LINE_PARTS]
    if not parts:
        return JournalLine("Nothing written in the last three days", None)
    words = "; ".join(part.words if place == 0 else _lower_first(part.words) for place, part in enumerate(parts))
    return JournalLine(words, max(part.at for part in parts))


def check_in_of(senior_id: UUID, *, zone: str = "") -> CheckIn:
    """Today's check-in: what was agreed, and whether the senior has said how they are.

    Args:
        senior_id: whose.
        zone: the senior's time zone, where the caller knows it.
    """
    plan = CheckInPlan.objects.filter(pk=senior_id).first()
    zone = zone or User.objects.values_list("time_zone", flat=True).get(pk=senior_id)
    today = clock.now().astimezone(ZoneInfo(zone)).date()
    said = Entry.objects.filter(senior_id=senior_id, kind=Kind.CHECK_IN, day=today).first()
    return CheckIn(
        senior_id=senior_id,
        is_planned=plan is not None and plan.is_active,
        time_of_day=plan.time_of_day if plan is not None else None,
        answer=int(said.value or 0) if said is not None else None,
        words=words_of(said).removeprefix("Check-in: ") if said is not None else "",
        at=said.at if said is not None else None,
        is_asking=plan is not None and plan.is_active and plan.asked > 0,
        paused_until=plan.paused_until
        if plan is not None and plan.paused_until and plan.paused_until > today
        else None,
    )


def check_in_plan(person: User, senior_id: UUID) -> CheckInPlan | None:
    """What was agreed on the daily check-in, for those who may change it.

    Raises:
        NotYoursError: the person may not.
    """
    access_senior(person, senior_id, need=Need.MANAGE)
    return CheckInPlan.objects.filter(pk=senior_id).first()


def trends_of(senior_id: UUID, *, days: int = 90, kinds: Sequence[Kind] = TRENDED) -> list[TrendView]:
    """The trends of every kind that anything was written of in the span. Two queries, however long the journal is."""
    senior = User.objects.get(pk=senior_id)
    today = clock.now().astimezone(ZoneInfo(senior.time_zone)).date()
    since = today - timedelta(days=max(days, LOOK_BACK))
    rows = Entry.objects.filter(senior_id=senior_id, kind__in=kinds, day__gte=since).order_by("at", "written_at")
    told: dict[Kind, list[Told]] = {}
    units: dict[Kind, Unit] = {}
    for entry in rows:
        kind = Kind(entry.kind)
        told.setdefault(kind, []).append(Told(entry.day, entry.reading))
        units[kind] = unit_of(kind, entry.unit) if entry.unit else usual_unit(kind, senior.country)
    views = [trend_view(kind, told[kind], unit=units[kind], today=today, span=days) for kind in kinds if told.get(kind)]
    return [view for view in views if view.n]


def words_of(entry: Entry, unit: Unit | None = None) -> str:
    """An entry as one short line, in the unit in which it was told."""
    if entry.kind in WORDS:
        return entry.note
    return sentence(entry.reading, unit or unit_of(entry.kind, entry.unit))


def writer_of(entry: Entry) -> str:
    """Who wrote an entry, where it was not the senior."""
    if entry.written_by_id == entry.senior_id:
        return ""
    return entry.written_by.short_name if entry.written_by is not None else "Somebody"


def _latest_entries(senior_id: UUID, *, since: datetime | None = None) -> list[Entry]:
    """The newest entry of each kind: when that was stands in the index, so no more than those are opened."""
    mine = Entry.objects.filter(senior_id=senior_id)
    recent = mine.filter(at__gte=since) if since else mine
    newest = dict(recent.order_by().values_list("kind").annotate(newest=Max("at")))
    rows = mine.filter(kind__in=newest.keys(), at__in=newest.values()).order_by("at", "written_at")
    by = Prefetch("written_by", User.objects.only("username", "full_name"))
    return list({row.kind: row for row in rows.prefetch_related(by)}.values())  # of each kind, the one that came last


def _lower_first(words: str) -> str:
    return words if words.startswith(("I'm", "I need")) else words[:1].lower() + words[1:]
