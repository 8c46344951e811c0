"""The cast, a clock that stands where the test puts it, and short ways to add a medicine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import TestCase
from django.utils import timezone

from companion.accounts.models import User
from companion.care.medicines import actions, notices, ticks
from companion.care.medicines.models import Notice, Occurrence, Regimen
from companion.care.medicines.plan import Rule, Slot
from companion.circle import actions as circle
from companion.circle.models import ContactPoint, Item
from companion.safety import clock
from companion.safety.models import Delivery
from tests.companion.circle.conftest import daughter, senior, son, stranger, visitor

__all__ = ["daughter", "senior", "son", "stranger", "visitor"]


def instant(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def daily(*clocks: str, start: str = "2026-01-01", **more: Any) -> Rule:
    """A rule by clock times."""
    slots = [Slot(at=time.fromisoformat(one)) for one in clocks]
    return Rule.model_validate({"kind": "times", "start": start, "slots": slots, **more})


class Clockwork:
    """The time as the test says, and the looks a relay takes, every half minute or as asked."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.pushes: list[dict[str, Any]] = []

    def tick(self) -> None:
        """One look, as the relay takes it, with what it does once stored."""
        with TestCase.captureOnCommitCallbacks(execute=True):
            ticks.tick()

    def go_to(self, moment: datetime | str, *, every: timedelta = timedelta(hours=3)) -> None:
        """Let time pass until then, with a look whenever a deadline comes, and at least every so often."""
        until = instant(moment) if isinstance(moment, str) else moment
        while self.now < until:
            self.now = min(self.now + every, until, *self._deadlines())
            self.tick()

    def _deadlines(self) -> list[datetime]:
        columns = (
            Occurrence.objects.values_list("step_at", flat=True).filter(step_at__gt=self.now).order_by("step_at"),
            Notice.objects.filter(state="waiting", due_at__gt=self.now).values_list("due_at", flat=True),
            Regimen.objects.filter(paused_until__gt=self.now).values_list("paused_until", flat=True),
        )
        return [moment for column in columns if (moment := column.first()) is not None]

    def jump_to(self, moment: str) -> None:
        """Let time pass while no relay runs."""
        self.now = instant(moment)

    def shown(self) -> list[str]:
        """Titles of the cards that the senior's page was sent."""
        return [push["event"]["title"] for push in self.pushes]


@pytest.fixture
def clockwork(monkeypatch: pytest.MonkeyPatch) -> Clockwork:
    """Six in the morning in New York, the first of June."""
    made = Clockwork(instant("2026-06-01 10:00"))
    monkeypatch.setattr(clock, "now", lambda: made.now)
    monkeypatch.setattr(clock, "steady", lambda: made.now)
    monkeypatch.setattr(timezone, "now", lambda: made.now)

    def take(hints: Any) -> bool:
        made.pushes += [message for _, message in hints if message["type"] == "push"]
        return True

    monkeypatch.setattr(notices, "send_hints", take)
    return made


@pytest.fixture
def add(clockwork: Clockwork, senior: User) -> Callable[..., Regimen]:
    """Add a medicine for the senior: every day at eight unless a rule is given."""

    def make(rule: Rule | None = None, *, by: User | None = None, **details: Any) -> Regimen:
        given = {"name": "Metoprolol", "look": "white heart pill", **details}
        return actions.add_regimen(by or senior, senior.pk, rule=rule or daily("08:00"), **given)

    return make


@pytest.fixture
def shared(senior: User, daughter: User) -> User:
    """The daughter sees medicines, and an e-mail reaches her."""
    circle.set_sharing(senior, senior.pk, Item.MEDICINES, is_on=True)
    return daughter


@pytest.fixture
def due(add: Callable[..., Regimen], clockwork: Clockwork) -> Occurrence:
    """A dose of twice a day, due ten minutes ago and reminded of."""
    regimen = add(daily("08:00", "20:00"))
    clockwork.go_to("2026-06-01 12:10")
    return doses(regimen)[0]


def doses(regimen: Regimen, **which: Any) -> list[Occurrence]:
    """A medicine's doses, in order."""
    return list(Occurrence.objects.filter(regimen=regimen, **which).order_by("due_at"))


def due_times(regimen: Regimen) -> list[str]:
    """When a medicine's doses are due, in UTC."""
    return [f"{row.due_at:%m-%d %H:%M}" for row in doses(regimen)]


def again(occurrence: Occurrence) -> Occurrence:
    """A dose as it is stored now."""
    return Occurrence.objects.get(pk=occurrence.pk)


def states(regimen: Regimen) -> list[str]:
    """What became of a medicine's doses so far, in order."""
    return [row.state for row in doses(regimen) if row.due_at <= clock.now()]


def letters(user: User) -> list[str]:
    """Subjects of the calm messages written to a person and not taken back."""
    from companion.safety import calm

    rows = Delivery.objects.filter(recipient=user, message=calm.CALM).exclude(state=Delivery.State.CANCELLED)
    return [calm.words_of(row).subject for row in rows.order_by("created_at", "pk")]


def reachable(user: User, kind: str = "email") -> ContactPoint:
    """A further accepted way to reach a person."""
    return ContactPoint.objects.create(
        user=user, kind=kind, address=f"{user.username}@example.org", accepted_at=instant("2026-01-01 00:00")
    )
