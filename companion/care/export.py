"""What care holds about a person, for their own copy of it."""

from __future__ import annotations

from companion.accounts.export import offer, rows_of
from companion.care.calendar.models import CalendarDay, CalendarItem
from companion.care.journal.models import Entry
from companion.care.medicines.models import DoseEvent, Occurrence, Regimen, RegimenVersion, Routine, StockEvent


def offer_all() -> None:
    """Hand each part down to the room that makes the archive."""
    offer("medicines", lambda person: rows_of(Regimen.objects.filter(senior=person.pk)))
    offer("medicines-plans", lambda person: rows_of(RegimenVersion.objects.filter(regimen__senior=person.pk)))
    offer("medicines-doses", lambda person: rows_of(Occurrence.objects.filter(senior=person.pk)))
    offer("medicines-what-happened", lambda person: rows_of(DoseEvent.objects.filter(senior=person.pk)))
    offer("medicines-stock", lambda person: rows_of(StockEvent.objects.filter(regimen__senior=person.pk)))
    offer("times-of-the-day", lambda person: rows_of(Routine.objects.filter(senior=person.pk)))
    offer("journal", lambda person: rows_of(Entry.objects.filter(senior=person.pk), without=("key",)))
    offer("calendar", lambda person: rows_of(CalendarItem.objects.filter(senior=person.pk), without=("key",)))
    offer("calendar-days", lambda person: rows_of(CalendarDay.objects.filter(item__senior=person.pk)))
