"""Medicines in plain words: how one is called, how much of it, when. Pure; pages, messages and exports say it so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from companion.care.medicines.models import Food, Form, Regimen
from companion.care.medicines.plan import DAY, CountFrom, Moment, Rule, RuleKind, Slot

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: One and several of each form.
UNITS = {
    Form.TABLET: ("tablet", "tablets"),
    Form.CAPSULE: ("capsule", "capsules"),
    Form.LIQUID: ("spoon", "spoons"),
    Form.DROPS: ("drop", "drops"),
    Form.INHALER: ("puff", "puffs"),
    Form.INJECTION: ("injection", "injections"),
    Form.PATCH: ("patch", "patches"),
    Form.CREAM: ("thin layer", "thin layers"),
    Form.OTHER: ("dose", "doses"),
}
PARTS = {Decimal("0.25"): "a quarter", Decimal("0.5"): "half", Decimal("0.75"): "three quarters"}
MOMENTS = {
    Moment.WAKING: "getting up",
    Moment.BREAKFAST: "breakfast",
    Moment.LUNCH: "lunch",
    Moment.DINNER: "dinner",
    Moment.BED: "going to bed",
}
FOODS = {Food.WITH: "With food", Food.WITHOUT: "On an empty stomach"}


def called(regimen: Regimen) -> str:
    """How the senior knows it: "the white heart pill", else its name."""
    look = regimen.look.strip().rstrip(".")
    if not look:
        return regimen.name
    return look if look.lower().startswith(("the ", "my ", "a ")) else f"the {look[0].lower()}{look[1:]}"


def with_strength(regimen: Regimen) -> str:
    """The name as the box has it: "Ramipril 5 mg"."""
    return f"{regimen.name} {regimen.strength}".strip()


def how_much(quantity: Decimal, form: str) -> str:
    """An amount: "1 tablet", "half a tablet", "2 and a half tablets", "5 drops"."""
    one, several = UNITS[Form(form)]
    whole, part = divmod(quantity.normalize(), 1)
    words = PARTS.get(part)
    if not part:
        return f"{whole:f} {one if whole == 1 else several}"
    if words is None:
        return f"{quantity.normalize():f} {several}"
    if not whole:
        return f"{words} of {_a(one)}" if words != "half" else f"half {_a(one)}"
    return f"{whole:f} and {'a half' if words == 'half' else words} {several}"


def clock_time(at: time | datetime) -> str:
    """A time as it is said: "8:05 a.m."."""
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'a.m.' if at.hour < 12 else 'p.m.'}"


def local_time(instant: datetime, zone: str) -> str:
    """An instant by that zone's clock."""
    return clock_time(instant.astimezone(ZoneInfo(zone)))


def day_words(day: date, today: date) -> str:
    """A day as it is said: "today", "yesterday", "Tuesday, 3 March"."""
    near = {0: "today", -1: "yesterday", 1: "tomorrow"}.get((day - today).days)
    year = "" if day.year == today.year else f" {day.year}"
    return near or f"{day:%A}, {day.day} {day:%B}{year}"


