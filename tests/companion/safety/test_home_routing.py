"""Who is told of a resident's alert: the unit on shift, then the lead, then the family, whatever the hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from companion.accounts.models import User
from companion.circle import actions as circle
from companion.circle.access import NotYoursError
from companion.circle.models import ContactPoint, Role
from companion.circle.organisations import actions, admissions
from companion.circle.organisations.models import Residency
from companion.safety import access, address_book, audience, deadlines, notices
from companion.safety import actions as alerts
from companion.safety.audience import AtHome, Person, on_rung
from companion.safety.models import Alert, Delivery
from tests.companion.circle.conftest import join, person
from tests.companion.circle.organisations.homes import MONDAY, Home, make_home, worker
from tests.companion.safety.test_audience import member


@pytest.fixture
def home(db: None) -> Home:
    """The nurse works by day in the garden, the carer by night; nobody in the terrace."""
    home = make_home("Rosewood")
    home.shift(home.nurse, home.garden, 7, 15)
    home.shift(home.carer, home.garden, 15, 7)
    return home


@pytest.fixture
def resident(home: Home) -> Residency:
    """Lives in the garden, with a daughter."""
    residency = home.admit(home.garden)
    join(residency.senior.user, person("daughter", "Dora Daughter"), Role.PRIMARY)
    return residency


class Clock:
    """The time that safety reckons by, stood still: Monday morning, nine o'clock there."""

    def __init__(self) -> None:
        self.at = MONDAY

    def steady(self) -> datetime:
        return self.at

    def later(self, seconds: float) -> datetime:
        """So many seconds pass, and the relay goes round."""
        self.at += timedelta(seconds=seconds)
        deadlines.act_on_due()
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock()
    monkeypatch.setattr("companion.safety.clock.steady", stopped.steady)
    return stopped


def told(alert: Alert | UUID, *, since: datetime | None = None) -> set[str]:
    """Who is called for help, by user name; of the calls written from an instant on."""
    calls = Delivery.objects.filter(alert=alert, message__in=notices.CALLS, contact_point__isnull=False)
    if since is not None:
        calls = calls.filter(created_at__gte=since)
    return set(calls.values_list("recipient__username", flat=True))


def fall(residency: Residency, category: str = "fall") -> UUID:
    return alerts.raise_alert(
        senior_id=residency.senior_id, level="E", category=category, words="", reasons=(), source="chat"
    ).alert_id


@pytest.mark.django_db(transaction=True)
class TestLadder:
    def test_goes_from_the_unit_to_the_lead_to_the_family(self, clock: Clock, home: Home, resident: Residency) -> None:
        alert = fall(resident)
        assert told(alert) == {"rosewoodnurse"}
        assert told(alert, since=clock.later(61)) == {"rosewoodnurse", "rosewoodlead"}
        assert told(alert, since=clock.later(121)) == {"rosewoodnurse", "rosewoodlead", "daughter"}

    def test_change_of_shift_in_the_middle_brings_in_the_next_one(
        self, clock: Clock, home: Home, resident: Residency
    ) -> None:
        clock.at = MONDAY + timedelta(hours=6) - timedelta(seconds=30)  # half a minute before three o'clock
        alert = fall(resident)
        assert told(alert) == {"rosewoodnurse"}
        assert told(alert, since=clock.later(61)) == {"rosewoodcarer", "rosewoodlead"}
        assert told(alert, since=clock.later(121)) == {"rosewoodcarer", "rosewoodlead", "daughter"}

    def test_claim_left_open_over_a_change_of_shift_calls_those_who_are_there_now(
        self, clock: Clock, home: Home, resident: Residency
    ) -> None:
        clock.at = MONDAY + timedelta(hours=5, minutes=55)
        alert = fall(resident)
        alerts.claim(alert, home.nurse)
        assert "rosewoodcarer" in told(alert, since=clock.later(601))

    def test_nobody_on_shift_goes_to_the_lead_at_once_and_on_to_the_family(self, clock: Clock, home: Home) -> None:
        residency = home.admit(home.terrace)
        join(residency.senior.user, person("daughter", "Dora Daughter"), Role.PRIMARY)
        alert = fall(residency)
        assert told(alert) == {"rosewoodlead"}
        assert told(alert, since=clock.later(61)) == {"rosewoodlead", "daughter"}

    def test_nobody_on_shift_and_no_lead_to_reach_goes_to_whoever_works_there(self, clock: Clock, home: Home) -> None:
        residency = home.admit(home.terrace)
        home.employ(worker("offduty"), home.terrace)
        ContactPoint.objects.filter(user=home.lead).delete()
        assert told(fall(residency)) == {"offduty"}

    def test_home_that_cannot_be_reached_at_all_leaves_the_family(
        self, clock: Clock, home: Home, resident: Residency
    ) -> None:
        ContactPoint.objects.exclude(user__username="daughter").delete()
        assert told(fall(resident)) == {"daughter"}

    def test_who_moved_away_in_the_middle_is_the_new_unit_s(
        self, clock: Clock, home: Home, resident: Residency
    ) -> None:
        home.employ(worker("upstairs"), home.terrace)
        home.shift(User.objects.get(username="upstairs"), home.terrace, 7, 15)
        alert = fall(resident)
        admissions.move_resident(home.lead, resident.senior_id, home.terrace.pk, room="9")
        assert told(alert, since=clock.later(61)) == {"upstairs", "rosewoodlead"}
        found = Alert.objects.get(pk=alert)
        assert not notices.may_be_told(found, home.nurse.pk), "the old unit is called no more"
        with pytest.raises(NotYoursError):
            access.access_alert(home.nurse, alert)

    def test_staff_claim_and_close_and_those_elsewhere_cannot(
        self, clock: Clock, home: Home, resident: Residency
    ) -> None:
        elsewhere = make_home("Elsewhere")
        alert = fall(resident)
        for stranger in (elsewhere.lead, elsewhere.nurse):
            with pytest.raises(NotYoursError):
                alerts.claim(alert, stranger)
        assert alerts.claim(alert, home.nurse)
        assert alerts.resolve(alert, home.nurse, reason="Helped up, unhurt")


