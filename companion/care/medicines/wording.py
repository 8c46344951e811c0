"""What Lilo says of doses. Short and plain; never how much to take: that is the label's and the doctor's to say.

How a medicine and its rule are put into words is in `in_words`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from companion.accounts.models import User
from companion.care.medicines.in_words import begin, called, clock_time, day_words, how_much, local_time, sentence
from companion.care.medicines.models import DoseEvent, DoseState, Food, Notice, Occurrence, Regimen
from companion.care.medicines.stock import Stock
from companion.safety.response import IS_WELL, NEEDS_HELP

Doubt = DoseEvent.Doubt
Kind = Notice.Kind
SKIPPED = "I have written down that you left this one out."
UNDONE = "I have taken that back."
ENOUGH_SNOOZES = "This one has been put off often enough. Please take it now, or skip it and tell me why."
NOT_DUE_YET = "This one is not due yet. I will remind you in time."
TOO_LATE_TO_SNOOZE = "It is too late to put this one off. Please take it now, or skip it and tell me why."
#: Where no curated article says more.
IF_MISSED = "Do not take two at once. If you are not sure, ask your pharmacist."
_ASK = "If you feel unwell, press I need help."
DOUBTS = {
    Doubt.DOUBLE: "This may be a second one: another was noted not long before. Please take no more now, and ask your "
    f"pharmacist. {_ASK}",
    Doubt.TOO_SOON: f"This was sooner after the last one than your list says. Please ask your pharmacist. {_ASK}",
    Doubt.OVER_MOST: f"This is more in 24 hours than your list says. Please ask your pharmacist now. {_ASK}",
}


@dataclass(frozen=True, slots=True)
class Card:
    """What the senior's own page shows: a title, more, and large buttons with what each sends."""

    title: str
    detail: str
    choices: tuple[tuple[str, str], ...]


def due_label(occurrence: Occurrence, here: str) -> str:
    """When it is due; on a journey by both clocks."""
    at_home = local_time(occurrence.due_at, occurrence.zone)
    there = local_time(occurrence.due_at, here)
    return at_home if there == at_home else f"{at_home} at home, which is {there} here"


def reminder(occurrence: Occurrence, here: str) -> Card:
    """It is time for a dose. However late or often it is said, it names the time it was due."""
    regimen = occurrence.regimen
    was = "It was due" if occurrence.snoozes or occurrence.state == DoseState.LATE else "It is due"
    parts = [sentence(f"{begin(how_much(occurrence.quantity, regimen.form))}. {was} at {due_label(occurrence, here)}")]
    if regimen.food:
        parts.append(f"Take it {Food(regimen.food).label}.")
    parts += [regimen.instructions] if regimen.instructions else []
    choices = tuple((label, f"dose:{occurrence.pk}:{label.lower()}") for label in ("Taken", "Later", "Skip"))
    return Card(f"It is time for {called(regimen)}.", " ".join(parts), choices)


def missed_question(occurrence: Occurrence, here: str, alert_id: UUID) -> Card:
    """A dose that must not be missed was missed: the question of its alert."""
    choices = (
        ("I have taken it", f"dose:{occurrence.pk}:taken"),
        ("I'm all right", f"{IS_WELL}:{alert_id}"),
        ("I need help", f"{NEEDS_HELP}:{alert_id}"),
    )
    due = sentence(f"{begin(called(occurrence.regimen))} was due at {due_label(occurrence, here)}")
    detail = f"{due} {IF_MISSED}"
    return Card("Are you all right?", detail, choices)


def effect_question(event: DoseEvent) -> Card:
    """Whether a dose as needed has helped."""
    answers = (("It helped", "better"), ("No change", "same"), ("It is worse", "worse"))
    choices = tuple((label, f"effect:{event.pk}:{verb}") for label, verb in answers)
    return Card(f"Has {called(event.regimen)} helped?", "I will write it into your list.", choices)


def zone_question(regimen: Regimen, at_home: str, here: str) -> Card:
    """Which clock a medicine goes by on a journey."""
    choices = (("Times here", f"zone:{regimen.pk}:here"), ("Times of home", f"zone:{regimen.pk}:home"))
    detail = (
        f"You seem to be in {_place(here)}. Your times are those of {_place(at_home)}. "
        "If you are not sure, ask your pharmacist before you change them."
    )
    return Card(f"By which clock shall I remind you of {called(regimen)}?", detail, choices)


