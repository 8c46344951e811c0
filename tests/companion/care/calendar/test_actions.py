"""Visits and tasks are planned, taken on and done, by those who may; and the senior is reminded, not nagged."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from companion.accounts.models import AuditLog, User
from companion.care.calendar import actions, reminders, selectors
from companion.care.calendar.actions import Plan
from companion.care.calendar.models import CalendarDay, CalendarItem
from companion.circle.access import NotYoursError
from companion.circle.actions import remove_member
from companion.circle.refusals import RefusedError

pytestmark = [pytest.mark.django_db(transaction=True)]
NOON = datetime(2026, 11, 22, 17, tzinfo=UTC)  # Sunday noon in New York, where Margaret lives
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []

    def take(sent: list[tuple[str, dict[str, Any]]]) -> bool:
        told.extend(hint for _, hint in sent)
        return True

    monkeypatch.setattr(actions, "send_hints", take)
    monkeypatch.setattr(reminders, "send_hints", take)
    return told


def plan(kind: str = "task", title: str = "Shopping", day: date = TODAY, **more: Any) -> Plan:
    return Plan(kind=kind, title=title, day=day, **more)


def add(by: User, senior: User, what: Plan) -> CalendarItem:
    return actions.add_item(by, senior.pk, what, key=str(uuid4()))


def titles(person: User, senior: User, days: int = 14) -> list[str]:
    found = selectors.planned_between(person, senior.pk, TODAY, TODAY + timedelta(days=days - 1))
    return [planned.item.title for planned in found]


def test_everybody_of_the_circle_sees_the_plan_in_the_order_of_the_day(
    senior: User, daughter: User, son: User, visitor: User
) -> None:
    add(son, senior, plan("visit", "Physio", time_of_day=time(14), place="High Street"))
    add(daughter, senior, plan("visit", "Tea with Rosa", time_of_day=time(10)))
    add(senior, senior, plan(title="Water the plants"))
    for person in (senior, daughter, son, visitor):
        assert titles(person, senior) == ["Water the plants", "Tea with Rosa", "Physio"]
    physio = selectors.visits_of_day(senior.pk, TODAY)[-1]
    assert physio.at == datetime(2026, 11, 22, 19, tzinfo=UTC)


def test_its_words_are_encrypted_and_in_neither_audit_nor_hint(
    senior: User, son: User, hints: list[dict[str, Any]]
) -> None:
    item = add(son, senior, plan("visit", "Chemotherapy", note="Ward 7"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT title, note FROM care_calendaritem")
        assert "Chemo" not in "".join(cursor.fetchone())
    row = AuditLog.objects.get(action="calendar.added")
    assert (row.actor_id, row.subject_id, row.details) == (son.pk, senior.pk, {"kind": "visit"})
    assert hints == [{"type": "calendar.changed", "senior_id": str(senior.pk)}]
    assert item.title == "Chemotherapy"


def test_what_she_writes_for_herself_nobody_else_sees_or_touches(senior: User, daughter: User) -> None:
    mine = add(senior, senior, plan(title="Buy her a present", is_private=True))
    assert titles(senior, senior) == ["Buy her a present"]
    assert titles(daughter, senior) == []
    for act in (
        lambda: actions.change_item(daughter, senior.pk, mine.pk, plan(title="x")),
        lambda: actions.remove_item(daughter, senior.pk, mine.pk),
        lambda: actions.claim(daughter, senior.pk, mine.pk, TODAY),
    ):
        with pytest.raises(NotYoursError):
            act()
    assert not add(daughter, senior, plan(is_private=True)).is_private, "only the senior has secrets here"


@pytest.mark.parametrize("who", ["visitor", "stranger"])
def test_who_may_not_change_it_is_told_nothing(senior: User, son: User, who: str, request: Any) -> None:
    task = add(son, senior, plan())
    person = request.getfixturevalue(who)
    for act in (
        lambda: add(person, senior, plan()),
        lambda: actions.change_item(person, senior.pk, task.pk, plan(title="x")),
        lambda: actions.claim(person, senior.pk, task.pk, TODAY),
        lambda: actions.finish(person, senior.pk, task.pk, TODAY),
        lambda: actions.call_off(person, senior.pk, task.pk, TODAY),
        lambda: actions.remove_item(person, senior.pk, task.pk),
    ):
        with pytest.raises(NotYoursError):
            act()
    assert [(item.title, item.days.count()) for item in CalendarItem.objects.all()] == [("Shopping", 0)]


def test_the_same_key_is_the_same_item(senior: User, son: User) -> None:
    one = actions.add_item(son, senior.pk, plan(), key="k")
    assert actions.add_item(son, senior.pk, plan(title="Other"), key="k").pk == one.pk
    assert CalendarItem.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": "  "}, "what it is"),
        ({"title": "x" * 121}, "too long"),
        ({"kind": "party"}, "choose"),
        ({"repeat": "daily"}, "choose"),
        ({"day": date(2099, 1, 1)}, "too far"),
        ({"repeat": "weekly", "until": TODAY - timedelta(days=1)}, "before it begins"),
    ],
)
def test_what_cannot_be_planned_is_said(senior: User, son: User, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        add(son, senior, plan(**{"title": "Shopping", **changes}))
    assert not CalendarItem.objects.exists()


def test_a_task_is_taken_on_once_given_back_and_done(senior: User, daughter: User, son: User) -> None:
    task = add(daughter, senior, plan())
    assert [planned.item.pk for planned in selectors.open_tasks(son, senior.pk)] == [task.pk]
    assert actions.claim(son, senior.pk, task.pk, TODAY) == son
    assert actions.claim(daughter, senior.pk, task.pk, TODAY) == son, "whoever was first has it"
    assert selectors.open_tasks(son, senior.pk) == []
    actions.give_back(son, senior.pk, task.pk, TODAY)
    assert actions.claim(daughter, senior.pk, task.pk, TODAY) == daughter
    actions.finish(daughter, senior.pk, task.pk, TODAY)
    (planned,) = selectors.planned_between(son, senior.pk, TODAY, TODAY)
    assert (planned.done_by, planned.done_at) == (daughter, NOON)
    actions.finish(senior, senior.pk, task.pk, TODAY, is_done=False)
    (planned,) = selectors.planned_between(son, senior.pk, TODAY, TODAY)
    assert (planned.done_by, planned.claimed_by) == (None, daughter)


def test_only_its_holder_the_senior_or_a_first_contact_frees_a_task(senior: User, daughter: User, son: User) -> None:
    task = add(senior, senior, plan())
    actions.claim(daughter, senior.pk, task.pk, TODAY)
    with pytest.raises(NotYoursError):
        actions.give_back(son, senior.pk, task.pk, TODAY)
    actions.give_back(senior, senior.pk, task.pk, TODAY)
    actions.claim(son, senior.pk, task.pk, TODAY)
    actions.give_back(daughter, senior.pk, task.pk, TODAY)
    assert CalendarDay.objects.get().claimed_by is None


def test_each_day_of_what_comes_again_is_taken_on_and_called_off_by_itself(senior: User, son: User) -> None:
    task = add(senior, senior, plan(repeat="weekly"))
    actions.claim(son, senior.pk, task.pk, TODAY)
    actions.call_off(son, senior.pk, task.pk, TODAY + timedelta(days=7))
    found = selectors.planned_between(son, senior.pk, TODAY, TODAY + timedelta(days=20))
    assert [(planned.day.day, planned.claimed_by) for planned in found] == [(22, son), (6, None)]
    with pytest.raises(NotYoursError):
        actions.claim(son, senior.pk, task.pk, TODAY + timedelta(days=1))  # it is not on that day
    with pytest.raises(NotYoursError):
        actions.claim(son, senior.pk, task.pk, TODAY + timedelta(days=7))  # it was called off


def test_a_visit_cannot_be_taken_on(senior: User, son: User) -> None:
    visit = add(senior, senior, plan("visit", "Physio"))
    with pytest.raises(NotYoursError):
        actions.claim(son, senior.pk, visit.pk, TODAY)


def remind_at(hour: int, minute: int = 0, *, day: int = 22) -> list[str]:
    """What the tick says then, by New York's clock."""
    told: list[str] = []
    with time_machine.travel(datetime(2026, 11, day, hour + 5, minute, tzinfo=UTC), tick=False):
        reminders.tick()
    return told


