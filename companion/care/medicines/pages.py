"""What the pages show of medicines: rows in words, and what can be done about each. Reads only, through `selectors`.

Whoever calls these has asked `access_senior` with `Need.MEDICINES` first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from companion.accounts.models import User
from companion.care.medicines import in_words, rules, selectors
from companion.care.medicines.advice import if_missed
from companion.care.medicines.models import (
    DoseEvent,
    DoseState,
    Food,
    Occurrence,
    PauseReason,
    Regimen,
    RegimenPicture,
    RegimenState,
)
from companion.care.medicines.plan import Rule, RuleKind
from companion.care.medicines.selectors import AsNeeded
from companion.care.medicines.stock import Stock
from companion.circle.models import Senior
from companion.safety import clock

#: A dose may be noted with one press so long before its time; sooner, on its own page.
SOON = timedelta(minutes=30)
#: "Order soon" is shown so many days before the day by which to order.
AHEAD = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class DoseCard:
    """One dose of a day."""

    key: UUID
    regimen_id: UUID
    called: str
    box_name: str
    amount: str
    how: str
    due_at: datetime
    due_words: str
    day_words: str
    state: str
    state_words: str
    tone: str = ""
    icon: str = ""
    advice: str = ""
    has_picture: bool = False
    is_open: bool = False
    is_now: bool = False
    """It is time, and no older dose of the same medicine is open: it is offered."""
    is_first: bool = False
    """The first that is offered: the page's main action."""
    may_snooze: bool = False
    may_undo: bool = False
    may_backdate: bool = False

    @property
    def is_taken(self) -> bool:
        """Whether it is noted as taken."""
        return self.state == DoseState.TAKEN

    @property
    def is_skipped(self) -> bool:
        """Whether it was left out on purpose."""
        return self.state == DoseState.SKIPPED


@dataclass(frozen=True, slots=True)
class MedicineCard:
    """One medicine."""

    regimen: Regimen
    rule: Rule
    called: str
    box_name: str
    rule_words: str
    how: str
    has_picture: bool
    state_words: str = ""
    reason_words: str = ""
    stock: Stock | None = None
    stock_words: str = ""
    refill_words: str = ""
    is_low: bool = False
    expiry_words: str = ""
    is_allowed_now: bool = True
    allowed_words: str = ""
    facts: Sequence[tuple[str, str]] = field(default=())

    @property
    def is_as_needed(self) -> bool:
        """Whether it has no times."""
        return self.rule.kind is RuleKind.AS_NEEDED

    @property
    def is_paused(self) -> bool:
        """Whether it is paused."""
        return self.regimen.state == RegimenState.PAUSED

    @property
    def is_stopped(self) -> bool:
        """Whether it is not taken any more."""
        return self.regimen.state == RegimenState.STOPPED


@dataclass(frozen=True, slots=True)
class Undo:
    """What was written down last, and where it is taken back."""

    words: str
    address: str


def doses_of_day(senior: Senior, day: date) -> list[DoseCard]:
    """A day's doses in order; of one medicine at most one is offered at a time.

    Those of the day before that can still be taken come first: midnight ends no dose of late evening.
    """
    pictured = _pictured(senior.pk)
    offered: set[UUID] = set()
    cards: list[DoseCard] = []
    now = clock.now()
    of_day = selectors.doses_of_day(senior.pk, day, here=senior.user.time_zone)
    still_open = [row for row in selectors.open_doses(senior.pk) if row.local_date < day and row not in of_day]
    for row in [*still_open, *of_day]:
        is_now = row.is_open and now >= row.due_at - SOON and row.regimen_id not in offered
        is_first = is_now and not offered
        if row.is_open:
            offered.add(row.regimen_id)
        cards.append(dose_card(row, senior, now, pictured=pictured, is_now=is_now, is_first=is_first))
    return cards


def dose_card(
    row: Occurrence,
    senior: Senior,
    now: datetime,
    *,
    pictured: Iterable[UUID] = (),
    is_now: bool = False,
    is_first: bool = False,
) -> DoseCard:
    """A dose in words, by the senior's own clock."""
    regimen, zone = row.regimen, senior.user.time_zone
    words, tone, icon = state_of(row, senior, now)
    last_moment = row.closes_at - rules.SNOOZE_MARGIN
    return DoseCard(
        key=row.pk,
        regimen_id=row.regimen_id,
        called=in_words.called(regimen),
        box_name=in_words.with_strength(regimen),
        amount=in_words.how_much(row.quantity, regimen.form),
        how=how_of(regimen),
        due_at=row.due_at,
        due_words=in_words.local_time(row.due_at, zone),
        day_words=in_words.day_words(row.local_date, now.astimezone(ZoneInfo(zone)).date()),
        state=row.state,
        state_words=words,
        tone=tone,
        icon=icon,
        advice=if_missed() if row.state == DoseState.MISSED else "",
        has_picture=row.regimen_id in set(pictured),
        is_open=row.is_open,
        is_now=is_now,
        is_first=is_first,
        may_snooze=row.is_open and row.due_at <= now < last_moment and row.snoozes < regimen.most_snoozes,
        may_undo=row.state in (DoseState.TAKEN, DoseState.SKIPPED),
        may_backdate=row.state in (DoseState.MISSED, DoseState.NOT_REMINDED),
    )


