"""What helpers need to know: who sees which part, who changes it, and what an emergency opens."""

from __future__ import annotations

import pytest
from django.db import connection

from companion.accounts.models import AuditLog, User
from companion.circle import actions, privacy
from companion.circle.access import NotYoursError, visible_seniors
from companion.circle.actions import RefusedError
from companion.circle.models import AccessLog, Item, Role, Senior
from companion.safety import actions as safety
from companion.safety.models import Alert
from tests.companion.circle.conftest import join, person, signed_in, text_of


@pytest.fixture
def written(senior: User) -> User:
    actions.change_profile(senior, senior.pk, address="4 Elm Road", doctor="Dr Meyer", allergies="Penicillin")
    return senior


@pytest.fixture
def carer(senior: User) -> User:
    cara = person("cara", "Cara Moss")
    join(senior, cara, Role.CARER, "nurse")
    return cara


def parts(who: User, senior: User) -> tuple[bool, bool]:
    found = privacy.profile_of(who, senior.pk)
    return found.details is not None, found.health is not None


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("senior", (True, True)),
        ("daughter", (True, False)),
        ("carer", (True, False)),
        ("son", (False, False)),
        ("visitor", (False, False)),
    ],
)
def test_each_sees_what_their_place_and_the_senior_allow(
    written: User, who: str, seen: tuple[bool, bool], request: pytest.FixtureRequest
) -> None:
    person_ = request.getfixturevalue(who)
    assert parts(person_, written) == seen
    actions.set_sharing(written, written.pk, Item.MEDICINES, is_on=True)
    assert parts(person_, written) == (seen[0], True), "illnesses and allergies go with the medicines"


def test_a_stranger_finds_no_profile(written: User, stranger: User) -> None:
    with pytest.raises(NotYoursError):
        privacy.profile_of(stranger, written.pk)
    assert signed_in(stranger).get(f"/circle/{written.pk}/profile/").status_code == 404


def test_each_look_at_it_is_in_the_access_log(written: User, daughter: User, son: User) -> None:
    privacy.profile_of(daughter, written.pk)
    privacy.profile_of(son, written.pk)
    privacy.profile_of(written, written.pk)
    assert list(AccessLog.objects.values_list("person_id", "item")) == [(daughter.pk, "details")]


def test_called_to_an_emergency_one_sees_all_of_it_until_it_is_over(written: User, son: User, visitor: User) -> None:
    alert_id = safety.press_help(written, key="k").alert_id
    found = privacy.profile_of(son, written.pk)
    assert found.in_emergency
    assert (found.details or {})["address"] == "4 Elm Road"
    assert (found.health or {})["allergies"] == "Penicillin"
    assert found.changes == frozenset()
    assert parts(visitor, written) == (False, False), "a visitor is not called"
    assert "4 Elm Road" in text_of(signed_in(son).get(f"/alerts/{alert_id}/"))
    safety.resolve(alert_id, son, reason="all is well")
    assert parts(son, written) == (False, False)


def test_a_drill_opens_nothing(written: User, daughter: User, son: User) -> None:
    safety.start_drill(daughter, written.pk)
    assert Alert.objects.get().is_drill
    assert parts(son, written) == (False, False)


def test_the_senior_writes_all_a_first_contact_what_they_see_and_others_nothing(
    written: User, daughter: User, son: User
) -> None:
    actions.change_profile(daughter, written.pk, doctor="Dr Wu")
    with pytest.raises(NotYoursError):
        actions.change_profile(daughter, written.pk, allergies="none")
    with pytest.raises(NotYoursError):
        actions.change_profile(son, written.pk, doctor="Dr No")
    written.profile.refresh_from_db()
    assert (written.profile.doctor, written.profile.allergies) == ("Dr Wu", "Penicillin")
    actions.set_sharing(written, written.pk, Item.MEDICINES, is_on=True)
    actions.change_profile(daughter, written.pk, allergies="Penicillin, nuts")
    written.profile.refresh_from_db()
    assert written.profile.allergies == "Penicillin, nuts"