def stock_card(regimen: Regimen, stock: Stock, kind: Notice.Kind) -> Card:
    """Time to order, or the packet's date."""
    if kind == Kind.EXPIRY:
        return Card(
            f"Please look at the date on {called(regimen)}.",
            f"On the packet it says: use before {_day(stock.expires_on)}. Ask your pharmacist for a new one.",
            (),
        )
    return Card(
        f"Time to order {called(regimen)}.",
        f"It lasts until about {_day(stock.runs_out_on)}. Please ask the pharmacy by {_day(stock.order_by)}.",
        (),
    )


def letter_to_senior(regimen: Regimen, card: Card) -> tuple[str, str]:
    """The same for a message that may light up on a table: it names no medicine unless the senior wants it so."""
    if regimen.hides_name:
        return "Lilo has a reminder for you", "Please open Lilo to see it and to answer."
    return card.title, card.detail


def letter_to_circle(kind: str, occurrence: Occurrence, name: str, here: str) -> tuple[str, str]:
    """What a member of the circle is told of a dose. Calm: it may only not have been noted.

    Args:
        kind: one of `Notice.Kind`.
        occurrence: the dose.
        name: the senior's.
        here: the senior's own zone now.
    """
    what = "a medicine" if occurrence.regimen.hides_name else occurrence.regimen.name
    due = f"{what}, due at {due_label(occurrence, here)} by the clock there,"
    if kind == Kind.TAKEN:
        return f"{name}: all is well", f"What was open is done: {due} is now noted as taken. You need do nothing."
    if kind == Kind.UNSEEN:
        body = f"Lilo's reminder for {due} may not have been seen. That does not mean that it was missed."
        return f"{name}: a reminder may not have been seen", f"{body} A short call may help."
    return (
        f"{name}: something to check",
        f"{due[0].upper()}{due[1:]} is not noted as taken yet. It may only not have been noted. A short call may help.",
    )


def letter_of_doubt(event: DoseEvent, name: str, zone: str) -> tuple[str, str]:
    """To the circle: a dose may have been taken twice."""
    what = "a medicine" if event.regimen.hides_name else event.regimen.name
    when = local_time(event.taken_at or event.recorded_at, zone)
    body = f"More of {what} than planned was noted, the last at {when}. It may only have been noted twice."
    return f"{name}: please check today", f"{body} Please call, and ask a pharmacist if it was really taken."


def digest(name: str, count: int) -> tuple[str, str]:
    """To the circle, once a day, of what is of low risk."""
    doses = "1 dose was" if count == 1 else f"{count} doses were"
    return f"{name}: your daily note", f"Today {doses} not noted as taken. There is no hurry."


def taken(doubt: str) -> str:
    """After a dose was noted."""
    return f"I have written it down. {DOUBTS[Doubt(doubt)]}" if doubt else "Well done. I have written it down."


def already_taken(occurrence: Occurrence, by: User) -> str:
    """To the second who says so."""
    when = f" at {local_time(occurrence.taken_at, by.time_zone)}" if occurrence.taken_at else ""
    who = occurrence.settled_by
    name = "" if who is None else ", noted by you" if who.pk == by.pk else f", noted by {who.short_name}"
    return sentence(f"This one is already taken{when}{name}")


def not_open(occurrence: Occurrence, by: User) -> str:
    """Where a dose can no longer be put off."""
    if occurrence.state == DoseState.TAKEN:
        return already_taken(occurrence, by)
    return f"It is too late to put this one off. {IF_MISSED}"


def snoozed(occurrence: Occurrence, here: str) -> str:
    """After a dose was put off."""
    when = f" at {local_time(occurrence.remind_at, here)}" if occurrence.remind_at else ""
    return sentence(f"{sentence(f'I will remind you again{when}')} It was due at {due_label(occurrence, here)}")


SAME_PRESS = "I have written down one. If you took another, please press once more in a moment."


def taken_as_needed(doubt: str, allowed: datetime, now: datetime, here: str) -> str:
    """After a dose as needed was noted."""
    said = f"I have written it down. {DOUBTS[Doubt(doubt)]}" if doubt else "I have written it down."
    if allowed <= now:
        return said
    then, today = allowed.astimezone(ZoneInfo(here)), now.astimezone(ZoneInfo(here)).date()
    day = "" if then.date() == today else f" {day_words(then.date(), today)}"
    return sentence(f"{said} By the limits on your list, the next one is allowed at {clock_time(then)}{day}")


def _place(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def _day(day: object) -> str:
    return f"{day:%A, %d %B}".replace(", 0", ", ") if day is not None else "soon"