def medicines_of(senior: Senior) -> tuple[list[MedicineCard], list[MedicineCard]]:
    """A senior's medicines: those in use or paused, and those no longer taken."""
    found = selectors.regimens_of(senior.pk, with_stopped=True)
    names = {regimen.pk: in_words.called(regimen) for regimen in found}
    cards = [medicine_card(regimen, senior, names=names) for regimen in found]
    return [card for card in cards if not card.is_stopped], [card for card in cards if card.is_stopped]


def medicine_card(regimen: Regimen, senior: Senior, *, names: Mapping[UUID, str] | None = None) -> MedicineCard:
    """A medicine of `selectors.regimens_of` in words."""
    rule, now, zone = regimen.current.rule, clock.now(), senior.user.time_zone
    follows = (names or {}).get(rule.after, "") if rule.after else ""
    needed = selectors.as_needed(regimen) if rule.kind is RuleKind.AS_NEEDED and regimen.is_active else None
    stock = selectors.stock_of(regimen)
    today = now.astimezone(ZoneInfo(zone)).date()
    rule_words = in_words.regimen_words(regimen, rule, follows=follows)
    return MedicineCard(
        regimen=regimen,
        rule=rule,
        called=in_words.called(regimen),
        box_name=in_words.with_strength(regimen),
        rule_words=in_words.begin(rule_words),
        how=how_of(regimen),
        has_picture=regimen.has_picture,
        state_words=_pause_words(regimen, rule, today, zone),
        reason_words=str(PauseReason(regimen.state_reason).label) if regimen.state_reason else "",
        stock=stock,
        stock_words=_stock_words(regimen, stock),
        refill_words=_refill_words(stock, today),
        is_low=stock.needs_count or (stock.order_by is not None and stock.order_by <= today + AHEAD),
        expiry_words=_expiry_words(regimen, today),
        is_allowed_now=needed is None or needed.is_allowed_now,
        allowed_words=_allowed_words(needed, regimen, today, zone),
        facts=tuple(_facts(regimen, rule, rule_words)),
    )


def needed_today(senior: Senior) -> list[MedicineCard]:
    """The medicines that are taken as needed."""
    return [medicine_card(regimen, senior) for regimen, _ in selectors.as_needed_of(senior.pk)]


def undo_of(senior: Senior, kind: str, key: UUID) -> Undo | None:
    """What was written down last, while it still stands."""
    if kind == "dose":
        row = selectors.dose(senior.pk, key)
        if row is None or row.state not in (DoseState.TAKEN, DoseState.SKIPPED):
            return None
        words, _, _ = state_of(row, senior, clock.now())
        called = in_words.called(row.regimen)
        return Undo(f"Written down: {called}. {words}", reverse("dose-act", args=[senior.pk, key, "undo"]))
    event = selectors.events_of(senior.pk).filter(pk=key, occurrence=None).exclude(
        followed_by__kind=DoseEvent.Kind.UNDONE
    ).first()  # fmt: skip
    if event is None or event.taken_at is None:
        return None
    when = in_words.local_time(event.taken_at, senior.user.time_zone)
    address = reverse("taken-undo", args=[senior.pk, event.regimen_id, key])
    return Undo(f"Written down: {in_words.called(event.regimen)}. Taken at {when}", address)


def next_dose(senior: Senior) -> dict[str, str] | None:
    """The next dose that is still to come."""
    row = selectors.next_due(senior.pk)
    if row is None:
        return None
    place = ZoneInfo(senior.user.time_zone)
    local, today = row.due_at.astimezone(place), clock.now().astimezone(place).date()
    day = "" if local.date() == today else f"{in_words.day_words(local.date(), today)} "
    return {"called": in_words.called(row.regimen), "when": f"{day}at {in_words.clock_time(local)}"}


def how_of(regimen: Regimen) -> str:
    """How it is taken: with food, with water."""
    food = in_words.FOODS.get(Food(regimen.food), "")
    return ". ".join(part.strip().rstrip(".") for part in (food, regimen.instructions) if part.strip())


