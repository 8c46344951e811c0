"""A list of residents: looked through, then brought in; bad rows hold up no good ones, and nothing in it does harm."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from companion.accounts.models import User
from companion.circle.access import NotYoursError
from companion.circle.organisations.models import HomeSharing, Residency
from companion.circle.refusals import RefusedError
from companion.family.facility import actions, roster
from tests.companion.circle.organisations.homes import Home
from tests.companion.family.facility.conftest import Browse

GARDEN = uuid4()
UNITS = {"Garden": GARDEN}
HEAD = "name,called,unit,room,phone,agrees to\n"


def read(text: str, **more: object) -> list[roster.Line]:
    return roster.read(text, UNITS, more.get("present", ()), country="US")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Ann Lee,,Garden,1,,", ""),
        ("Ann Lee,,garden,1,,Medicines; ACTIVITY", ""),
        ('"Lee, Ann",,Garden,1,(202) 555-0100,', ""),
        (",,Garden,1,,", "The name is missing."),
        ("Ann Lee,,Attic,1,,", "There is no unit called Attic."),
        ("Ann Lee,,,1,,", "The unit is missing."),
        ("Ann Lee,,Garden,1,12,", "Please check this phone number."),
        ("Ann Lee,,Garden,1,,alerts", "alerts is nothing that residents are asked about"),
        ("=HYPERLINK(1),,Garden,1,,", "The name begins with a sign that spreadsheets calculate with."),
        ("@SUM(A1),,Garden,1,,", "The name begins with a sign"),
        ("Ann,+1+1,Garden,1,,", "The called begins with a sign"),
        ("Ann,,Garden,-1,,", "The room begins with a sign"),
        (f"{'x' * 201},,Garden,1,,", "A cell is longer than 200 letters."),
    ],
)
def test_each_row_is_judged_by_itself(row: str, problem: str) -> None:
    bad, good = read(f"{HEAD}{row}\nBea Good,,Garden,2,,\n")
    assert bad.problem.startswith(problem)
    assert bad.is_good is (problem == "")
    assert (bad.resident is None) is (problem != "")
    assert good.resident == roster.Resident("Bea Good", "", GARDEN, "2", "", ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no residents"),
        (HEAD, "no residents"),
        ("who,where\nAnn,Garden\n", "Missing: name, unit"),
        (HEAD + '"Ann,,Garden\n', "quotation mark"),
        (HEAD + "Ann,,Garden,1,,\n" * (roster.MOST_ROWS + 1), "at most 500 residents"),
        (HEAD + "x" * roster.MOST_BYTES, "too large"),
    ],
)
def test_table_as_a_whole_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        read(text)


def test_spreadsheets_of_other_countries_are_read() -> None:
    text = roster.decode("\ufeffname;unit;room\nZoë Weiß;Garden;1\n".encode())
    assert read(text)[0].resident == roster.Resident("Zoë Weiß", "", GARDEN, "1", "", ())
    assert roster.decode("name,unit\nZoë,Garden\n".encode("cp1252")).splitlines()[1] == "Zoë,Garden"
    with pytest.raises(RefusedError, match="not a table"):
        roster.decode(b"PK\x03\x04\0\0")
    with pytest.raises(RefusedError, match="too large"):
        roster.decode(b"x" * (roster.MOST_BYTES + 1))


def test_who_is_there_already_or_twice_is_not_brought_in_again() -> None:
    text = f"{HEAD}Ann Lee,,Garden,1,,\nANN LEE,,garden,1,,\nAnn Lee,,Garden,2,,\n"
    assert [line.is_good for line in read(text)] == [True, False, True]
    assert [line.is_good for line in read(text, present=[("Ann Lee", "Garden", "1")])] == [False, False, True]


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    try:
        lines = read(HEAD + text)
    except RefusedError:
        return
    for line in lines:
        assert line.is_good is (line.resident is not None)
        assert not (line.is_good and line.name.startswith(roster.FORMULA))


TABLE = f"{HEAD}Ann Lee,Annie,Garden,1,,medicines\n=cmd(),,Garden,2,,\nBea Good,,Terrace,3,,\n"


def test_looking_through_stores_nothing(home: Home) -> None:
    lines = actions.check_roster(home.lead, home.organisation.pk, TABLE)
    assert [line.is_good for line in lines] == [True, False, True]
    assert not Residency.objects.exists()


def test_good_rows_move_in_once(home: Home) -> None:
    for expected in ([True, False, True], [False, False, False]):
        lines = actions.import_roster(home.lead, home.organisation.pk, TABLE)
        assert [line.is_good for line in lines] == expected
    lives = Residency.objects.order_by("room").values_list("senior__user__full_name", "unit__name", "room")
    assert list(lives) == [("Ann Lee", "Garden", "1"), ("Bea Good", "Terrace", "3")]
    ann = User.objects.get(full_name="Ann Lee")
    assert (ann.has_usable_password(), ann.profile.name) == (False, "Annie")
    assert set(HomeSharing.objects.filter(is_on=True).values_list("residency__senior", "item")) == {
        (ann.pk, "medicines")
    }


def test_number_that_somebody_has_holds_up_no_other_row(home: Home) -> None:
    table = f"{HEAD}Ann Lee,,Garden,1,(202) 555-0100,\nBea Good,,Garden,2,(202) 555-0100,\nCora Kind,,Garden,3,,\n"
    lines = actions.import_roster(home.lead, home.organisation.pk, table)
    assert [line.problem for line in lines] == ["", "Somebody already uses this phone number.", ""]
    assert Residency.objects.count() == 2


def test_only_a_lead_of_this_home_brings_anybody_in(home: Home, elsewhere: Home) -> None:
    for person in (home.nurse, elsewhere.lead):
        for act in (actions.check_roster, actions.import_roster):
            with pytest.raises(NotYoursError):
                act(person, home.organisation.pk, TABLE)
    assert not Residency.objects.exists()


def test_pages_look_through_first_then_bring_in(home: Home, browse: Browse) -> None:
    lead = browse(home.lead)
    file = SimpleUploadedFile("list.csv", TABLE.encode(), content_type="text/csv")
    page = lead.post("/facility/residents/import/", {"file": file}).content.decode()
    assert "2 can move in, 1 cannot" in page
    assert "=cmd()" in page
    assert not Residency.objects.exists()
    page = lead.post("/facility/residents/import/", {"text": TABLE, "do": "import"}).content.decode()
    assert "2 moved in, 1 cannot" in page
    assert Residency.objects.count() == 2
    assert browse(home.nurse).post("/facility/residents/import/", {"text": TABLE}).status_code == 404


def test_script_in_a_name_is_only_a_name(home: Home, browse: Browse) -> None:
    table = f"{HEAD}<script>alert(1)</script>,,Garden,1,,\n"
    page = browse(home.lead).post("/facility/residents/import/", {"text": table}).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_everybody_of_the_list_is_known_by_id() -> None:
    line = read(f"{HEAD}Ann Lee,,Garden,1,,\n")[0].admitted(UUID(int=7))
    assert (line.senior_id, line.is_good) == (UUID(int=7), True)
