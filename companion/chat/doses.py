"""Medicines in the talk: the buttons of a reminder, and "I took my pills" in plain words.

Every function blocks: the turn calls them from a thread. Nothing here raises for a dose that is gone or not the
person's: it is said kindly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from companion.accounts.models import User
from companion.care.medicines import actions, in_words, pages, selectors, wording
from companion.care.medicines.models import DoseEvent, DoseState, Occurrence, Regimen, SkipReason, Source
from companion.chat.dose_words import Heard, Say, fits, heard_in, is_any
from companion.chat.events import Choice, Reminder
from companion.chat.pressed import Pressed, Said, value_of
from companion.circle.access import NotYoursError
from companion.circle.refusals import RefusedError
from companion.safety import clock

DOSE, NEEDED, EFFECT, ZONE = "dose", "needed", "effect", "zone"
SKIP = "skip"
NOT_THERE = "I cannot find that one any more. Please look at Today: it shows what is to be taken."
NOTHING_WRITTEN = "All right. I have written nothing down."
REASONS = (SkipReason.FELT_ILL, SkipReason.DOCTOR, SkipReason.RAN_OUT, SkipReason.DID_NOT_WANT, SkipReason.OTHER)
EFFECTS: Mapping[str, tuple[str, str]] = {
    DoseEvent.Effect.BETTER: ("It helped", "I am glad. I have written it down."),
    DoseEvent.Effect.SAME: ("No change", "Thank you, I have written it down. If it goes on, tell your doctor."),
    DoseEvent.Effect.WORSE: (
        "It is worse",
        "I am sorry. I have written it down. Please tell your doctor, or press I need help if you feel very unwell.",
    ),
}


def press(pressed: Pressed) -> Said:
    """Act on a button of a reminder."""
    person = User.objects.filter(pk=pressed.by).first()
    try:
        if person is None:
            raise NotYoursError
        return _ACTS[pressed.kind](pressed, person)
    except NotYoursError:
        return Said("I pressed a button", NOT_THERE)
    except RefusedError as error:
        return Said(_pressed_words(pressed.verb), str(error))


def _press_dose(pressed: Pressed, person: User) -> Said:
    verb, _, reason = pressed.verb.partition("-")
    if verb == "taken":
        return _taken(pressed, person)
    if verb == "later":
        result = actions.snooze_dose(person, pressed.id)
        return Said(_pressed_words(verb), result.said)
    if verb == "no":
        return Said("Not yet", NOTHING_WRITTEN)
    if verb != SKIP or (reason and reason not in SkipReason.values):
        raise NotYoursError
    if not reason:
        return _ask_why(pressed, person)
    result = actions.skip_dose(person, pressed.id, reason=reason)
    return Said(_reason_words(SkipReason(reason)), result.said)


def _taken(pressed: Pressed, person: User) -> Said:
    result = actions.take_dose(person, pressed.id, source=Source.TAP)
    row = result.occurrence
    if row is None or not result.is_new or result.doubt:
        return Said("Taken", result.said)
    when = in_words.local_time(row.taken_at or clock.now(), person.time_zone)
    others = _offered(row.senior_id)
    reply = f"Good. I have written down {in_words.called(row.regimen)}, {when}"
    if not others:
        return Said(f"Taken: {in_words.called(row.regimen)}", reply)
    return Said(
        f"Taken: {in_words.called(row.regimen)}",
        f"{reply} Have you taken {_named(others)} too?",
        _taken_choices(others),
    )


def _ask_why(pressed: Pressed, person: User) -> Said:
    row = _own(person, pressed.id)
    if row.state == DoseState.TAKEN:
        return Said("Skip", wording.already_taken(row, person))
    choices = tuple(
        Choice(label=_reason_words(reason), value=value_of(DOSE, pressed.id, f"{SKIP}-{reason}")) for reason in REASONS
    )
    return Said("Skip", f"All right. Why are you leaving out {in_words.called(row.regimen)}?", choices)


def _press_needed(pressed: Pressed, person: User) -> Said:
    if pressed.verb != "taken":
        return Said("Not yet", NOTHING_WRITTEN)
    return Said("Taken", actions.take_as_needed(person, pressed.id, source=Source.TAP).said)


def _press_effect(pressed: Pressed, person: User) -> Said:
    if pressed.verb not in EFFECTS:
        raise NotYoursError
    said, reply = EFFECTS[pressed.verb]
    actions.record_effect(person, pressed.id, effect=pressed.verb)
    return Said(said, reply)


def _press_zone(pressed: Pressed, person: User) -> Said:
    follows = pressed.verb == "here"
    actions.settle_zone(person, pressed.id, follow=follows)
    words = "Times here" if follows else "Times of home"
    return Said(
        words, "All right. I remind you by the clock here." if follows else "All right. I keep the times of home."
    )


_ACTS: Mapping[str, Callable[[Pressed, User], Said]] = {
    DOSE: _press_dose,
    NEEDED: _press_needed,
    EFFECT: _press_effect,
    ZONE: _press_zone,
}


def are_about_doses(text: str) -> bool:
    """Whether words may be plain ones about medicines, whatever these are called. Blocks for nothing."""
    return heard_in(text, [text]) is not None


def hear(text: str, senior_id: UUID) -> Said | None:
    """Answer plain words about medicines, with buttons to confirm. None: they are about something else."""
    person = User.objects.filter(pk=senior_id).first()
    regimens = [one for one in selectors.regimens_of(senior_id) if one.is_active] if person else []
    if person is None or not regimens:
        return None
    heard = heard_in(text, [_names(one) for one in regimens])
    if heard is None:
        return None
    meant = [one for one in regimens if is_any(heard.what) or fits(heard.what, [_names(one)])]
    if heard.say is Say.NEXT:
        return _tell_next(person, text)
    if heard.say is Say.DID_I:
        return _tell_taken(person, text, meant, _of_today(person, meant))
    return _offer(person, text, heard, meant)


def _offer(person: User, text: str, heard: Heard, meant: Sequence[Regimen]) -> Said | None:
    keys = {one.pk for one in meant}
    rows = [row for row in _offered(person.pk) if row.regimen_id in keys]
    if rows:
        ask = f"Shall I write down {_named(rows)}?" if len(rows) == 1 else "Which one have you taken?"
        return Said(text, ask, _taken_choices(rows))
    if not is_any(heard.what):
        needed = [one for one, _ in selectors.as_needed_of(person.pk) if one.pk in keys]
        if needed:
            return Said(text, f"Shall I write down {in_words.called(needed[0])}?", _needed_choices(needed[0]))
    if not meant:
        return None
    today = _of_today(person, meant)
    return _ask_if_early(person, text, today) or _tell_taken(person, text, meant, today)


def _of_today(person: User, meant: Sequence[Regimen]) -> list[Occurrence]:
    """The doses of these medicines on the day of the person's clock, in order."""
    today = clock.now().astimezone(ZoneInfo(person.time_zone)).date()
    keys = {one.pk for one in meant}
    return [row for row in selectors.doses_of_day(person.pk, today) if row.regimen_id in keys]


