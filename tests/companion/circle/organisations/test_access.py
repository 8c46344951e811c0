"""Staff see the residents of their own home and unit, as far as each agreed; another home's see nothing, ever."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import time
from typing import Any
from uuid import UUID

import pytest

from companion.accounts.access import may_hand_over
from companion.accounts.models import User
from companion.circle.access import Need, NotYoursError, access_senior, rights_of, shared_items, visible_seniors
from companion.circle.models import Item, Role
from companion.circle.organisations import access, actions, admissions, rota, selectors
from companion.circle.organisations.models import Organisation, Post, Residency, Shift, StaffMember, Unit
from tests.companion.circle.conftest import join
from tests.companion.circle.organisations.homes import FROM, Home, make_home, worker
from tests.companion.circle.test_access import allowed

ALWAYS = {Need.BELONG, Need.ALERTS, Need.DETAILS}


def granted(person: User, residency: Residency) -> set[Need]:
    """Every need that is granted, asked in all four ways there are."""
    found = allowed(person, residency.senior.user)
    rights = rights_of([person.pk], residency.senior_id).get(person.pk)
    assert (set(rights.needs) if rights else set()) == found, "what open pages ask disagrees with what pages ask"
    shared = {Need(item.value) for item in shared_items(person, residency.senior_id)}
    assert shared == found & {Need(item.value) for item in Item}
    return found


def test_staff_of_the_unit_see_alerts_always_and_the_rest_as_agreed(home: Home) -> None:
    closed, open_ = home.admit(home.garden), home.admit(home.garden, agreed=["medicines", "activity"])
    assert granted(home.carer, closed) == ALWAYS
    assert granted(home.carer, open_) == ALWAYS | {Need.MEDICINES, Need.ACTIVITY}


def test_unit_is_a_border_and_leads_cross_it(home: Home) -> None:
    resident = home.admit(home.terrace, agreed=["medicines"])
    guardian = worker("guardian")
    home.employ(guardian, home.garden, safeguarding=True)
    assert granted(home.carer, resident) == set()
    assert granted(home.lead, resident) == granted(guardian, resident) == ALWAYS | {Need.MEDICINES}


def test_staff_neither_manage_the_family_nor_decide(home: Home) -> None:
    resident = home.admit(home.garden, agreed=[item.value for item in selectors.ASKED_ITEMS])
    for person in (home.lead, home.nurse, home.carer):
        assert {Need.MANAGE, Need.DECIDE}.isdisjoint(granted(person, resident))


def test_sharing_with_the_family_says_nothing_about_the_home(home: Home, senior: User, daughter: User) -> None:
    from companion.circle import actions as circle

    code = circle.invite(senior, senior.pk, role=Role.FACILITY_STAFF).code
    residency = admissions.admit_by_code(home.lead, home.garden.pk, code)
    circle.set_sharing(senior, senior.pk, Item.JOURNAL, is_on=True)
    assert Need.JOURNAL in allowed(daughter, senior)
    assert granted(home.nurse, residency) == ALWAYS


def test_resident_takes_back_and_gives_again_at_once(home: Home) -> None:
    residency = home.admit(home.garden, agreed=["medicines"])
    resident = residency.senior.user
    admissions.share_with_home(resident, resident.pk, "medicines", is_on=False)
    assert granted(home.nurse, residency) == ALWAYS
    admissions.share_with_home(resident, resident.pk, "journal", is_on=True)
    assert granted(home.nurse, residency) == ALWAYS | {Need.JOURNAL}
    with pytest.raises(NotYoursError):
        admissions.share_with_home(home.lead, resident.pk, "topics", is_on=True)


def test_who_moves_out_is_lost_to_the_home_at_once(home: Home) -> None:
    residency = home.admit(home.garden, agreed=["medicines"])
    admissions.discharge(home.lead, residency.senior_id)
    for person in (home.lead, home.nurse, home.carer):
        assert granted(person, residency) == set()


def test_who_moves_to_another_home_is_lost_to_the_old_one_and_brings_no_consent(home: Home, elsewhere: Home) -> None:
    from companion.circle import actions as circle

    residency = home.admit(home.garden, agreed=["medicines", "journal"])
    resident = residency.senior.user
    code = circle.invite(resident, resident.pk, role=Role.FACILITY_STAFF).code
    moved = admissions.admit_by_code(elsewhere.lead, elsewhere.terrace.pk, code, room="7")
    assert granted(home.lead, moved) == set()
    assert granted(elsewhere.lead, moved) == ALWAYS
    assert granted(elsewhere.carer, moved) == set()  # of another unit


def test_who_moves_within_the_home_changes_staff_and_keeps_their_word(home: Home) -> None:
    residency = home.admit(home.garden, agreed=["medicines"])
    moved = admissions.move_resident(home.lead, residency.senior_id, home.terrace.pk, room="20")
    assert granted(home.carer, moved) == set()
    assert granted(home.lead, moved) == ALWAYS | {Need.MEDICINES}


def test_who_leaves_or_is_away_from_the_unit_sees_nothing_more(home: Home) -> None:
    residency = home.admit(home.garden, agreed=["medicines"])
    actions.remove_staff(home.lead, home.post(home.carer).pk)
    assert granted(home.carer, residency) == set()
    nurse = home.post(home.nurse)
    actions.change_staff(home.lead, nurse.pk, role=nurse.role, unit_ids=[home.terrace.pk], is_safeguarding_lead=False)
    assert granted(home.nurse, residency) == set()


def test_invited_person_is_nobody_before_joining(home: Home) -> None:
    residency = home.admit(home.garden)
    late = worker("late")
    invited = actions.invite_staff(home.lead, home.organisation.pk, name="Late", unit_ids=[home.garden.pk])
    assert granted(late, residency) == set()
    actions.join_as_staff(late, invited.token)
    assert granted(late, residency) == ALWAYS


def test_only_a_lead_hands_over_a_way_to_sign_in(home: Home, elsewhere: Home) -> None:
    resident = home.admit(home.garden).senior.user
    asked = (home.lead, home.nurse, home.carer, elsewhere.lead)
    assert [may_hand_over(resident, by) for by in asked] == [True, False, False, False]


def managing(home: Home, resident: Residency, shift: Shift) -> list[object]:
    """Everything a lead does, as functions of who does it."""
    organisation, unit, nurse = home.organisation.pk, home.garden.pk, home.post(home.nurse).pk
    new: dict[str, Any] = {"role": Post.CARER, "unit_ids": [unit], "is_safeguarding_lead": True}
    return [
        lambda by: actions.add_unit(by, organisation, name="Attic"),
        lambda by: actions.change_unit(by, unit, name="Cellar", phone=""),
        lambda by: actions.invite_staff(by, organisation, name="Mole"),
        lambda by: actions.invite_again(by, nurse),
        lambda by: actions.change_staff(by, nurse, **new),
        lambda by: actions.remove_staff(by, nurse),
        lambda by: rota.plan_shift(by, unit, nurse, starts=shift.starts, ends=shift.ends, first_day=FROM),
        lambda by: rota.end_shift(by, shift.pk),
        lambda by: admissions.admit(by, unit, full_name="Mole"),
        lambda by: admissions.admit_by_code(by, unit, "whatever"),
        lambda by: admissions.move_resident(by, resident.senior_id, unit, room="9"),
        lambda by: admissions.discharge(by, resident.senior_id),
        lambda by: access.access_post(by, organisation, to_manage=True),
        lambda by: access.access_unit(by, unit, to_manage=True),
    ]


def test_leads_manage_their_own_home_only(home: Home, elsewhere: Home, stranger: User) -> None:
    resident, shift = home.admit(home.garden), home.shift(home.nurse, home.garden, 7, 15)
    kept = [
        list(model.objects.order_by("pk").values()) for model in (Organisation, Unit, StaffMember, Residency, Shift)
    ]
    for act in managing(home, resident, shift):
        for person in (elsewhere.lead, elsewhere.nurse, home.nurse, home.carer, resident.senior.user, stranger):
            with pytest.raises(NotYoursError):
                act(person)  # type: ignore[operator]
    now = [list(model.objects.order_by("pk").values()) for model in (Organisation, Unit, StaffMember, Residency, Shift)]
    assert now == kept, "something was changed by somebody who may not"


def test_unit_or_staff_of_another_home_cannot_be_mixed_in(home: Home, elsewhere: Home) -> None:
    nurse, foreign = home.post(home.nurse), elsewhere.post(elsewhere.nurse)
    with pytest.raises(NotYoursError):
        actions.change_staff(
            home.lead, nurse.pk, role=nurse.role, unit_ids=[elsewhere.garden.pk], is_safeguarding_lead=False
        )
    with pytest.raises(NotYoursError):
        rota.plan_shift(home.lead, home.garden.pk, foreign.pk, starts=time(7), ends=time(15), first_day=FROM)
    resident = home.admit(home.garden)
    with pytest.raises(NotYoursError):
        admissions.move_resident(home.lead, resident.senior_id, elsewhere.garden.pk, room="1")


@dataclass
class Lives:
    """What should be true after a history, kept in plain Python beside the database."""

    places: dict[UUID, tuple[Home, Unit]] = field(default_factory=dict)
    agreed: dict[UUID, set[Need]] = field(default_factory=dict)
    gone: set[UUID] = field(default_factory=set)

    def step(self, chance: random.Random, home: Home, unit: Unit) -> None:
        """Somebody moves in, moves, moves out or changes their mind."""
        mine = [key for key, (where, _) in self.places.items() if where is home]
        kind = chance.random() if mine else 0.0
        if kind < 0.35:
            items = {item.value for item in selectors.ASKED_ITEMS if chance.random() < 0.5}
            key = home.admit(unit, agreed=items).senior_id
            self.places[key], self.agreed[key] = (home, unit), {Need(item) for item in items}
            return
        key = chance.choice(mine)
        if kind < 0.6:
            admissions.move_resident(home.lead, key, unit.pk, room="2")
            self.places[key] = (home, unit)
        elif kind < 0.75:
            admissions.discharge(home.lead, key)
            del self.places[key]
            self.gone.add(key)
        else:
            item, is_on = chance.choice(selectors.ASKED_ITEMS), chance.random() < 0.5
            admissions.share_with_home(User.objects.get(pk=key), key, item.value, is_on=is_on)
            self.agreed[key] = self.agreed[key] | {Need(item.value)} if is_on else self.agreed[key] - {Need(item.value)}

    def seen_by(self, person: User) -> dict[UUID, set[Need]]:
        """What a person should see, by resident."""
        posts = {post.organisation_id: post for post in StaffMember.objects.filter(user=person)}
        found = {}
        for key, (home, unit) in self.places.items():
            post = posts.get(home.organisation.pk)
            if post is not None and (post.covers_all or unit in post.units.all()):
                found[key] = ALWAYS | self.agreed[key]
        return found


@pytest.mark.parametrize("seed", range(3))
def test_after_any_history_nobody_sees_a_resident_of_another_home_or_unit(db: None, seed: int) -> None:
    """The rule in the database against one in plain Python, after forty random moves."""
    chance, lives = random.Random(seed), Lives()  # noqa: S311
    one, other = make_home("One"), make_home("Other")
    other.employ(one.carer, other.terrace)  # somebody works in both
    for _ in range(40):
        home = chance.choice([one, other])
        lives.step(chance, home, chance.choice([home.garden, home.terrace]))
    for person in (one.lead, one.nurse, one.carer, other.lead, other.nurse, other.carer):
        expected = lives.seen_by(person)
        for need in (Need.BELONG, Need.ALERTS, Need.MEDICINES, Need.JOURNAL, Need.ACTIVITY, Need.TOPICS):
            seen = set(visible_seniors(person, need=need).values_list("pk", flat=True))
            assert seen == {key for key, needs in expected.items() if need in needs}, f"{person.username} and {need}"
        for key in (lives.places.keys() | lives.gone) - expected.keys():
            with pytest.raises(NotYoursError):
                access_senior(person, key, need=Need.BELONG)


def test_family_of_one_resident_sees_no_other(home: Home, stranger: User) -> None:
    mine, other = home.admit(home.garden), home.admit(home.garden)
    join(mine.senior.user, stranger, Role.PRIMARY)
    assert Need.BELONG in granted(stranger, mine)
    assert granted(stranger, other) == set()
