"""The calendar's pages and API: for the senior and for the circle, without scripts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from companion.accounts.models import User
from companion.care.calendar import actions
from companion.care.calendar.actions import Plan
from companion.care.calendar.models import CalendarDay, CalendarItem
from tests.companion.safety.test_alert_api import Caller

pytestmark = pytest.mark.django_db


def page_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="companion.accounts.backends.PersonBackend")
    return client


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def tomorrow() -> date:
    return timezone.now().date() + timedelta(days=1)


def address(senior: User, rest: str = "") -> str:
    return f"/family/{senior.pk}/calendar/{rest}"


def task_of(senior: User, **more: Any) -> CalendarItem:
    return actions.add_item(senior, senior.pk, Plan("task", "Shopping", tomorrow(), **more), key=str(uuid4()))


@pytest.mark.parametrize("who", ["senior", "son"])
def test_a_visit_is_planned_by_a_form_once(senior: User, son: User, who: str, request: Any) -> None:
    page = page_of(request.getfixturevalue(who))
    form = words(page.get(address(senior, "add/?kind=visit")))
    assert ('name="is_private"' in form) == (who == "senior")
    sent = {
        "kind": "visit",
        "title": "Physio",
        "day": tomorrow().isoformat(),
        "time_of_day": "14:00",
        "repeat": "weekly",
        "form_key": str(uuid4()),
    }
    assert page.post(address(senior, "add/"), sent).status_code == 302
    page.post(address(senior, "add/"), sent)
    assert CalendarItem.objects.count() == 1, "a form sent twice is one visit"
    shown = words(page.get(address(senior)))
    assert "Physio" in shown
    assert "2:00 p.m." in shown
    assert "Every week" in shown


def test_what_is_missing_is_said_at_its_field_and_kept(senior: User, son: User) -> None:
    answer = page_of(son).post(address(senior, "add/"), {"kind": "visit", "title": "", "day": "soon", "place": "Home"})
    assert answer.status_code == 422
    shown = words(answer)
    assert shown.count("errorlist") == 2
    assert 'value="Home"' in shown
    answer = page_of(son).post(address(senior, "add/"), {"kind": "visit", "title": "Far", "day": "2199-01-01"})
    assert "too far away" in words(answer)


def test_a_task_is_taken_on_by_a_press_and_the_second_is_told_who_was_first(
    senior: User, daughter: User, son: User
) -> None:
    task = task_of(senior)
    press = address(senior, f"{task.pk}/{tomorrow()}/claim/")
    assert "1 thing still needs somebody" in words(page_of(son).get(address(senior)))
    assert "You do it" in words(page_of(son).post(press, follow=True))
    assert "Ben was first and does it." in words(page_of(daughter).post(press, follow=True))
    assert "Done by you" in words(page_of(son).post(address(senior, f"{task.pk}/{tomorrow()}/done/"), follow=True))


@pytest.mark.parametrize(
    ("rest", "number"),
    [("add/", 404), ("{item}/", 404), ("{item}/{day}/claim/", 404), ("{item}/remove/", 404), ("", 200)],
)
def test_a_visitor_looks_only(senior: User, visitor: User, rest: str, number: int) -> None:
    task = task_of(senior)
    page = page_of(visitor)
    target = address(senior, rest.format(item=task.pk, day=tomorrow()))
    answer = page.get(target) if not rest else page.post(target)
    assert answer.status_code == number
    assert b"<form" not in page.get(address(senior)).content.split(b"<main")[1]
    assert (CalendarItem.objects.count(), CalendarDay.objects.count()) == (1, 0)


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "0001-01-01", "9999-12-31"])
def test_days_that_are_none_are_not_found(senior: User, day: str) -> None:
    task = task_of(senior)
    assert page_of(senior).post(address(senior, f"{task.pk}/{day}/claim/")).status_code == 404
    assert page_of(senior).get(address(senior, f"?from={day}")).status_code == 404


def test_words_are_only_letters(senior: User, son: User) -> None:
    actions.add_item(son, senior.pk, Plan("visit", "<b>Physio</b>", tomorrow(), note="<script>"), key="k")
    shown = page_of(senior).get(address(senior)).content.decode()
    assert "&lt;b&gt;Physio" in shown
    assert "<script>" not in shown.split("<main")[1].split("</main")[0]


def test_the_list_asks_the_database_the_same_few_times_however_full_it_is(
    senior: User, son: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        item = task_of(senior, note=str(number))
        actions.claim(son, senior.pk, item.pk, tomorrow())
    page = page_of(son)
    page.get(address(senior))
    with django_assert_max_num_queries(25):
        page.get(address(senior))


def test_the_api_plans_lists_claims_and_removes(senior: User, daughter: User, son: User) -> None:
    base = f"/seniors/{senior.pk}/calendar"
    made = Caller(son).post(base, {"kind": "task", "title": "Shopping", "day": str(tomorrow()), "repeat": "weekly"})
    assert made.status_code == 201
    item = made.json()["id"]
    listed = Caller(daughter).get(f"{base}?days=30").json()
    assert listed["time_zone"] == "America/New_York"
    assert len(listed["items"]) in (4, 5)
    day = listed["items"][0]["day"]
    assert Caller(daughter).post(f"{base}/{item}/{day}/claim").json() == {"claimed_by": "Anna", "is_mine": True}
    assert Caller(son).post(f"{base}/{item}/{day}/claim").json() == {"claimed_by": "Anna", "is_mine": False}
    assert Caller(son).post(f"{base}/{item}/{day}/give-back").status_code == 404
    assert Caller(daughter).post(f"{base}/{item}/{day}/done").status_code == 204
    assert Caller(senior).get(base).json()["items"][0]["done_by"] == "Anna"
    assert Caller(son).post(base, {"kind": "task", "title": " ", "day": str(tomorrow())}).status_code == 422


@pytest.mark.parametrize(("who", "reads", "writes"), [("visitor", 200, 404), ("stranger", 404, 404)])
def test_rights_of_the_api(senior: User, who: str, reads: int, writes: int, request: Any) -> None:
    caller, base = Caller(request.getfixturevalue(who)), f"/seniors/{senior.pk}/calendar"
    assert caller.get(base).status_code == reads
    assert caller.post(base, {"kind": "task", "title": "x", "day": str(tomorrow())}).status_code == writes
    assert not CalendarItem.objects.exists()