def _ask_if_early(person: User, text: str, rows: Sequence[Occurrence]) -> Said | None:
    """Ask which of the day's first doses was taken ahead of its time: unwritten, it would be reminded of, and perhaps
    taken twice. None where one of these medicines was due today already."""
    if not rows or rows[0].due_at <= clock.now() or any(not row.is_open for row in rows):
        return None
    first = [row for row in rows if row.due_at == rows[0].due_at]
    due = f"{in_words.begin(_named(first))} {'is' if len(first) == 1 else 'are'} not due until"
    ask = "Have you taken it already?" if len(first) == 1 else "Which one have you taken already?"
    at = in_words.local_time(first[0].due_at, person.time_zone)
    return Said(text, f"{in_words.sentence(f'{due} {at}')} {ask}", _taken_choices(first))


def _tell_taken(person: User, text: str, meant: Sequence[Regimen], rows: Sequence[Occurrence]) -> Said:
    """What is written down of today. A possible second dose is never waved through."""
    keys = {one.pk for one in meant}
    taken = [row for row in rows if row.state == DoseState.TAKEN and row.taken_at is not None]
    still = [row for row in _offered(person.pk) if row.regimen_id in keys]
    parts = [f"{in_words.begin(in_words.called(row.regimen))}: {_when(row.taken_at, person)}" for row in taken]
    said = f"Today I have written down: {'; '.join(parts)}" if parts else "I have nothing of that written down today."
    if still:
        return Said(text, f"{said} {in_words.begin(_named(still))} is not written down yet.", _taken_choices(still))
    return Said(
        text, f"{said} {'If you are not sure, do not take it again. Ask your pharmacist.' if parts else ''}".strip()
    )


