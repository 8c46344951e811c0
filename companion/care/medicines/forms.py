"""The forms of a medicine, a step at a time and in plain words. Each step asks one thing; together they make a rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from pydantic import ValidationError as RuleError

from companion.accounts.forms import PlainForm
from companion.care.medicines import in_words
from companion.care.medicines.models import QUANTITY, Food, Form, Regimen
from companion.care.medicines.plan import CountFrom, Moment, MonthEnd, Rule, RuleKind, Slot, Step

CLOCK_TIMES, TAPER_STEPS = 6, 4
WHOLE = {"inputmode": "numeric"}
AMOUNT = {"inputmode": "decimal", "step": "any", "min": "0"}
LEAST = Decimal("0.001")


class Manner(StrEnum):
    """How often it is taken, as people say it."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    EVERY_DAYS = "every_days"
    INTERVAL = "interval"
    AS_NEEDED = "as_needed"
    CYCLE = "cycle"
    MONTHLY = "monthly"
    TAPER = "taper"
    LINKED = "linked"


MANNERS = (
    (Manner.DAILY, "Every day, at set times"),
    (Manner.WEEKDAYS, "On some days of the week"),
    (Manner.EVERY_DAYS, "Every few days"),
    (Manner.INTERVAL, "Every few hours"),
    (Manner.AS_NEEDED, "Only when it is needed"),
    (Manner.CYCLE, "Some days on, then some days off"),
    (Manner.MONTHLY, "On certain days of the month"),
    (Manner.TAPER, "Less and less, in steps"),
    (Manner.LINKED, "Some time after another medicine"),
)
MOMENTS = (
    (Moment.WAKING, "On getting up"),
    (Moment.BREAKFAST, "With breakfast"),
    (Moment.LUNCH, "With lunch"),
    (Moment.DINNER, "With dinner"),
    (Moment.BED, "Before going to bed"),
)
#: Which fields of the step "when" each manner asks for; `at` and `step` stand for as many as there are.
TIMES = ("quantity", "moments", "at")
ASKED: Mapping[Manner, tuple[str, ...]] = {
    Manner.DAILY: TIMES,
    Manner.WEEKDAYS: ("weekdays", "every_weeks", *TIMES),
    Manner.EVERY_DAYS: ("every_days", *TIMES),
    Manner.INTERVAL: ("quantity", "every_hours", "first_at", "count_from"),
    Manner.AS_NEEDED: ("quantity", "least_hours", "most_in_24_hours"),
    Manner.CYCLE: ("days_on", "days_off", *TIMES),
    Manner.MONTHLY: ("month_days", "month_end", *TIMES),
    Manner.TAPER: ("step", *TIMES[1:]),
    Manner.LINKED: ("quantity", "after", "minutes_after"),
}
BOUNDS = ("start", "end")
#: Parts of a rule that some manners do not ask for.
DAYS_OF_RULE = ("weekdays", "every_weeks", "every_days", "days_on", "days_off", "month_days", "month_end")


class WhatForm(PlainForm):
    """What it is."""

    name = forms.CharField(label="What is it called?", help_text="As it stands on the box", max_length=120)
    strength = forms.CharField(
        label="How strong is it?", help_text="Such as 5 mg. Leave it empty if it is not on the box.", required=False,
        max_length=60,
    )  # fmt: skip
    form = forms.ChoiceField(label="What form is it?", choices=Form.choices)
    look = forms.CharField(
        label="What does it look like?", help_text="Such as: white heart pill. Lilo calls it so.", required=False,
        max_length=80,
    )  # fmt: skip


class HowOftenForm(PlainForm):
    """How often."""

    manner = forms.ChoiceField(label="How often is it taken?", choices=MANNERS, widget=forms.RadioSelect)


