"""The board: who needs somebody comes first, in words, by as many questions for ten residents as for hundreds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.crowd import fill
from companion.accounts.models import User
from companion.care.medicines.models import Occurrence
from companion.circle.models import AccessLog
from companion.circle.organisations import admissions
from companion.circle.organisations.models import Residency
from companion.family.facility.rules import Known, Urgency, standing_of
from companion.family.facility.selectors import board, row_of
from companion.family.rules import Trouble
from companion.safety import actions as alerts
from companion.safety import clock
from companion.safety.models import CheckInPlan
from tests.companion.circle.organisations.homes import MONDAY, ZONE, Home
from tests.companion.family.facility.conftest import Browse


def known(**more: Any) -> Known:
    return Known(now=MONDAY, zone=ZONE, **more)


@pytest.mark.parametrize(
    ("what", "urgency", "words"),
    [
        (known(trouble=Trouble.HELP, overdue=1, asked=2), Urgency.HELP, "Nobody is on it yet"),
        (known(trouble=Trouble.CALMED), Urgency.LOOK_IN, "Says they are all right. Nobody has checked"),
        (known(trouble=Trouble.CLAIMED, helper="Nina"), Urgency.CLAIMED, "Nina is on it"),
        (known(trouble=Trouble.CLAIMED), Urgency.CLAIMED, "Somebody is on it"),
        (known(trouble=Trouble.DRILL), Urgency.CLAIMED, "A drill. Nobody is in danger"),
        (
            known(overdue=1, overdue_since=MONDAY - timedelta(hours=1), asked=1),
            Urgency.OVERDUE,
            "One is late, due 8:00 a.m.",
        ),
        (
            known(overdue=2, overdue_since=MONDAY - timedelta(hours=10)),
            Urgency.OVERDUE,
            "2 are late, due yesterday at 11:00 p.m.",
        ),
        (known(asked=1, shares_activity=True, seen_at=MONDAY), Urgency.UNANSWERED, "Lilo asked once today"),
        (known(asked=3), Urgency.UNANSWERED, "Lilo asked 3 times today"),
        (known(shares_activity=True), Urgency.QUIET, "Not heard of yet"),
        (
            known(shares_activity=True, seen_at=MONDAY - timedelta(hours=18)),
            Urgency.QUIET,
            "Heard of yesterday at 3:00 p.m.",
        ),
        (known(shares_activity=True, seen_at=MONDAY - timedelta(minutes=5)), Urgency.FINE, "Heard of 8:55 a.m."),
        (known(), Urgency.FINE, "Nothing open"),
    ],
)
def test_standing(what: Known, urgency: Urgency, words: str) -> None:
    found = standing_of(what)
    assert (found.urgency, found.words) == (urgency, words)


def test_rows_come_by_urgency_then_room(home: Home) -> None:
    for room in ("10", "9", "12a", "12", ""):
        home.admit(home.garden, f"In {room or 'no'} room", room=room)
    last = home.admit(home.garden, "Calls for help", room="99")
    alerts.press_help(last.senior.user)
    rows = board(home.nurse, [home.garden])
    assert [row.place.room for row in rows] == ["99", "", "9", "10", "12", "12a"]
    assert [row.order for row in rows[1:]] == sorted(row.order for row in rows[1:])


def test_staff_see_their_unit_and_leads_the_house(home: Home, elsewhere: Home) -> None:
    mine, other = home.admit(home.garden), home.admit(home.terrace)
    elsewhere.admit(elsewhere.garden)
    everywhere = [home.garden, home.terrace, elsewhere.garden]
    assert [row.senior_id for row in board(home.carer, everywhere)] == [mine.senior_id]
    assert {row.senior_id for row in board(home.lead, everywhere)} == {mine.senior_id, other.senior_id}
    assert row_of(home.carer, other.senior_id) is None


@pytest.mark.parametrize(
    ("words", "found"), [("margaret", 1), ("Doyle mar", 1), ("12", 1), ("peg", 1), ("1", 0), ("margaret 9", 0)]
)
def test_find_by_name_or_room(home: Home, words: str, found: int) -> None:
    admissions.admit(home.lead, home.garden.pk, full_name="Margaret Doyle", preferred_name="Peggy", room="12")
    home.admit(home.garden, "Ann Lee", room="9")
    assert len(board(home.nurse, [home.garden], words=words)) == found


def test_what_is_not_shared_is_not_on_the_board_and_looks_are_written_down(
    home: Home, resident: Residency, dose: Occurrence
) -> None:
    person = resident.senior.user
    CheckInPlan.objects.create(senior=person, time_of_day="09:00", last_seen_at=clock.now())
    late = clock.now() - timedelta(minutes=45)
    Occurrence.objects.filter(pk=dose.pk).update(due_at=late, late_at=late + timedelta(minutes=30))
    AccessLog.objects.all().delete()
    assert row_of(home.nurse, person.pk).urgency is Urgency.OVERDUE  # type: ignore[union-attr]
    assert set(AccessLog.objects.values_list("person_id", "item")) == {(home.nurse.pk, "medicines")}
    admissions.share_with_home(person, person.pk, "medicines", is_on=False)
    row = row_of(home.nurse, person.pk)
    assert row is not None
    assert (row.urgency, row.standing.words) == (Urgency.FINE, "Nothing open")
    admissions.share_with_home(person, person.pk, "activity", is_on=True)
    assert row_of(home.nurse, person.pk).standing.words.startswith("Heard of")  # type: ignore[union-attr]


def test_what_is_told_in_confidence_is_on_no_board(home: Home, resident: Residency) -> None:
    alerts.raise_alert(senior_id=resident.senior_id, level="E", category="abuse", words="", reasons=(), source="chat")
    for person in (home.lead, home.nurse):
        assert row_of(person, resident.senior_id).alert is None  # type: ignore[union-attr]


def test_question_that_tells_nobody_is_on_no_board(home: Home, resident: Residency) -> None:
    alerts.raise_alert(senior_id=resident.senior_id, level="A", category="fall", words="", reasons=(), source="chat")
    assert row_of(home.nurse, resident.senior_id).alert is None  # type: ignore[union-attr]


def test_gravest_of_several_alerts_counts(home: Home, resident: Residency) -> None:
    claimed = alerts.press_help(resident.senior.user).alert_id
    alerts.claim(claimed, home.nurse)
    open_ = alerts.raise_alert(
        senior_id=resident.senior_id, level="E", category="fall", words="", reasons=(), source="chat"
    ).alert_id
    row = row_of(home.nurse, resident.senior_id)
    assert row is not None
    assert row.alert is not None
    assert (row.alert.pk, row.urgency) == (open_, Urgency.HELP)


def questions(browser: Any, path: str) -> int:
    """How many questions a page asks the database, once its looks are written down."""
    browser.get(path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert browser.get(path).status_code == 200
    return len(asked)


@pytest.mark.django_db(transaction=True)  # looks are remembered once they are really stored
@pytest.mark.parametrize("path", ["/facility/", "/facility/round/", "/facility/notes/"])
def test_pages_ask_as_often_for_two_hundred_residents_as_for_ten(home: Home, browse: Browse, path: str) -> None:
    browser, now = browse(home.lead), clock.now()
    fill([home.garden, home.terrace], 10, now)
    few = questions(browser, path)
    fill([home.garden, home.terrace], 190, now, prefix="more")
    assert questions(browser, path) == few
    assert few <= 12


def test_page_shows_the_alert_and_a_press_takes_it_on(home: Home, resident: Residency, browse: Browse) -> None:
    alert = alerts.press_help(resident.senior.user).alert_id
    carer, nurse = browse(home.carer), browse(home.nurse)
    page = carer.get("/facility/").content.decode()
    assert "1 needs help now" in page
    assert f"/facility/alerts/{alert}/claim/" in page
    answer = nurse.post(f"/facility/alerts/{alert}/claim/", {"unit": str(home.garden.pk)}, follow=True)
    assert answer.redirect_chain == [(f"/facility/?unit={home.garden.pk}", 302)]
    page = carer.get("/facility/").content.decode()
    assert f"{home.nurse.short_name} is on it" in page
    assert f"/facility/alerts/{alert}/claim/" not in page


def test_others_have_no_board(home: Home, elsewhere: Home, stranger: User, browse: Browse) -> None:
    assert browse(stranger).get("/facility/").status_code == 404
    assert browse(elsewhere.lead).get(f"/facility/?unit={home.garden.pk}").status_code == 404
    assert browse(home.carer).get(f"/facility/?unit={home.terrace.pk}").status_code == 404
    assert browse(home.carer).get("/facility/?unit=nonsense").status_code == 404
