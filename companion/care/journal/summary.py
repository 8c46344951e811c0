"""The doctor's summary: what the last three months held, gathered for one person who may see it.

Kept apart from the pages because what draws it is large.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from companion.accounts import audit
from companion.accounts.models import User
from companion.care.journal import selectors
from companion.care.journal.measures import Kind
from companion.care.journal.models import Entry
from companion.care.journal.summary_pdf import Drug, Facts, draw
from companion.care.medicines import selectors as medicines
from companion.care.medicines.in_words import clock_time
from companion.care.medicines.pages import medicines_of
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.models import Senior
from companion.circle.privacy import profile_of
from companion.safety import clock

DAYS = 90
#: The days that adherence is counted over, up to yesterday.
ADHERENCE_DAYS = 30
NOTES, QUESTIONS, READINGS = 6, 8, 24
MEASURED = (Kind.BLOOD_PRESSURE, Kind.GLUCOSE, Kind.WEIGHT)
#: Countries that print on Letter.
LETTER = frozenset({"US", "CA", "MX", "PH", "CL", "CO", "VE", "GT", "CR", "PA", "DO", "PR", "SV"})


@dataclass(frozen=True, slots=True)
class Summary:
    """The finished document."""

    pdf: bytes
    file_name: str


def summary_for(person: User, senior_id: UUID) -> Summary:
    """The summary of a senior's last three months, as far as it is shared with the person.

    Raises:
        NotYoursError: the journal is not.
    """
    senior = access_senior(person, senior_id, need=Need.JOURNAL)
    facts = _facts(person, senior)
    with transaction.atomic():
        audit.record(person, "journal.summary_made", "senior", senior.pk, subject=senior.pk)
    plain = unicodedata.normalize("NFKD", senior.name).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower() or "lilo"
    return Summary(draw(facts), f"{name}-summary-{facts.until:%Y-%m-%d}.pdf")


def _facts(person: User, senior: Senior) -> Facts:
    now = clock.now().astimezone(ZoneInfo(senior.user.time_zone))
    today = now.date()
    since = today - timedelta(days=DAYS - 1)
    entries = Entry.objects.filter(senior_id=senior.pk, day__gte=since)
    words = {kind: list(entries.filter(kind=kind)) for kind in (Kind.NOTE, Kind.QUESTION)}
    readings = [(entry.day, selectors.words_of(entry)) for entry in entries.filter(kind__in=MEASURED)[:READINGS]]
    health = profile_of(person, senior.pk).health or {}
    return Facts(
        name=senior.user.full_name or senior.name,
        since=since,
        until=today,
        made=f"{now:%A}, {now.day} {now:%B %Y}, {clock_time(now)}",
        conditions=health.get("conditions", ""),
        allergies=health.get("allergies", ""),
        drugs=_drugs(person, senior, today),
        questions=tuple(entry.note for entry in words[Kind.QUESTION][:QUESTIONS]),
        notes=tuple((entry.day, entry.note) for entry in words[Kind.NOTE][:NOTES]),
        trends=tuple(selectors.trends_of(senior.pk, days=DAYS)),
        readings=tuple(readings),
        language=senior.user.language,
        is_letter=senior.user.country in LETTER,
    )


def _drugs(person: User, senior: Senior, today: date) -> tuple[Drug, ...] | None:
    """The medicines on the list, with how many doses were taken; None where they are not shared with the person.

    One that is paused, over or still to begin says so first: a doctor must not take it for one that is taken now.
    """
    try:
        access_senior(person, senior.pk, need=Need.MEDICINES)
    except NotYoursError:
        return None
    since, until = today - timedelta(days=ADHERENCE_DAYS), today - timedelta(days=1)
    drugs = []
    for card in medicines_of(senior)[0]:
        counted = medicines.adherence(senior.pk, since, until, regimen_id=card.regimen.pk)
        taken = f"{counted.taken} of {counted.n}" if counted.n else "not counted"
        how = f"{card.state_words}. {card.rule_words}" if card.state_words else card.rule_words
        drugs.append(Drug(card.box_name, how, taken))
    return tuple(drugs)
