"""What an export of a senior's medicines holds. Whoever calls it has asked `access_senior` first."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from companion.care.medicines import in_words, selectors
from companion.care.medicines.fhir import UNKNOWN, Course, Record
from companion.care.medicines.models import DoseEvent, Occurrence
from companion.circle.models import Senior
from companion.safety import clock

NOTED = (DoseEvent.Kind.TAKEN, DoseEvent.Kind.SKIPPED)


def record_of(senior: Senior, since: date, until: date) -> Record:
    """A senior's medicines, and what was noted of the doses of these days, both included."""
    regimens = selectors.regimens_of(senior.pk, with_stopped=True)
    names = {one.pk: in_words.called(one) for one in regimens}
    events: defaultdict[UUID, list[DoseEvent]] = defaultdict(list)
    zone = ZoneInfo(senior.user.time_zone)
    for event in _standing(senior.pk, since, until, zone):
        events[event.regimen_id].append(event)
    unnoted: defaultdict[UUID, list[Occurrence]] = defaultdict(list)
    for row in selectors.occurrences_of(senior.pk, since, until).filter(state__in=list(UNKNOWN)):
        unnoted[row.regimen_id].append(row)
    courses = [
        Course(
            one,
            one.current.rule,
            events[one.pk],
            unnoted[one.pk],
            adherence=_in_words(senior.pk, one.pk, since, until),
            follows=names.get(one.follows_id, "") if one.follows_id else "",
        )
        for one in regimens
    ]
    return Record(senior.pk, senior.user.full_name or senior.name, clock.now().astimezone(zone), courses)


def _standing(senior_id: UUID, since: date, until: date, zone: ZoneInfo) -> list[DoseEvent]:
    """What was noted and not taken back: of doses due on these days, and of those without a due time."""
    rows = selectors.events_of(senior_id).filter(kind__in=NOTED).exclude(followed_by__kind=DoseEvent.Kind.UNDONE)
    due = rows.filter(occurrence__local_date__range=(since, until))
    begins, ends = (datetime.combine(day, time(), zone) for day in (since, until + timedelta(days=1)))
    besides = rows.filter(occurrence=None, taken_at__gte=begins, taken_at__lt=ends)
    return sorted((*due, *besides), key=lambda event: event.recorded_at)


def _in_words(senior_id: UUID, regimen_id: UUID, since: date, until: date) -> str:
    counts = selectors.adherence(senior_id, since, until, regimen_id=regimen_id)
    if not counts.n:
        return ""
    late = f", {counts.late} of these late" if counts.late else ""
    return f"{counts.taken} of {counts.n} doses due from {since} to {until} were noted as taken{late}."