def test_the_country_sets_the_emergency_numbers(written: User) -> None:
    actions.change_profile(written, written.pk, country="GB")
    written.refresh_from_db()
    assert written.country == "GB"
    assert "999" in text_of(signed_in(written).get("/people/"))
    with pytest.raises(RefusedError):
        actions.change_profile(written, written.pk, country="XX")


def test_history_names_who_wrote_which_part_and_never_what(written: User, daughter: User) -> None:
    actions.change_profile(daughter, written.pk, doctor="Dr Wu", pharmacy="")
    history = [(change.who, change.words) for change in privacy.profile_history(written.pk)]
    assert history[0] == ("Anna Doyle", "doctor")
    assert ("Anna Doyle", "pharmacy") not in history, "what stays as it was is no change"
    kept = " ".join(str(row) for row in AuditLog.objects.values_list("details", flat=True))
    assert "Wu" not in kept
    assert "Elm" not in kept


def test_texts_are_sealed_in_the_database(written: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, doctor, allergies FROM circle_senior")
        row = " ".join(cursor.fetchone())
    assert not [word for word in ("Elm", "Meyer", "Penicillin") if word in row]


def test_a_text_that_does_not_open_keeps_no_other_from_an_ambulance(written: User, son: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE circle_senior SET doctor = 'v1|gone|AAAA|AAAA'")
    alert_id = safety.press_help(written, key="k").alert_id
    page = text_of(signed_in(son).get(f"/alerts/{alert_id}/"))
    assert "4 Elm Road" in page
    assert "This cannot be read at the moment" in page
    with connection.cursor() as cursor:
        cursor.execute("SELECT doctor FROM circle_senior")
        assert cursor.fetchone() == ("v1|gone|AAAA|AAAA",), "it may open again when its key is back"
    actions.change_profile(written, written.pk, doctor="This cannot be read at the moment.", pharmacy="Corner")
    actions.change_profile(written, written.pk, doctor="Dr Wu")
    assert Senior.objects.get(pk=written.pk).doctor == "Dr Wu"


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(written: User) -> None:
    client = signed_in(written)
    place = f"/circle/{written.pk}/profile/edit/"
    wrong = client.post(place, {"address": "x" * 501, "country": "US"})
    assert wrong.status_code == 422
    assert "Please use at most 500 letters." in text_of(wrong)
    done = client.post(place, {"address": "5 Oak Lane", "country": "US", "preferred_name": "Peggy"}, follow=True)
    assert "5 Oak Lane" in text_of(done)
    written.profile.refresh_from_db()
    assert (written.profile.name, written.profile.allergies) == ("Peggy", "")


def test_a_first_contact_gets_no_field_that_is_not_theirs(written: User, daughter: User) -> None:
    client = signed_in(daughter)
    page = text_of(client.get(f"/circle/{written.pk}/profile/edit/"))
    assert 'name="doctor"' in page
    assert 'name="allergies"' not in page
    client.post(f"/circle/{written.pk}/profile/edit/", {"doctor": "Dr Wu", "country": "US", "allergies": "hacked"})
    written.profile.refresh_from_db()
    assert (written.profile.doctor, written.profile.allergies) == ("Dr Wu", "Penicillin")


@pytest.mark.parametrize("who", ["son", "visitor", "carer"])
def test_others_have_nothing_to_change(written: User, who: str, request: pytest.FixtureRequest) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert client.get(f"/circle/{written.pk}/profile/edit/").status_code == 404
    assert "Change this" not in text_of(client.get(f"/circle/{written.pk}/profile/"))


def test_lists_of_seniors_do_not_open_their_texts(written: User) -> None:
    senior = visible_seniors(written).get()
    assert {"address", "allergies"} <= senior.get_deferred_fields()