class WhenForm(PlainForm):
    """When, and how much. Which fields there are depends on how often it is taken."""

    weekdays = forms.TypedMultipleChoiceField(
        label="On which days?", coerce=int, choices=list(enumerate(in_words.DAYS)), widget=forms.CheckboxSelectMultiple
    )
    every_weeks = forms.IntegerField(
        label="Every how many weeks?", min_value=1, max_value=52, initial=1, widget=forms.NumberInput(WHOLE)
    )
    every_days = forms.IntegerField(
        label="Every how many days?", help_text="2 means every other day", min_value=2, max_value=365, initial=2,
        widget=forms.NumberInput(WHOLE),
    )  # fmt: skip
    days_on = forms.IntegerField(label="How many days with it?", min_value=1, max_value=365, initial=21)
    days_off = forms.IntegerField(label="Then how many days without?", min_value=1, max_value=365, initial=7)
    month_days = forms.CharField(label="On which days of the month?", help_text="Such as 1 and 15", max_length=100)
    month_end = forms.ChoiceField(
        label="In a month that has no such day",
        choices=((MonthEnd.LAST_DAY, "on the last day"), (MonthEnd.SKIP, "leave it out")),
        widget=forms.RadioSelect,
        initial=MonthEnd.LAST_DAY,
    )
    every_hours = forms.DecimalField(
        label="Every how many hours?", min_value=Decimal("0.5"), max_value=Decimal(2160), initial=8,
        widget=forms.NumberInput({"inputmode": "decimal"}),
    )  # fmt: skip
    first_at = forms.DateTimeField(
        label="When is the first one?", widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    count_from = forms.ChoiceField(
        label="Count the hours",
        choices=((CountFrom.DUE, "from when the last one was due"), (CountFrom.TAKEN, "from when it was taken")),
        widget=forms.RadioSelect,
        initial=CountFrom.DUE,
    )
    least_hours = forms.DecimalField(
        label="At least how many hours between two?", required=False, min_value=Decimal("0.25"),
        max_value=Decimal(168), widget=forms.NumberInput({"inputmode": "decimal"}),
    )  # fmt: skip
    most_in_24_hours = forms.DecimalField(
        label="At most how many in 24 hours?", required=False, min_value=LEAST,
        widget=forms.NumberInput(AMOUNT), **QUANTITY,
    )  # fmt: skip
    after = forms.ChoiceField(label="After which medicine?", choices=())
    minutes_after = forms.IntegerField(label="How many minutes after?", min_value=0, max_value=720, initial=10)
    quantity = forms.DecimalField(
        label="How much each time?", help_text="1, or 0.5 for half", initial=1, min_value=LEAST,
        widget=forms.NumberInput(AMOUNT), **QUANTITY,
    )  # fmt: skip
    moments = forms.MultipleChoiceField(
        label="At which moments of the day?", choices=MOMENTS, required=False, widget=forms.CheckboxSelectMultiple
    )
    start = forms.DateField(label="First day", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    end = forms.DateField(
        label="Last day", help_text="Leave it empty if it goes on", required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        manner: Manner,
        zone: str,
        others: Mapping[UUID, str] | None = None,
        kept: Rule | None = None,
        **options: Any,
    ) -> None:
        """`kept` is the rule that is changed, where it is of this manner: what is not asked for stays as it has it."""
        super().__init__(*args, **options)
        self.manner, self.zone, self._kept = manner, zone, kept
        numbered = self._add_numbered(kept)
        asked = (*(name for one in ASKED[manner] for name in numbered.get(one, (one,))), *BOUNDS)
        self.fields = {name: self.fields[name] for name in asked}
        if "quantity" in self.fields and kept is not None and (own := in_words.own_amounts(kept)):
            self.fields["quantity"].help_text = f"With an amount of their own, which stays: {own}"
        if "after" in self.fields:
            self.fields["after"].choices = [(str(key), name) for key, name in (others or {}).items()]  # type: ignore[attr-defined]

    def _add_numbered(self, kept: Rule | None) -> dict[str, tuple[str, ...]]:
        """Fields for times and for steps, at least as many as the rule has; their names."""
        held = sum(slot.at is not None for slot in kept.slots) if kept else 0
        clocks, steps = max(CLOCK_TIMES, held), max(TAPER_STEPS, len(kept.taper) if kept else 0)
        for number in range(1, clocks + 1):
            self.fields[f"at{number}"] = forms.TimeField(
                label="At what time?" if number == 1 else "And at", required=False,
                widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
            )  # fmt: skip
        for number in range(1, steps + 1):
            self.fields[f"amount{number}"] = forms.DecimalField(
                label=f"Step {number}: how much each time?", required=number == 1, min_value=LEAST,
                widget=forms.NumberInput(AMOUNT), **QUANTITY,
            )  # fmt: skip
            self.fields[f"days{number}"] = forms.IntegerField(
                label=f"Step {number}: for how many days?", required=number == 1, min_value=1, max_value=1000
            )
        return {
            "at": tuple(f"at{number}" for number in range(1, clocks + 1)),
            "step": tuple(f"{name}{number}" for number in range(1, steps + 1) for name in ("amount", "days")),
        }

    @property
    def rule(self) -> Rule:
        """What was said, as a rule. Of a valid form only."""
        return self._rule

    def clean(self) -> dict[str, Any]:
        """Make the rule; what the rule refuses is said above the fields."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        try:
            self._rule = _rule_of(self.manner, data, self.zone, self._kept)
        except RuleError as error:
            words = [str(item["msg"]).removeprefix("Value error, ") for item in error.errors(include_url=False)]
            raise forms.ValidationError(words) from None
        return data

    def clean_month_days(self) -> frozenset[int]:
        """Numbers of days out of whatever stands between them."""
        text = str(self.cleaned_data["month_days"])
        days = {int(word) for word in "".join(sign if sign.isdecimal() else " " for sign in text).split()}
        if not days or not days <= set(range(1, 32)):
            raise forms.ValidationError("Please write days from 1 to 31, such as 1 and 15.")
        return frozenset(days)


class MoreForm(PlainForm):
    """What else there is to know."""

    food = forms.ChoiceField(label="With food?", choices=Food.choices, required=False, widget=forms.RadioSelect)
    instructions = forms.CharField(
        label="How is it taken?", help_text="Such as: with a full glass of water", required=False, max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
    is_critical = forms.BooleanField(
        label="It must not be missed", help_text="Your people are told sooner", required=False
    )
    hides_name = forms.BooleanField(
        label="Messages do not name it",
        help_text="On a locked phone and in calendars it then only says: time for a medicine",
        required=False,
        initial=True,
    )
    notice_minutes = forms.IntegerField(
        label="After how many minutes are your people told that it was not noted?", min_value=5, max_value=720,
        initial=60, widget=forms.NumberInput(WHOLE),
    )  # fmt: skip
    in_stock = forms.DecimalField(
        label="How many are there now?", help_text="Lilo then tells you when to fetch more", required=False,
        min_value=Decimal(0), widget=forms.NumberInput({"inputmode": "decimal", "step": "any"}), **QUANTITY,
    )  # fmt: skip
    expires_on = forms.DateField(
        label="Use before", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class TakenForm(PlainForm):
    """When it was taken, where that was not just now."""

    at = forms.DateTimeField(
        label="When was it taken?", widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    _FUTURE: ClassVar[str] = "That time is still to come. Please check it."

    def __init__(self, *args: Any, now: datetime, zone: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now, self.zone = now, zone

    def clean_at(self) -> datetime:
        """By the senior's own clock; never ahead."""
        at = _local(self.cleaned_data["at"], self.zone)
        if at > self.now:
            raise forms.ValidationError(self._FUTURE)
        return at


class StockForm(PlainForm):
    """How many."""

    quantity = forms.DecimalField(
        label="How many?", min_value=Decimal(0), widget=forms.NumberInput({"inputmode": "decimal", "step": "any"}),
        **QUANTITY,
    )  # fmt: skip


def _rule_of(manner: Manner, data: Mapping[str, Any], zone: str, kept: Rule | None) -> Rule:
    facts: dict[str, Any] = {"start": data["start"], "end": data["end"], "quantity": data.get("quantity") or 1}
    if manner is Manner.AS_NEEDED:
        return Rule(kind=RuleKind.AS_NEEDED, **facts)
    if manner is Manner.LINKED:
        delay = {"most_delay_minutes": kept.most_delay_minutes} if kept else {}
        return Rule(kind=RuleKind.LINKED, after=data["after"], minutes_after=data["minutes_after"], **delay, **facts)
    if manner is Manner.INTERVAL:
        minutes = int(data["every_hours"] * 60)
        first = _local(data["first_at"], zone)
        return Rule(
            kind=RuleKind.INTERVAL, every_minutes=minutes, first_at=first, count_from=data["count_from"], **facts
        )
    for name in DAYS_OF_RULE:
        if name in data or kept is not None:
            facts[name] = data[name] if name in data else getattr(kept, name)
    if manner is Manner.TAPER:
        facts["taper"] = _taper(data)
        facts["quantity"] = facts["taper"][0].quantity
    return Rule(kind=RuleKind.TIMES, slots=_slots(data, kept), **facts)


def _slots(data: Mapping[str, Any], kept: Rule | None) -> tuple[Slot, ...]:
    """Moments, then clock times. A slot that was there keeps its own amount, and its minutes before or after a meal."""
    before: dict[Moment | time | None, list[Slot]] = {}
    for slot in kept.slots if kept else ():
        before.setdefault(slot.moment or slot.at, []).append(slot)
    pressed = [Moment(one) for one in dict.fromkeys(data.get("moments", ()))]
    moments = [before.get(one, [Slot(moment=one)]) for one in pressed]
    clock = sorted({data[name] for name in data if name.startswith("at") and data[name]})
    return tuple(slot for slots in (*moments, *(before.get(at, [Slot(at=at)]) for at in clock)) for slot in slots)


def _taper(data: Mapping[str, Any]) -> tuple[Step, ...]:
    amounts = [name for name in data if name.startswith("amount")]
    steps = ((data[name], data[name.replace("amount", "days")]) for name in amounts)
    return tuple(Step(quantity=amount, days=days) for amount, days in steps if amount)


def _local(moment: datetime, zone: str) -> datetime:
    """A time that was typed, by the senior's clock."""
    return moment.replace(tzinfo=ZoneInfo(zone))


def initial_of(regimen: Regimen, rule: Rule, zone: str) -> dict[str, Any]:
    """A medicine as the forms show it."""
    facts = {
        name: getattr(regimen, name)
        for form in (WhatForm, MoreForm)
        for name in form.base_fields
        if hasattr(regimen, name)
    }
    return {**facts, **_initial_rule(rule, zone), **_initial_limits(regimen), "manner": manner_of(rule), "rule": rule}


def _initial_limits(regimen: Regimen) -> dict[str, Any]:
    hours = Decimal(regimen.least_minutes_between) / 60 if regimen.least_minutes_between else None
    return {"least_hours": hours, "most_in_24_hours": regimen.most_in_24_hours}


def _initial_rule(rule: Rule, zone: str) -> dict[str, Any]:
    clock: list[time] = [slot.at for slot in rule.slots if slot.at is not None]
    facts: dict[str, Any] = {
        **{f"at{number}": at for number, at in enumerate(clock, start=1)},
        "moments": [slot.moment for slot in rule.slots if slot.moment is not None],
        "month_days": ", ".join(str(day) for day in sorted(rule.month_days)),
        "weekdays": sorted(rule.weekdays),
        "every_hours": Decimal(rule.every_minutes) / 60 if rule.every_minutes else None,
        "first_at": rule.first_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if rule.first_at else None,
    }
    for number, step in enumerate(rule.taper, start=1):
        facts |= {f"amount{number}": step.quantity, f"days{number}": step.days}
    plain = ("quantity", "start", "end", "every_weeks", "every_days", "days_on", "days_off", "month_end", "count_from")
    return {**facts, **{name: getattr(rule, name) for name in (*plain, "after", "minutes_after")}}


def manner_of(rule: Rule) -> Manner:
    """How people would say how often it is taken."""
    if rule.kind is not RuleKind.TIMES:
        return Manner(rule.kind.value)
    if rule.taper:
        return Manner.TAPER
    if rule.weekdays or rule.every_weeks > 1:
        return Manner.WEEKDAYS
    if rule.month_days:
        return Manner.MONTHLY
    if rule.days_on is not None:
        return Manner.CYCLE
    return Manner.EVERY_DAYS if rule.every_days > 1 else Manner.DAILY


def today_in(zone: str, now: datetime) -> date:
    """The day that it is there."""
    return now.astimezone(ZoneInfo(zone)).date()
