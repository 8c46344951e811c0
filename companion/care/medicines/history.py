"""What the pages show of a medicine's last two weeks. Reads only, through `selectors`, as `pages` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from companion.care.medicines import in_words, selectors
from companion.care.medicines.models import (
    DoseEvent,
    DoseState,
    Occurrence,
    Regimen,
    SkipReason,
)
from companion.care.medicines.pages import state_of, who
from companion.circle.models import Senior
from companion.safety import clock

HISTORY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a medicine's history."""

    at: datetime
    when: str
    words: str
    tone: str = ""
    more: str = ""
    address: str = ""
    undo_event: UUID | None = None


def history_of(senior: Senior, regimen: Regimen) -> list[Line]:
    """The last two weeks of a medicine, newest first: each dose that was due, and each besides."""
    now, zone = clock.now(), senior.user.time_zone
    today = now.astimezone(ZoneInfo(zone)).date()
    rows = selectors.occurrences_of(senior.pk, today - HISTORY, today, regimen_id=regimen.pk)
    past = [row for row in rows if row.state != DoseState.CANCELLED and (row.due_at <= now or not row.is_open)]
    reasons = skip_reasons(past)
    lines = [_dose_line(row, senior, now, reasons.get(row.pk, "")) for row in past]
    besides = selectors.events_of(senior.pk, regimen_id=regimen.pk).filter(
        occurrence=None, kind=DoseEvent.Kind.TAKEN, taken_at__gte=now - HISTORY
    )
    lines += [_besides_line(event, senior, today) for event in besides.exclude(followed_by__kind=DoseEvent.Kind.UNDONE)]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def skip_reasons(rows: Sequence[Occurrence]) -> dict[UUID, str]:
    """Why these doses were left out, in words."""
    skipped = [row.pk for row in rows if row.state == DoseState.SKIPPED]
    events = DoseEvent.objects.filter(occurrence__in=skipped, kind=DoseEvent.Kind.SKIPPED).order_by("recorded_at")
    standing = events.exclude(followed_by__kind=DoseEvent.Kind.UNDONE) if skipped else events.none()
    found = standing.values_list("occurrence", "reason")
    return {key: str(SkipReason(reason).label) for key, reason in found if key and reason}


def _dose_line(row: Occurrence, senior: Senior, now: datetime, reason: str) -> Line:
    words, tone, _ = state_of(row, senior, now)
    today = now.astimezone(ZoneInfo(senior.user.time_zone)).date()
    when = _moment(row.due_at, senior, today)
    address = reverse("dose", args=[senior.pk, row.pk])
    return Line(row.due_at, when, words, tone, reason.capitalize(), address)


def _besides_line(event: DoseEvent, senior: Senior, today: date) -> Line:
    at = event.taken_at or event.recorded_at
    when = _moment(at, senior, today)
    words = f"Taken: {in_words.how_much(event.quantity, event.regimen.form)}{who(event.by, senior)}"
    doubt = str(DoseEvent.Doubt(event.doubt).label) if event.doubt else ""
    return Line(at, when, words, "soon" if doubt else "well", doubt.capitalize(), undo_event=event.pk)


def _moment(at: datetime, senior: Senior, today: date) -> str:
    local = at.astimezone(ZoneInfo(senior.user.time_zone))
    return f"{in_words.begin(in_words.day_words(local.date(), today))} at {in_words.clock_time(local)}"