def who(person: User | None, senior: Senior) -> str:
    """Who noted it, where that was somebody else."""
    return f", noted by {person.short_name}" if person is not None and person.pk != senior.pk else ""


def state_of(row: Occurrence, senior: Senior, now: datetime) -> tuple[str, str, str]:
    """A dose's state in words, its tone and its icon."""
    zone = senior.user.time_zone
    due = in_words.local_time(row.due_at, zone)
    if row.state == DoseState.TAKEN:
        taken = in_words.local_time(row.taken_at, zone) if row.taken_at else due
        late = f", it was due at {due}" if row.was_late else ""
        return f"Taken at {taken}{late}{who(row.settled_by, senior)}", "well", "check"
    if row.state == DoseState.SKIPPED:
        return f"Left out{who(row.settled_by, senior)}", "", ""
    if row.state == DoseState.MISSED:
        return f"Not noted as taken. It was due at {due}", "soon", "warning"
    if row.state == DoseState.NOT_REMINDED:
        return f"Lilo could not remind you. It was due at {due}", "soon", ""
    if row.state == DoseState.SNOOZED and row.remind_at:
        return f"Later, at {in_words.local_time(row.remind_at, zone)}. It was due at {due}", "", ""
    if now >= row.late_at:
        return f"Late. It was due at {due}", "soon", ""
    return (f"It is time. Due at {due}", "", "") if now >= row.due_at else (f"At {due}", "", "")


def _pictured(senior_id: UUID) -> set[UUID]:
    return set(RegimenPicture.objects.filter(regimen__senior=senior_id).values_list("pk", flat=True))


def _pause_words(regimen: Regimen, rule: Rule, today: date, zone: str) -> str:
    if regimen.state == RegimenState.STOPPED:
        return "No longer taken"
    if regimen.state == RegimenState.PAUSED:
        until = regimen.paused_until
        day = until.astimezone(ZoneInfo(zone)).date() if until else None
        return f"Paused until {in_words.day_words(day, today)}" if day else "Paused"
    if rule.end is not None and rule.end < today:
        return "The last day has passed"
    return f"Begins {in_words.day_words(rule.start, today)}" if rule.start > today else ""


def _stock_words(regimen: Regimen, stock: Stock) -> str:
    if stock.left is None:
        return ""
    return "Please count them" if stock.needs_count else f"{in_words.how_much(stock.left, regimen.form)} left"


def _refill_words(stock: Stock, today: date) -> str:
    if stock.needs_count:
        return "By what was noted there should be fewer than none. Please count them."
    if stock.runs_out_on is None or stock.order_by is None:
        return ""
    order = (
        "Please order more now" if stock.order_by <= today else f"Order by {in_words.day_words(stock.order_by, today)}"
    )
    return f"Enough until {in_words.day_words(stock.runs_out_on, today)}. {order}."


def _expiry_words(regimen: Regimen, today: date) -> str:
    if regimen.expires_on is None or regimen.expires_on > today + timedelta(days=30):
        return ""
    if regimen.expires_on < today:
        return "Past its date"
    return f"Use before {in_words.day_words(regimen.expires_on, today)}"


def _allowed_words(needed: AsNeeded | None, regimen: Regimen, today: date, zone: str) -> str:
    if needed is None:
        return ""
    last = ""
    if needed.last_at is not None:
        local = needed.last_at.astimezone(ZoneInfo(zone))
        when = f"{in_words.day_words(local.date(), today)} at {in_words.clock_time(local)}"
        last = f"{in_words.sentence(f'Taken last {when}')} "
    if needed.is_allowed_now:
        limits = bool(regimen.least_minutes_between or regimen.most_in_24_hours)
        return f"{last}{'The limits on your list allow one now.' if limits else ''}".strip()
    local = needed.next_allowed_at.astimezone(ZoneInfo(zone))
    return f"{last}Next one {in_words.day_words(local.date(), today)} at {in_words.clock_time(local)}, not sooner."


def _facts(regimen: Regimen, rule: Rule, rule_words: str) -> Iterator[tuple[str, str]]:
    yield "When", in_words.begin(rule_words)
    if how := how_of(regimen):
        yield "How", how
    if regimen.generic_name:
        yield "Also called", regimen.generic_name
    if rule.end is not None:
        yield "Last day", f"{rule.end.day} {rule.end:%B %Y}"
    if rule.kind is not RuleKind.AS_NEEDED:
        told = "once a day" if regimen.is_low_risk else f"after {in_words.span(regimen.notice_minutes)}"
        yield "If it is not noted", f"The circle is told {told}, where this is shared"
    if regimen.is_critical:
        yield "Important", "It must not be missed"
    if regimen.expires_on is not None:
        yield "Use before", f"{regimen.expires_on.day} {regimen.expires_on:%B %Y}"