def span(minutes: int) -> str:
    """A length of time: "20 minutes", "6 hours", "2 days"."""
    for unit, size in (("day", DAY), ("hour", 60)):
        if minutes >= size and minutes % size == 0:
            return _count(minutes // size, unit)
    if minutes > 60:
        return f"{_count(minutes // 60, 'hour')} and {_count(minutes % 60, 'minute')}"
    return _count(minutes, "minute")


def rule_words(rule: Rule, form: str, *, follows: str = "") -> str:
    """A rule in one sentence: "1 tablet every day at 8:00 a.m. and 8:00 p.m.".

    Args:
        rule: what is said.
        form: of the medicine.
        follows: how the medicine is called that a linked one follows.
    """
    amount = how_much(rule.quantity, form)
    if rule.kind is RuleKind.AS_NEEDED:
        return f"{amount} when it is needed"
    if rule.kind is RuleKind.LINKED:
        return f"{amount} {span(rule.minutes_after)} after {follows or 'another medicine'}"
    if rule.kind is RuleKind.INTERVAL:
        start = ", counted from when the last one was taken" if rule.count_from is CountFrom.TAKEN else ""
        return f"{amount} every {_every(rule.every_minutes or 0)}{start}"
    slots = listed([_slot_words(slot, rule, form) for slot in rule.slots])
    if rule.taper:
        return f"{_days_words(rule)} {slots}: {', then '.join(_steps(rule, form))}"
    return f"{amount} {_days_words(rule)} {slots}"


def regimen_words(regimen: Regimen, rule: Rule, *, follows: str = "") -> str:
    """A medicine's rule with its limits, where it is taken as needed."""
    words = rule_words(rule, regimen.form, follows=follows)
    if rule.kind is not RuleKind.AS_NEEDED:
        return words
    if regimen.least_minutes_between:
        words += f", at least {span(regimen.least_minutes_between)} apart"
    if regimen.most_in_24_hours is not None:
        words += f", at most {how_much(regimen.most_in_24_hours, regimen.form)} in 24 hours"
    return words


def listed(words: Sequence[str]) -> str:
    """Several things: "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def begin(words: str) -> str:
    """Words as a sentence begins."""
    return f"{words[:1].upper()}{words[1:]}"


def sentence(words: str) -> str:
    """Words as a sentence ends: "at 8:05 a.m." has its full stop already."""
    return f"{words.removesuffix('.')}."


def _steps(rule: Rule, form: str) -> list[str]:
    amounts = [(how_much(step.quantity, form), step.days) for step in rule.taper]
    return [f"{amount} for {_count(days, 'day')}" if days else amount for amount, days in amounts]


def _slot_words(slot: Slot, rule: Rule, form: str) -> str:
    if slot.at is not None:
        words = f"at {clock_time(slot.at)}"
    else:
        moment = MOMENTS[slot.moment or Moment.WAKING]
        before = slot.offset_minutes < 0
        away = f"{span(abs(slot.offset_minutes))} {'before' if before else 'after'} " if slot.offset_minutes else ""
        words = f"{away or ('before ' if slot.moment is Moment.BED else 'with ' if _is_meal(slot) else 'on ')}{moment}"
    if slot.quantity is not None and slot.quantity != rule.quantity:
        words += f" ({how_much(slot.quantity, form)})"
    return words


def own_amounts(rule: Rule) -> str:
    """The times of a rule with an amount of their own: "8:00 p.m. 6, breakfast 2"."""
    own = [(slot, slot.quantity) for slot in rule.slots if slot.quantity is not None and slot.quantity != rule.quantity]
    return ", ".join(
        f"{clock_time(slot.at) if slot.at else MOMENTS[slot.moment or Moment.WAKING]} {amount.normalize():f}"
        for slot, amount in own
    )


def _is_meal(slot: Slot) -> bool:
    return slot.moment in (Moment.BREAKFAST, Moment.LUNCH, Moment.DINNER)


def _days_words(rule: Rule) -> str:
    if rule.weekdays:
        days = listed([DAYS[number] for number in sorted(rule.weekdays)])
        names = "every day" if len(rule.weekdays) == len(DAYS) else f"on {days}"
        return names if rule.every_weeks == 1 else f"every {rule.every_weeks} weeks {names}"
    if rule.every_weeks > 1:
        return f"every {rule.every_weeks} weeks on {DAYS[rule.start.weekday()]}"
    if rule.month_days:
        return f"on day {listed([str(day) for day in sorted(rule.month_days)])} of the month"
    if rule.days_on is not None and rule.days_off is not None:
        return f"for {_count(rule.days_on, 'day')}, then {_count(rule.days_off, 'day')} without,"
    if rule.every_days > 1:
        return "every other day" if rule.every_days == 2 else f"every {rule.every_days} days"
    return "every day"


def _every(minutes: int) -> str:
    return span(minutes).removeprefix("1 ")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
