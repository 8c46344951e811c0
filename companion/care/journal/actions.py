"""What is done with the journal: one function a verb, each with its right, its row of the audit log and its hint.

All of them block: the event loop calls them through `lilo_site.threads.in_thread`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from companion.accounts import audit
from companion.accounts.models import User
from companion.care.journal import alarms, events
from companion.care.journal.access import access_entry
from companion.care.journal.advice import Advice, advice_for
from companion.care.journal.measures import WORDS, Kind, Reading
from companion.care.journal.models import Ending, Entry, Source
from companion.care.journal.rules import Check, Grade, check
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.models import Senior
from companion.circle.refusals import RefusedError
from companion.safety import check_ins, clock
from companion.safety.actions import RaisedAlert, press_help

#: How far back an entry may be written, and how far ahead a clock may be wrong.
OLDEST = timedelta(days=10 * 365)
AHEAD = timedelta(minutes=5)
#: A reading from before this long is no question of now.
FRESH = timedelta(hours=2)
#: The days before in which a last reading is compared with a new one.
COMPARED = timedelta(days=45)
#: How long a deleted entry can be put back; then it is erased.
KEPT_AFTER_DELETION = timedelta(days=30)


class DoubtError(Exception):
    """Something cannot be right, or is to be confirmed first; nothing was written."""

    def __init__(self, checks: Sequence[Check]) -> None:
        super().__init__("A reading is in doubt.")
        self.checks = tuple(checks)

    @property
    def can_be_confirmed(self) -> bool:
        """Whether a yes is enough; where not, the reading has to be told anew."""
        return all(each.grade is Grade.UNUSUAL for each in self.checks)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of it."""

    entries: tuple[Entry, ...]
    advice: Advice | None = None
    """What to do about it, the most urgent first."""
    alert: RaisedAlert | None = None


def write(
    by: User,
    senior_id: UUID,
    readings: Sequence[Reading],
    *,
    source: str,
    at: datetime | None = None,
    key: str = "",
    is_sure: bool = False,
) -> Written:
    """Write readings into a senior's journal. The same key writes once.

    Args:
        by: the senior, or one of the circle with whom the journal is shared.
        senior_id: whose journal.
        readings: what is told.
        source: how it came in, one of `models.Source`.
        at: when it was so; now where it is not said.
        key: the writer's own key of this press.
        is_sure: what is unusual was confirmed.

    Raises:
        NotYoursError: `by` may not.
        DoubtError: a reading cannot be right, or is unusual and not confirmed.
        RefusedError: the time is in the future, or too long ago.
    """
    senior = access_senior(by, senior_id, need=Need.JOURNAL, to_write=True)
    at = _checked_time(at)
    _raise_doubts(senior, readings, at, is_sure=is_sure)
    earlier = _written_before(senior, key, len(readings))
    if earlier:  # whoever wrote it may have crashed before it was asked about: the same entry raises one alert only
        return Written(earlier, _most_urgent(earlier), _alarm(by, senior, earlier, source=source))
    try:
        with transaction.atomic():
            entries = tuple(
                _new_entry(by, senior, reading, at=at, source=source, key=_key(key, place))
                for place, reading in enumerate(readings)
            )
            for entry in entries:
                audit.record(by, "journal.written", "entry", entry.pk, subject=senior.pk, kind=entry.kind)
            events.journal_changed_on_commit(senior.pk)
    except IntegrityError:  # the same press, at the same moment, on another thread
        earlier = _written_before(senior, key, len(readings))
        if not earlier:
            raise
        return Written(earlier, _most_urgent(earlier))
    return Written(entries, _most_urgent(entries), _alarm(by, senior, entries, source=source))


def correct(
    by: User, senior_id: UUID, entry_id: UUID, reading: Reading, *, at: datetime | None = None, is_sure: bool = False
) -> Written:
    """Replace an entry by a new one of the same kind. What it said before is kept as its history.

    Raises:
        NotYoursError: `by` may not, or there is no such entry.
        DoubtError: as for `write`.
        RefusedError: as for `write`, or the kind is another.
    """
    entry = access_entry(by, senior_id, entry_id, to_write=True)
    if reading.kind != entry.kind:
        raise RefusedError("A correction is of the same kind. Please write a new entry.")
    senior = access_senior(by, senior_id, need=Need.JOURNAL, to_write=True)
    at = _checked_time(at) if at is not None else entry.at
    _raise_doubts(senior, [reading], at, is_sure=is_sure, leave_out=entry.pk)
    with transaction.atomic():
        now = clock.now()
        ended = {"ended_at": now, "ended_because": Ending.CORRECTED}
        if not Entry.objects.filter(pk=entry.pk).update(**ended):
            raise NotYoursError  # somebody else was first
        new = _new_entry(by, senior, reading, at=at, source=Source.FORM, replaces=entry)
        audit.record(by, "journal.corrected", "entry", new.pk, subject=senior.pk, kind=new.kind)
        events.journal_changed_on_commit(senior.pk)
    return Written((new,), _most_urgent((new,)), _alarm(by, senior, (new,), source=Source.FORM))


