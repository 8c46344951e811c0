"""The pages of whoever runs the home: each press does what the action does, and nobody else has them."""

from __future__ import annotations

import re
from datetime import date

import pytest

from companion.accounts.models import SignInPass, User
from companion.circle import actions as circle
from companion.circle.models import Role
from companion.circle.organisations.models import Residency, Shift, StaffMember, Unit
from tests.companion.circle.organisations.homes import Home
from tests.companion.family.facility.conftest import Browse


def test_link_is_shown_once_and_brings_somebody_in(home: Home, stranger: User, browse: Browse) -> None:
    lead, guest = browse(home.lead), browse(stranger)
    data = {"name": "New Nurse", "role": "nurse", "units": [str(home.garden.pk)]}
    page = lead.post("/facility/staff/invite/", data, follow=True).content.decode()
    link = re.search(r"/facility/join/[\w-]+/", page)
    assert link
    assert "/facility/join/" not in lead.get("/facility/staff/").content.decode()
    assert "you are invited as nurse" in guest.get(link[0]).content.decode()
    assert guest.post(link[0])["Location"] == "/reach/"
    assert guest.get("/facility/").status_code == 200
    assert guest.get(link[0]).status_code == 404


def test_staff_are_changed_and_leave(home: Home, browse: Browse) -> None:
    lead, nurse = browse(home.lead), home.post(home.nurse)
    path = f"/facility/staff/{nurse.pk}/"
    lead.post(path, {"role": "nurse", "units": [str(home.terrace.pk)], "away_until": "2026-12-24"})
    nurse.refresh_from_db()
    assert (list(nurse.units.all()), nurse.away_until) == ([home.terrace], date(2026, 12, 24))
    lead.post(path, {"role": "nurse", "away_until": "nonsense"})
    nurse.refresh_from_db()
    assert nurse.away_until == date(2026, 12, 24)
    lead.post(path, {"do": "remove"})
    assert browse(home.nurse).get("/facility/").status_code == 404


def test_shifts_are_planned_and_ended(home: Home, browse: Browse) -> None:
    lead = browse(home.lead)
    plan = {
        "unit_id": str(home.garden.pk), "staff_id": str(home.post(home.nurse).pk), "weekdays": ["0", "4"],
        "starts": "22:00", "ends": "06:00", "first_day": "2026-01-05",
    }  # fmt: skip
    lead.post("/facility/shifts/", plan)
    shift = Shift.objects.get()
    assert shift.weekdays == "04"
    page = lead.get("/facility/shifts/").content.decode()
    assert "Monday, Friday, 10:00 p.m. to 6:00 a.m. of the next day" in page
    wrongs: list[dict[str, object]] = [{"weekdays": []}, {"starts": ""}, {"first_day": "31"}, {"first_day": ""}]
    for wrong in wrongs:
        assert lead.post("/facility/shifts/", {**plan, **wrong}).status_code == 302
    assert Shift.objects.count() == 1
    lead.post("/facility/shifts/", {"end": str(shift.pk)})
    shift.refresh_from_db()
    assert shift.last_day is not None


def test_people_move_in_move_and_move_out(home: Home, browse: Browse) -> None:
    lead = browse(home.lead)
    lead.post(
        "/facility/residents/admit/",
        {"unit_id": str(home.garden.pk), "name": "Margaret Doyle", "room": "12", "agreed": ["medicines"]},
    )
    residency = Residency.objects.get()
    page = lead.get(f"/facility/residents/{residency.senior_id}/").content.decode()
    assert "lets the home see medicines" in page
    path = f"/facility/residents/{residency.senior_id}/"
    lead.post(f"{path}move/", {"unit_id": str(home.terrace.pk), "room": "31"})
    assert browse(home.nurse).get(path).status_code == 404
    lead.post(f"{path}move/", {"do": "discharge"})
    assert lead.get(path).status_code == 404


def test_code_for_a_resident_is_shown_to_leads_only(home: Home, elsewhere: Home, browse: Browse) -> None:
    residency = home.admit(home.garden)
    path = f"/facility/residents/{residency.senior_id}/code/"
    for person in (home.nurse, elsewhere.lead):
        assert browse(person).post(path).status_code == 404
    assert re.search(r"\w{4}-\w{4}", browse(home.lead).post(path).content.decode())
    assert SignInPass.objects.get().senior == residency.senior.user


def test_codes_cannot_be_guessed(home: Home, senior_code: str, browse: Browse) -> None:
    lead = browse(home.lead)
    said = ""
    for _ in range(7):
        answer = lead.post(
            "/facility/residents/admit/", {"unit_id": str(home.garden.pk), "code": "AAAA-AAAA"}, follow=True
        )
        said = answer.content.decode()
    assert "a few tries too many" in said
    lead.post("/facility/residents/admit/", {"unit_id": str(home.garden.pk), "code": senior_code})
    assert not Residency.objects.exists()


@pytest.fixture
def senior_code(stranger: User) -> str:
    """A good code of somebody's."""
    from tests.companion.circle.conftest import person

    margaret = person("margaret", "Margaret Doyle", "senior")
    circle.create_profile(margaret)
    return circle.invite(margaret, margaret.pk, role=Role.FACILITY_STAFF).code


def test_units_are_added_and_named(home: Home, browse: Browse) -> None:
    lead = browse(home.lead)
    lead.post("/facility/units/", {"name": "Attic", "phone": "(202) 555-0160"})
    attic = Unit.objects.get(name="Attic")
    assert attic.phone == "+12025550160"
    lead.post("/facility/units/", {"unit_id": str(attic.pk), "name": "Sky", "phone": ""})
    attic.refresh_from_db()
    assert (attic.name, attic.phone) == ("Sky", "")
    assert "of that name already" in lead.post("/facility/units/", {"name": "Sky"}, follow=True).content.decode()


OFFICE = ("/facility/residents/", "/facility/staff/", "/facility/shifts/")


def test_staff_see_who_works_when_and_change_nothing(home: Home, browse: Browse) -> None:
    nurse = browse(home.nurse)
    pages = {path: nurse.get(path) for path in OFFICE}
    assert [page.status_code for page in pages.values()] == [404, 200, 200]
    for path in OFFICE[1:]:
        assert 'method="post"' not in pages[path].content.decode()
    kept = list(StaffMember.objects.order_by("pk").values())
    nurse.post(f"/facility/staff/{home.post(home.carer).pk}/", {"do": "remove"})
    nurse.post("/facility/staff/invite/", {"name": "Friend"})
    assert list(StaffMember.objects.order_by("pk").values()) == kept


def test_who_runs_two_homes_chooses_one(home: Home, elsewhere: Home, browse: Browse) -> None:
    elsewhere.employ(home.lead, role="lead")
    lead = browse(home.lead)
    page = lead.get(f"/facility/residents/?home={elsewhere.organisation.pk}").content.decode()
    assert "Residents of Elsewhere" in page
    resident = elsewhere.admit(elsewhere.garden, "Only There")
    board = lead.get(f"/facility/?unit={elsewhere.garden.pk}").content.decode()
    assert resident.senior.user.full_name in board
    assert "Garden, Elsewhere" in board
    assert browse(elsewhere.lead).get(f"/facility/residents/?home={home.organisation.pk}").status_code == 404


@pytest.mark.parametrize("path", ["/facility/", "/facility/staff/", "/facility/round/", "/facility/notes/"])
def test_who_is_not_signed_in_signs_in_first(client: object, path: str, db: None) -> None:
    answer = client.get(path)  # type: ignore[attr-defined]
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")