@pytest.mark.django_db(transaction=True)
def test_abuse_goes_to_the_safeguarding_lead_only(clock: Clock, home: Home, resident: Residency) -> None:
    alert = fall(resident, category="abuse")
    assert told(alert) == {"rosewoodlead"}  # who opened the home is its safeguarding lead
    assert access.access_alert(home.lead, alert)
    for other in (home.nurse, home.carer, User.objects.get(username="daughter")):
        with pytest.raises(NotYoursError):
            access.access_alert(other, alert)


@pytest.mark.django_db(transaction=True)
def test_safeguarding_lead_of_the_family_is_told_beside_the_home_s(
    clock: Clock, home: Home, resident: Residency
) -> None:
    resident.senior.members.update(is_safeguarding_lead=True)
    assert told(fall(resident, category="abuse")) == {"rosewoodlead", "daughter"}


def test_somebody_who_works_where_their_mother_lives_is_family_when_off_shift(clock: Clock, home: Home) -> None:
    residency = home.admit(home.garden)
    join(residency.senior.user, home.carer, Role.PRIMARY)
    by_day = {one.user_id: one for one in notices.people_of(residency.senior_id)}
    clock.at += timedelta(hours=10)
    by_night = {one.user_id: one for one in notices.people_of(residency.senior_id)}
    assert (by_day[home.carer.pk].role, by_day[home.carer.pk].at_home) == (Role.PRIMARY, AtHome.NOTHING)
    assert by_night[home.carer.pk].at_home is AtHome.ON_SHIFT
    assert len(by_day) == len(by_night) == 3


def test_address_book_for_outages_knows_the_shift(clock: Clock, home: Home, resident: Residency) -> None:
    address_book.save()
    circle_ = address_book.find(resident.senior_id)
    assert circle_ is not None
    first = on_rung(circle_.people, 1)
    assert [one.user_id for one in first] == [home.nurse.pk]
    assert {circle_.addresses[point] for one in first for point, _ in one.points} == {"rosewoodnurse@home.example"}
    assert address_book.can_tell(resident.senior_id, "fall")


def test_who_has_left_is_told_nothing_any_more(home: Home, resident: Residency) -> None:
    actions.remove_staff(home.lead, home.post(home.nurse).pk)
    circle.remove_member(resident.senior.user, resident.senior_id, resident.senior.members.get().pk)
    assert {one.user_id for one in notices.people_of(resident.senior_id)} == {home.lead.pk, home.carer.pk}


def at_home(what: AtHome, *, ways: int = 1) -> Person:
    one = member("facility_staff", ways=ways)
    return Person(one.user_id, one.role, False, one.points, what)


ON, LEAD, OFF = at_home(AtHome.ON_SHIFT), at_home(AtHome.LEAD), at_home(AtHome.OFF_SHIFT)
MUTE = at_home(AtHome.ON_SHIFT, ways=0)
ANNA, BEN = member("primary"), member("family")


@pytest.mark.parametrize(
    ("people", "rungs"),
    [
        ((ANNA, BEN, ON, LEAD, OFF), [(ON,), (ON, LEAD), (ON, LEAD, ANNA, BEN)]),
        ((ANNA, BEN, LEAD, OFF), [(LEAD,), (LEAD, ANNA), (LEAD, OFF, ANNA, BEN)]),
        ((ANNA, BEN, OFF), [(OFF,), (OFF, ANNA), (OFF, ANNA, BEN)]),
        ((ANNA, ON), [(ON,), (ON, ANNA), (ON, ANNA)]),
        ((ANNA, BEN, MUTE), [(ANNA,), (BEN,), (ANNA, BEN)]),  # who cannot be reached never holds up the others
        ((ON,), [(ON,), (ON,), (ON,)]),
        ((ANNA, MUTE, LEAD), [(LEAD,), (LEAD, ANNA), (LEAD, ANNA)]),
    ],
)
def test_rungs_of_a_home_are_never_empty(people: tuple[Person, ...], rungs: list[tuple[Person, ...]]) -> None:
    assert [on_rung(people, rung) for rung in (1, 2, 3)] == rungs
    assert on_rung(people, 9) == rungs[2]
    assert on_rung(people, 5, is_calmed=True) == rungs[0]


def test_every_combination_of_people_has_somebody_on_every_rung() -> None:
    everybody = (ANNA, BEN, ON, LEAD, OFF, MUTE)
    for chosen in range(1, 2 ** len(everybody)):
        people = tuple(one for number, one in enumerate(everybody) if chosen >> number & 1)
        reachable = {one.user_id for one in people if one.points}
        for rung in (1, 2, 3, 4):
            found = on_rung(people, rung)
            assert bool(found) is bool(reachable), f"rung {rung} of {len(people)} people"
            assert len(found) == len({one.user_id for one in found})
            assert {one.user_id for one in found} <= reachable
        assert audience.targets(on_rung(people, 3)) or not reachable