def delete(by: User, senior_id: UUID, entry_id: UUID) -> None:
    """The senior takes an entry out. Nobody sees it or its history from now on; in thirty days it is erased.

    Raises:
        NotYoursError: `by` is not the senior, or there is no such entry.
    """
    access_senior(by, senior_id, need=Need.DECIDE, to_write=True)
    with transaction.atomic():
        ended = {"ended_at": clock.now(), "ended_because": Ending.DELETED}
        if not Entry.objects.filter(pk=entry_id, senior_id=senior_id).update(**ended):
            raise NotYoursError
        audit.record(by, "journal.deleted", "entry", entry_id, subject=senior_id)
        events.journal_changed_on_commit(senior_id)


def put_back(by: User, senior_id: UUID, entry_id: UUID) -> None:
    """Undo a deletion.

    Raises:
        NotYoursError: `by` is not the senior, or nothing of theirs was deleted under this id.
    """
    access_senior(by, senior_id, need=Need.DECIDE, to_write=True)
    with transaction.atomic():
        deleted = Entry.everything.filter(pk=entry_id, senior_id=senior_id, ended_because=Ending.DELETED)
        if not deleted.update(ended_at=None, ended_because=""):
            raise NotYoursError
        audit.record(by, "journal.put_back", "entry", entry_id, subject=senior_id)
        events.journal_changed_on_commit(senior_id)


def erase_deleted() -> int:
    """Erase for good what was deleted thirty days ago, with its history; how many entries. Safe to run twice."""
    before = clock.now() - KEPT_AFTER_DELETION
    keys = list(
        Entry.everything.filter(ended_because=Ending.DELETED, ended_at__lt=before).values_list("pk", flat=True)[:1000]
    )
    number = 0
    while keys:
        earlier = list(Entry.everything.filter(replaced_by__in=keys).values_list("pk", flat=True))
        with transaction.atomic():
            number += Entry.everything.filter(pk__in=keys).delete()[0]
        keys = earlier
    return number


def answer_check_in(senior: User, answer: int, *, key: str = "", source: str = Source.TAP) -> Written:
    """The senior says how they are today, by one tap. "I need help" is an emergency, like the help button.

    Args:
        senior: the person themselves; nobody else can say it for them.
        answer: 3 fine, 2 not so good, 1 help is needed.
        key: of this press.
        source: how it came in.

    Raises:
        NotYoursError: the person is no senior.
        DoubtError: there is no such answer.
    """
    alert = press_help(senior, key=key) if answer == 1 else None  # first of all: nothing may stand in its way
    check_ins.sign_of_life(senior.pk)
    written = write(senior, senior.pk, [Reading(Kind.CHECK_IN, answer)], source=source, key=key)
    return Written(written.entries, written.advice, alert)


def _checked_time(at: datetime | None) -> datetime:
    now = clock.now()
    if at is None:
        return now
    if at > now + AHEAD:
        raise RefusedError("This time is still to come. Please choose when it was.")
    if at < now - OLDEST:
        raise RefusedError("This is too long ago. Please choose a day in the last ten years.")
    return min(at, now)


def _raise_doubts(
    senior: Senior, readings: Sequence[Reading], at: datetime, *, is_sure: bool, leave_out: UUID | None = None
) -> None:
    checks = [check(reading, _before(senior, reading.kind, at, leave_out)) for reading in readings]
    doubts = [
        each for each in checks if each.grade is Grade.IMPOSSIBLE or (each.grade is Grade.UNUSUAL and not is_sure)
    ]
    if doubts:
        raise DoubtError(doubts)


def _before(senior: Senior, kind: str, at: datetime, leave_out: UUID | None) -> Reading | None:
    """The last reading before, to compare with."""
    if kind in WORDS:
        return None
    earlier = Entry.objects.filter(senior_id=senior.pk, kind=kind, at__lte=at, at__gt=at - COMPARED)
    entry = (earlier.exclude(pk=leave_out) if leave_out else earlier).first()
    return entry.reading if entry is not None else None


def _written_before(senior: Senior, key: str, number: int) -> tuple[Entry, ...]:
    if not key:
        return ()
    keys = [_key(key, place) for place in range(number)]
    return tuple(Entry.everything.filter(senior_id=senior.pk, key__in=keys).order_by("key"))


def _key(key: str, place: int) -> str:
    return f"{key}#{place}" if key else ""


def _new_entry(
    by: User,
    senior: Senior,
    reading: Reading,
    *,
    at: datetime,
    source: str,
    key: str = "",
    replaces: Entry | None = None,
) -> Entry:
    return Entry.objects.create(
        senior_id=senior.pk,
        kind=reading.kind,
        at=at,
        day=at.astimezone(ZoneInfo(senior.user.time_zone)).date(),
        value=reading.value,
        lower=reading.lower,
        unit=reading.unit,
        note=reading.note,
        source=Source(source),
        written_by=by,
        written_at=clock.now(),
        key=key,
        replaces=replaces,
    )


def _most_urgent(entries: Sequence[Entry]) -> Advice | None:
    found = [advice for entry in entries if (advice := advice_for(entry.reading)) is not None]
    return min(found, key=lambda advice: alarms.ORDER.index(advice.urgency)) if found else None


def _alarm(by: User, senior: Senior, entries: Sequence[Entry], *, source: str) -> RaisedAlert | None:
    """Ask, or alert, where the senior themselves told it, just now. Another writer is with them or will ring them."""
    fresh = [entry for entry in entries if entry.ended_at is None and entry.at >= clock.now() - FRESH]
    if by.pk != senior.pk or not fresh:
        return None
    return alarms.raise_for(senior.user, fresh, words_were_screened=source == Source.CHAT)
