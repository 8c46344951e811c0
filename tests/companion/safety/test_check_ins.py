"""The daily check-in by the senior's own clock: through changes of clocks, holidays and signs of life."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from companion.accounts.actions import close_account, reopen_account
from companion.accounts.models import User
from companion.circle.access import NotYoursError
from companion.safety import check_ins, clock
from companion.safety.check_ins import next_due
from companion.safety.models import Alert, AlertEvent, CheckInPlan, Delivery


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at", "after", "due"),
    [
        ("America/New_York", time(9), "2026-03-07 20:00", "2026-03-08 13:00"),  # clocks went forward that night
        ("America/New_York", time(2, 30), "2026-03-08 00:00", "2026-03-08 07:30"),  # the skipped hour: 03:30 local
        ("America/New_York", time(1, 30), "2026-11-01 00:00", "2026-11-01 05:30"),  # twice that night: the first
        ("America/New_York", time(1, 30), "2026-11-01 05:30", "2026-11-02 06:30"),  # and not again an hour later
        ("Europe/London", time(9), "2026-03-28 10:00", "2026-03-29 08:00"),
        ("Australia/Sydney", time(9), "2026-04-03 23:30", "2026-04-04 23:00"),
        ("Australia/Lord_Howe", time(9), "2026-04-04 00:00", "2026-04-04 22:30"),  # half an hour back
        ("Australia/Lord_Howe", time(1, 45), "2026-04-04 12:00", "2026-04-04 14:45"),
    ],
)
def test_next_due(zone: str, at: time, after: str, due: str) -> None:
    assert next_due(instant(after), at, zone) == instant(due)


def test_holiday_is_skipped() -> None:
    due = next_due(instant("2026-06-01 12:00"), time(9), "Europe/London", paused_until=date(2026, 6, 10))
    assert due == instant("2026-06-10 08:00")


class Clockwork:
    """The time as the test says, and the looks a relay takes."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def pass_minutes(self, minutes: int) -> None:
        for _ in range(minutes):
            self.now += timedelta(minutes=1)
            while check_ins.tick():
                pass


@pytest.fixture
def clockwork(monkeypatch: pytest.MonkeyPatch) -> Clockwork:
    made = Clockwork(instant("2026-06-01 12:00"))
    monkeypatch.setattr(clock, "now", lambda: made.now)
    monkeypatch.setattr(clock, "steady", lambda: made.now)
    return made


@pytest.fixture
def plan(senior: User, clockwork: Clockwork) -> CheckInPlan:
    """At nine in New York, which is 13:00 UTC in June: an hour from now."""
    return check_ins.plan_check_in(senior, senior.pk, time_of_day=time(9), grace_minutes=60, retries=3)


def alerts() -> list[tuple[str, datetime]]:
    return list(Alert.objects.values_list("category", "raised_at"))


def test_silence_through_every_asking_raises_the_ladder_once(
    plan: CheckInPlan, clockwork: Clockwork, daughter: User
) -> None:
    clockwork.pass_minutes(119)
    plan.refresh_from_db()
    assert (alerts(), plan.asked) == ([], 3)
    clockwork.pass_minutes(1)
    assert alerts() == [("missed_check_in", instant("2026-06-01 14:00"))]
    assert list(AlertEvent.objects.values_list("kind", flat=True)) == ["raised", "told"]
    plan.refresh_from_db()
    assert (plan.asked, plan.due_at) == (0, instant("2026-06-02 13:00"))


@pytest.mark.parametrize("minutes_before_answer", [0, 61, 100, 119])
def test_sign_of_life_in_time_is_enough(plan: CheckInPlan, clockwork: Clockwork, minutes_before_answer: int) -> None:
    clockwork.pass_minutes(minutes_before_answer)
    check_ins.sign_of_life(plan.senior_id)
    clockwork.pass_minutes(180 - minutes_before_answer)
    plan.refresh_from_db()
    assert (alerts(), plan.due_at) == ([], instant("2026-06-02 13:00"))


def test_word_of_yesterday_evening_does_not_count_for_today(plan: CheckInPlan, clockwork: Clockwork) -> None:
    CheckInPlan.objects.update(last_seen_at=instant("2026-06-01 01:00"))
    clockwork.pass_minutes(120)
    assert len(alerts()) == 1


def test_paused_or_unused_plan_asks_nobody(plan: CheckInPlan, clockwork: Clockwork, senior: User) -> None:
    check_ins.plan_check_in(senior, senior.pk, time_of_day=time(9), is_active=False)
    clockwork.pass_minutes(200)
    check_ins.plan_check_in(senior, senior.pk, time_of_day=time(9), paused_until=date(2026, 6, 5))
    clockwork.pass_minutes(60 * 24)
    assert alerts() == []


def test_closed_account_is_not_missed(
    plan: CheckInPlan, clockwork: Clockwork, senior: User, settings: LazySettings
) -> None:
    settings.DISPATCHER_URL = "json://dispatcher"
    close_account(senior, by=senior)
    clockwork.pass_minutes(60 * 26)
    assert (alerts(), Delivery.objects.count()) == ([], 0)
    reopen_account(User.everyone.get(pk=senior.pk))
    clockwork.pass_minutes(60)
    assert alerts() == [], "it goes on at the agreed time, not at once"


def test_asking_reaches_the_seniors_own_page(
    plan: CheckInPlan, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(check_ins, "send_hints", sent.extend)
    CheckInPlan.objects.update(next_step_at=clock.now())
    with django_capture_on_commit_callbacks(execute=True):
        check_ins.tick()
    group, message = sent[0]
    assert (group, message["event"]["type"]) == (f"user.{plan.senior_id}", "reminder")
    from companion.chat.events import Reminder

    assert [choice.label for choice in Reminder.model_validate(message["event"]).choices] == ["I'm fine", "I need help"]


def test_stranger_and_plain_family_cannot_plan(senior: User, son: User, stranger: User) -> None:
    for by in (son, stranger):
        with pytest.raises(NotYoursError):
            check_ins.plan_check_in(by, senior.pk, time_of_day=time(9))
    assert not CheckInPlan.objects.exists()


def test_changing_the_plan_while_lilo_asks_drops_nothing(
    plan: CheckInPlan, clockwork: Clockwork, senior: User, daughter: User
) -> None:
    clockwork.pass_minutes(70)
    asked = CheckInPlan.objects.get().asked
    assert asked > 0
    check_ins.plan_check_in(daughter, senior.pk, time_of_day=plan.time_of_day, grace_minutes=60, retries=4)
    clockwork.pass_minutes(90)
    assert [category for category, _ in alerts()] == ["missed_check_in"]


def test_a_senior_who_changes_the_plan_is_there(plan: CheckInPlan, clockwork: Clockwork, senior: User) -> None:
    clockwork.pass_minutes(70)
    check_ins.plan_check_in(senior, senior.pk, time_of_day=plan.time_of_day)
    clockwork.pass_minutes(120)
    assert alerts() == []
