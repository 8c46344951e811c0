"""Hand-over notes: sealed, for those who look after the resident now, with receipts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from companion.circle import actions as circle
from companion.circle.access import NotYoursError
from companion.circle.models import Role
from companion.circle.organisations import admissions
from companion.circle.organisations.models import Residency
from companion.circle.refusals import RefusedError
from companion.family.facility import actions, selectors
from companion.family.facility.models import HandoverNote, NoteReceipt
from tests.companion.circle.organisations.homes import MONDAY, ZONE, Home
from tests.companion.family.facility.conftest import Browse

WORDS = "Did not sleep; walk with her"


def seen(person: object, home: Home) -> list[str]:
    return [note.text for note in selectors.notes(person, [home.garden, home.terrace])]  # type: ignore[arg-type]


def test_words_are_sealed_and_the_shift_is_known(
    home: Home, resident: Residency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.safety.clock.steady", lambda: MONDAY)
    home.shift(home.nurse, home.garden, 7, 15)
    note = actions.write_note(home.nurse, home.garden.pk, text=f"  {WORDS} ", senior_id=resident.senior_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM family_handovernote")
        assert WORDS not in cursor.fetchone()[0]
    assert note.text == WORDS
    assert note.shift_began_at == datetime(2026, 3, 2, 7, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    other = actions.write_note(home.carer, home.garden.pk, text="Not on shift, all the same")
    assert other.shift_began_at is None


def test_unit_s_staff_and_leads_read_it_and_nobody_else(home: Home, elsewhere: Home, resident: Residency) -> None:
    note = actions.write_note(home.nurse, home.garden.pk, text=WORDS, senior_id=resident.senior_id)
    home.employ(elsewhere.carer, home.terrace)  # works here too, in another unit
    assert [seen(one, home) for one in (home.nurse, home.carer, home.lead)] == [[WORDS]] * 3
    for person in (elsewhere.lead, elsewhere.carer, resident.senior.user):
        assert seen(person, home) == []
        with pytest.raises(NotYoursError):
            actions.read_notes(person, [note.pk])


def test_who_moves_away_takes_their_notes_out_of_sight(home: Home, elsewhere: Home, resident: Residency) -> None:
    actions.write_note(home.nurse, home.garden.pk, text=WORDS, senior_id=resident.senior_id)
    person = resident.senior.user
    code = circle.invite(person, person.pk, role=Role.FACILITY_STAFF).code
    admissions.admit_by_code(elsewhere.lead, elsewhere.garden.pk, code)
    assert seen(home.lead, home) == []
    about = selectors.notes(elsewhere.lead, [elsewhere.garden], senior_id=person.pk)
    assert list(about) == [], "another home reads what this one wrote"


def test_urgent_comes_first_and_old_ones_go(home: Home) -> None:
    actions.write_note(home.nurse, home.garden.pk, text="first")
    actions.write_note(home.nurse, home.garden.pk, text="urgent", is_urgent=True)
    actions.write_note(home.nurse, home.garden.pk, text="last")
    old = actions.write_note(home.nurse, home.garden.pk, text="old")
    HandoverNote.objects.filter(pk=old.pk).update(written_at=old.written_at - timedelta(days=3))
    assert seen(home.carer, home) == ["urgent", "last", "first"]


def test_receipts_once_each_and_none_for_one_s_own(home: Home) -> None:
    notes = [actions.write_note(home.nurse, home.garden.pk, text=str(number)).pk for number in range(3)]
    assert selectors.unread_count(home.carer, [home.garden]) == 3
    assert [actions.read_notes(home.carer, notes) for _ in range(2)] == [3, 0]
    assert actions.read_notes(home.nurse, notes) == 0
    assert selectors.unread_count(home.carer, [home.garden]) == 0
    assert set(NoteReceipt.objects.values_list("reader", flat=True)) == {home.carer.pk}


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_empty_or_endless_notes_are_refused(home: Home, text: str) -> None:
    with pytest.raises(RefusedError):
        actions.write_note(home.nurse, home.garden.pk, text=text)
    assert not HandoverNote.objects.exists()


def test_note_about_somebody_who_lives_elsewhere_is_refused(home: Home, elsewhere: Home) -> None:
    upstairs, stranger = home.admit(home.terrace), elsewhere.admit(elsewhere.garden)
    for about in (upstairs, stranger):
        with pytest.raises(NotYoursError):
            actions.write_note(home.carer, home.garden.pk, text=WORDS, senior_id=about.senior_id)
    with pytest.raises(NotYoursError):
        actions.write_note(elsewhere.lead, home.garden.pk, text=WORDS)


def test_pages_write_and_read(home: Home, resident: Residency, browse: Browse) -> None:
    nurse, carer = browse(home.nurse), browse(home.carer)
    nurse.post("/facility/notes/", {"resident": str(resident.senior_id), "text": WORDS, "urgent": "yes"})
    nurse.post("/facility/notes/", {"resident": f"unit:{home.garden.pk}", "text": "Boiler man at ten <b>"})
    page = carer.get("/facility/notes/").content.decode()
    assert "2 notes for you to read" in page
    assert "Boiler man at ten &lt;b&gt;" in page
    keys = [str(key) for key in HandoverNote.objects.values_list("pk", flat=True)]
    carer.post("/facility/notes/read/", {"note": keys})
    assert "You have read every note" in carer.get("/facility/notes/").content.decode()
    assert "Read by Rosewoodcarer" in nurse.get(f"/facility/residents/{resident.senior_id}/").content.decode()