def _tell_next(person: User, text: str) -> Said:
    now_open = _offered(person.pk)
    if now_open:
        return Said(text, f"It is time for {_named(now_open)}.", _taken_choices(now_open))
    row = selectors.next_due(person.pk)
    if row is None:
        return Said(text, "Nothing more is on your list for now.")
    place = ZoneInfo(person.time_zone)
    local, today = row.due_at.astimezone(place), clock.now().astimezone(place).date()
    day = in_words.day_words(local.date(), today)
    return Said(text, f"Next is {in_words.called(row.regimen)}, {day} at {in_words.clock_time(local)}")


def waiting_reminders(senior_id: UUID) -> list[Reminder]:
    """The reminders that wait for an answer now: for a page that was closed when they came. Marked as seen."""
    person = User.objects.filter(pk=senior_id, is_active=True).first()
    rows = selectors.open_doses(senior_id) if person is not None else []
    if person is None or not rows:
        return []
    shown = [row for row in rows if row.remind_at is None and row.reminded_at is not None]
    mark_shown(person, [row.pk for row in shown])
    return [_reminder(row, person) for row in shown]


def mark_shown(person: User, occurrence_ids: Sequence[UUID]) -> None:
    """The senior has these in front of them: no other way to remind of them need be tried."""
    if occurrence_ids:
        actions.mark_seen(person, person.pk, occurrence_ids)


def _reminder(row: Occurrence, person: User) -> Reminder:
    card = wording.reminder(row, person.time_zone)
    choices = tuple(Choice(label=label, value=value) for label, value in card.choices)
    return Reminder(reminder_id=row.pk, title=card.title, detail=card.detail, choices=choices)


def _offered(senior_id: UUID) -> list[Occurrence]:
    """What may be noted as taken now: due or nearly so, never two doses of one medicine."""
    rows = {row.regimen_id: row for row in selectors.open_doses(senior_id)}
    coming = selectors.next_due(senior_id)
    if coming is not None and coming.due_at - clock.now() <= pages.SOON:
        rows.setdefault(coming.regimen_id, coming)
    return sorted(rows.values(), key=lambda row: row.due_at)


def _taken_choices(rows: Sequence[Occurrence]) -> tuple[Choice, ...]:
    yes = "Yes, I took it" if len(rows) == 1 else ""
    choices = [
        Choice(label=yes or in_words.begin(in_words.called(row.regimen)), value=value_of(DOSE, row.pk, "taken"))
        for row in rows
    ]
    return (*choices, Choice(label="Not yet", value=value_of(DOSE, rows[0].pk, "no")))


def _needed_choices(regimen: Regimen) -> tuple[Choice, ...]:
    return (
        Choice(label="Yes, I took it", value=value_of(NEEDED, regimen.pk, "taken")),
        Choice(label="Not yet", value=value_of(NEEDED, regimen.pk, "no")),
    )


def _named(rows: Sequence[Occurrence]) -> str:
    return in_words.listed([in_words.called(row.regimen) for row in rows])


def _names(regimen: Regimen) -> str:
    return f"{regimen.name} {regimen.generic_name} {regimen.look}"


def _own(person: User, occurrence_id: UUID) -> Occurrence:
    row = selectors.dose(person.pk, occurrence_id)
    if row is None:
        raise NotYoursError
    return row


def _when(moment: datetime | None, person: User) -> str:
    return in_words.local_time(moment, person.time_zone) if moment else ""


def _reason_words(reason: SkipReason) -> str:
    return in_words.begin(str(reason.label))


def _pressed_words(verb: str) -> str:
    return {"taken": "Taken", "later": "Later"}.get(verb, "Skip")
