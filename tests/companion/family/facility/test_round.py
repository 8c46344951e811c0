"""The round: everything that is due at this hour in the unit, one press each, never twice."""

from __future__ import annotations

from datetime import timedelta

from companion.care.medicines.actions import add_regimen
from companion.care.medicines.models import DoseEvent, DoseState, Occurrence
from companion.care.medicines.plan import Rule
from companion.circle.organisations import admissions
from companion.circle.organisations.models import Residency
from companion.family.facility.selectors import round_of
from companion.safety import clock
from tests.companion.circle.organisations.homes import Home
from tests.companion.family.facility.conftest import Browse


def test_due_doses_are_on_the_round_of_their_unit_only(home: Home, dose: Occurrence) -> None:
    assert [list(stop.doses) for stop in round_of(home.nurse, [home.garden])] == [[dose]]
    assert round_of(home.lead, [home.terrace]) == []


def test_who_keeps_their_medicines_to_themselves_is_not_on_the_round(
    home: Home, resident: Residency, dose: Occurrence, browse: Browse
) -> None:
    person = resident.senior.user
    admissions.share_with_home(person, person.pk, "medicines", is_on=False)
    assert round_of(home.nurse, [home.garden]) == []
    nurse = browse(home.nurse)
    assert "1 resident keeps their medicines to themselves" in nurse.get("/facility/round/").content.decode()
    assert nurse.post(f"/facility/doses/{dose.pk}/").status_code == 404
    dose.refresh_from_db()
    assert dose.state == DoseState.PENDING


def test_one_press_gives_it_once_and_the_next_hears_by_whom(home: Home, dose: Occurrence, browse: Browse) -> None:
    nurse, carer = browse(home.nurse), browse(home.carer)
    assert "1 dose to give" in nurse.get("/facility/round/").content.decode()
    given = nurse.post(f"/facility/doses/{dose.pk}/", follow=True)
    assert given.redirect_chain == [(f"/facility/round/#dose-{dose.pk}", 302)]
    again = carer.post(f"/facility/doses/{dose.pk}/", follow=True).content.decode()
    assert "Rosewoodnurse" in again
    assert DoseEvent.objects.filter(occurrence=dose, kind="taken").count() == 1
    dose.refresh_from_db()
    assert (dose.state, dose.settled_by) == (DoseState.TAKEN, home.nurse)


def test_not_given_has_a_reason_and_can_be_undone(home: Home, dose: Occurrence, browse: Browse) -> None:
    nurse = browse(home.nurse)
    nurse.post(f"/facility/doses/{dose.pk}/", {"reason": "did_not_want"})
    dose.refresh_from_db()
    assert dose.state == DoseState.SKIPPED
    assert "Not given" in nurse.get("/facility/round/").content.decode()
    nurse.post(f"/facility/doses/{dose.pk}/", {"undo": "yes"})
    dose.refresh_from_db()
    assert dose.state == DoseState.PENDING


def test_another_home_gives_nothing(home: Home, elsewhere: Home, dose: Occurrence, browse: Browse) -> None:
    for person in (elsewhere.lead, elsewhere.nurse):
        assert browse(person).post(f"/facility/doses/{dose.pk}/").status_code == 404
    assert not DoseEvent.objects.filter(occurrence=dose).exists()


def test_from_a_resident_s_page_back_to_it(home: Home, resident: Residency, dose: Occurrence, browse: Browse) -> None:
    nurse = browse(home.nurse)
    page = nurse.get(f"/facility/residents/{resident.senior_id}/").content.decode()
    assert "Apixaban 5 mg" in page
    back = nurse.post(f"/facility/doses/{dose.pk}/", {"back_to": str(resident.senior_id)})
    assert back["Location"] == f"/facility/residents/{resident.senior_id}/#dose-{dose.pk}"


def test_of_one_medicine_the_round_offers_one_dose_at_a_time(home: Home, resident: Residency, browse: Browse) -> None:
    person = resident.senior.user
    now = clock.now()
    first_at = (now + timedelta(minutes=5)).isoformat()
    rule = Rule.model_validate(
        {"kind": "interval", "start": f"{now:%Y-%m-%d}", "every_minutes": 45, "first_at": first_at}
    )
    drops = add_regimen(person, person.pk, rule=rule, name="Eye drops", form="drops")
    first, second = Occurrence.objects.filter(regimen=drops).order_by("due_at")[:2]
    assert [list(stop.doses) for stop in round_of(home.nurse, [home.garden])] == [[first]]
    browse(home.nurse).post(f"/facility/doses/{first.pk}/")
    (stop,) = round_of(home.nurse, [home.garden])
    assert [dose.pk for dose in stop.doses if dose.is_open] == [second.pk]