def said(hints: list[dict[str, Any]]) -> list[str]:
    return [hint["event"]["title"] for hint in hints if hint["type"] == "push"]


def test_an_hour_before_a_visit_she_is_told_once(senior: User, son: User, hints: list[dict[str, Any]]) -> None:
    add(son, senior, plan("visit", "Physio", time_of_day=time(14), who="Anna drives you", place="High Street"))
    remind_at(12, 59)
    assert said(hints) == []
    remind_at(13)
    remind_at(13, 1)
    assert said(hints) == ["Today at 2:00 in the afternoon: Physio"]
    event = next(hint["event"] for hint in hints if hint["type"] == "push")
    assert event["detail"] == "Anna drives you. Where: High Street."
    assert CalendarItem.objects.get().remind_at is None


def test_a_reminder_that_would_come_too_late_does_not_come(
    senior: User, son: User, hints: list[dict[str, Any]]
) -> None:
    item = add(son, senior, plan("visit", "Physio", time_of_day=time(14), repeat="weekly"))
    remind_at(13, 31)  # the server was down
    assert said(hints) == []
    item.refresh_from_db()
    assert item.remind_at == datetime(2026, 11, 29, 18, tzinfo=UTC)


def test_no_more_than_three_a_day(senior: User, son: User, hints: list[dict[str, Any]]) -> None:
    for hour in (14, 15, 16, 17, 18):
        add(son, senior, plan("visit", f"at {hour}", time_of_day=time(hour)))
    for hour in (13, 14, 15, 16, 17):
        remind_at(hour)
    assert len(said(hints)) == 3
    add(son, senior, plan("visit", "tomorrow", day=TODAY + timedelta(days=1), time_of_day=time(10)))
    remind_at(9, day=23)
    assert said(hints)[-1] == "Today at 10:00 in the morning: tomorrow"


def test_what_was_called_off_and_what_others_do_is_not_told(
    senior: User, son: User, hints: list[dict[str, Any]]
) -> None:
    visit = add(son, senior, plan("visit", "Physio", time_of_day=time(14), repeat="weekly"))
    add(son, senior, plan("task", "Shopping", time_of_day=time(14)))
    actions.call_off(son, senior.pk, visit.pk, TODAY)
    remind_at(13)
    assert said(hints) == []
    remind_at(13, day=29)
    assert said(hints) == ["Today at 2:00 in the afternoon: Physio"]


def test_a_task_of_somebody_who_has_left_is_free_again(senior: User, daughter: User, son: User) -> None:
    item = add(senior, senior, plan())
    actions.claim(son, senior.pk, item.pk, TODAY)
    remove_member(senior, senior.pk, son.memberships.get().pk)
    assert [planned.claimed_by for planned in selectors.open_tasks(daughter, senior.pk)] == [None]
    assert actions.claim(daughter, senior.pk, item.pk, TODAY) == daughter
    assert CalendarDay.objects.get().claimed_by == daughter
