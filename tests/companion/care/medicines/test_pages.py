"""The pages of medicines through the real test client: what a senior and a daughter see and do."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from PIL import Image

from companion.accounts.models import User
from companion.care.medicines import actions
from companion.care.medicines.advice import if_missed
from companion.care.medicines.models import DoseEvent, Regimen, RegimenPicture, StockEvent
from companion.care.medicines.plan import Rule
from companion.care.medicines.selectors import current_version
from tests.companion.care.medicines.conftest import Clockwork, daily, doses, states

NEEDED = Rule.model_validate({"kind": "as_needed", "start": "2026-01-01"})


@pytest.fixture
def client(senior: User, clockwork: Clockwork) -> Client:
    """The senior's browser."""
    return signed_in(senior)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(response: object) -> str:
    """The page as it is read."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", text).replace("&#x27;", "'")


def test_an_empty_list_is_kind_and_offers_to_add(client: Client) -> None:
    page = words(client.get("/medicines/"))
    assert "There are no medicines here yet" in page
    assert "Add a medicine" in page


def test_a_medicine_is_added_in_five_steps_without_a_script(client: Client, senior: User) -> None:
    path = f"/medicines/{senior.pk}/add/"
    said = {"name": "Ramipril", "strength": "5 mg", "form": "tablet", "look": "white heart pill"}
    assert "How often is it taken?" in words(client.post(path, {"step": "what", **said}))
    said["manner"] = "weekdays"
    assert "On which days?" in words(client.post(path, {"step": "often", **said}))
    when = {"weekdays": ["0", "3"], "every_weeks": "1", "quantity": "0.5", "at1": "08:00", "start": "2026-06-01"}
    assert "What else should Lilo know?" in words(client.post(path, {"step": "when", **said, **when}))
    more = {"food": "with", "notice_minutes": "45", "in_stock": "20", "hides_name": "on"}
    check = words(client.post(path, {"step": "more", **said, **when, **more}))
    assert "Half a tablet on Monday and Thursday at 8:00 a.m." in check.replace("half", "Half")
    assert Regimen.objects.count() == 0, "nothing is stored before it was checked"
    done = client.post(path, {"step": "check", **said, **when, **more}, follow=True)
    made = Regimen.objects.get()
    assert "It is on the list" in words(done)
    assert (made.name, made.food, made.notice_minutes, made.hides_name) == ("Ramipril", "with", 45, True)
    assert current_version(made).rule.weekdays == {0, 3}
    assert StockEvent.objects.get().quantity == 20


def test_a_step_that_is_not_right_says_so_and_keeps_the_words(client: Client, senior: User) -> None:
    said = {"name": "Ramipril", "form": "tablet", "manner": "daily", "quantity": "1", "start": "2026-06-01"}
    answer = client.post(f"/medicines/{senior.pk}/add/", {"step": "when", **said})
    assert answer.status_code == 422
    assert "Please give at least one time of day." in words(answer)
    assert 'name="name" value="Ramipril"' in answer.content.decode()


@pytest.mark.parametrize(
    ("manner", "fields", "expected"),
    [
        ("every_days", {"every_days": "2", "at1": "08:00"}, "1 tablet every other day at 8:00 a.m."),
        ("interval", {"every_hours": "8", "first_at": "2026-06-01T08:00", "count_from": "due"}, "every 8 hours"),
        ("as_needed", {"least_hours": "6", "most_in_24_hours": "4"}, "at least 6 hours apart, at most 4 tablets"),
        ("cycle", {"days_on": "21", "days_off": "7", "at1": "08:00"}, "for 21 days, then 7 days without"),
        ("monthly", {"month_days": "1 and 15", "month_end": "last_day", "at1": "08:00"}, "on day 1 and 15"),
        ("taper", {"amount1": "2", "days1": "5", "amount2": "1", "moments": "breakfast"}, "2 tablets for 5 days, then"),
        ("daily", {"moments": ["waking", "bed"]}, "on getting up and before going to bed"),
    ],
)  # fmt: skip
def test_every_manner_makes_its_rule(
    client: Client, senior: User, manner: str, fields: dict[str, str], expected: str
) -> None:
    said = {"name": "Ramipril", "form": "tablet", "manner": manner, "quantity": "1", "start": "2026-06-01"}
    rest = {"food": "", "notice_minutes": "60"}
    client.post(f"/medicines/{senior.pk}/add/", {"step": "check", **said, **fields, **rest})
    assert expected in words(client.get("/medicines/"))


def test_one_press_notes_a_dose_and_the_way_back_stays_until_dismissed(
    client: Client, senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    regimen = add()
    clockwork.go_to("2026-06-01 12:04")
    path = f"/medicines/{senior.pk}/doses/{doses(regimen)[0].pk}/taken/"
    page = words(client.post(path, {"next": "/today/"}, follow=True))
    assert "Written down: the white heart pill. Taken at 8:04 a.m." in page
    assert "Take it back" in words(client.get("/medicines/")), "it must not vanish by itself"
    client.post(f"/medicines/{senior.pk}/right/", {"next": "/today/"})
    assert "Written down:" not in words(client.get("/today/"))
    assert states(regimen) == ["taken"]


def test_taking_back_opens_the_dose_again(
    client: Client, senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    regimen = add()
    clockwork.go_to("2026-06-01 12:04")
    path = f"/medicines/{senior.pk}/doses/{doses(regimen)[0].pk}"
    client.post(f"{path}/taken/")
    client.post(f"{path}/undo/")
    assert states(regimen) == ["pending"]
    assert "Written down:" not in words(client.get("/today/"))


def test_leaving_one_out_asks_why(
    client: Client, senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    regimen = add()
    clockwork.go_to("2026-06-01 12:04")
    path = f"/medicines/{senior.pk}/doses/{doses(regimen)[0].pk}"
    assert "I felt ill" in words(client.get(f"{path}/why/"))
    assert client.post(f"{path}/skip/").status_code == 404, "a reason is needed"
    client.post(f"{path}/skip/", {"reason": "felt_ill"})
    assert states(regimen) == ["skipped"]
    assert "I felt ill" in words(client.get(f"/medicines/{senior.pk}/{regimen.pk}/"))


def test_a_missed_dose_is_put_right_with_its_true_time(
    client: Client, senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    regimen = add()
    clockwork.go_to("2026-06-01 22:00")
    client.force_login(senior)
    dose = doses(regimen)[0]
    path = f"/medicines/{senior.pk}/doses/{dose.pk}"
    assert if_missed().partition(".")[0] in words(client.get("/today/"))
    late = client.post(f"{path}/taken/", {"at": "2026-06-01T23:00"})
    assert late.status_code == 422
    assert "still to come" in words(late)
    client.post(f"{path}/taken/", {"at": "2026-06-01T08:10"})
    dose.refresh_from_db()
    assert (dose.state, dose.taken_at) == ("taken", datetime(2026, 6, 1, 12, 10, tzinfo=UTC))
    client.post(f"{path}/taken/", {"at": "2026-06-01T08:30"})
    dose.refresh_from_db()
    assert dose.taken_at == datetime(2026, 6, 1, 12, 30, tzinfo=UTC)


def test_never_two_doses_of_one_medicine_are_offered(
    client: Client, senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    add(daily("08:00", "08:20"))
    clockwork.go_to("2026-06-01 12:10")
    assert words(client.get("/today/")).count("Taken : the white heart pill") == 1


def test_as_needed_says_when_the_next_is_allowed_and_is_taken_back(
    client: Client, clockwork: Clockwork, senior: User, add: Callable[..., Regimen]
) -> None:
    regimen = add(NEEDED, name="Paracetamol", look="", least_minutes_between=360)
    page = f"/medicines/{senior.pk}/{regimen.pk}/"
    shown = words(client.post(f"{page}take/", {"next": page}, follow=True))
    assert "Next one today at 12:00 p.m., not sooner." in shown
    clockwork.jump_to("2026-06-01 10:05")
    again = words(client.post(f"{page}take/", {"next": page}, follow=True))
    assert "sooner after the last one than your list says" in again
    event = DoseEvent.objects.order_by("recorded_at").last()
    client.post(f"{page}take/{event.pk}/undo/")  # type: ignore[union-attr]
    assert DoseEvent.objects.filter(kind="undone").count() == 1


def test_changing_what_it_is_leaves_its_times_alone(client: Client, senior: User, add: Callable[..., Regimen]) -> None:
    rule = Rule.model_validate(
        {"kind": "times", "start": "2026-01-01", "slots": [{"moment": "breakfast", "offset_minutes": -30}]}
    )
    regimen = add(rule)
    path = f"/medicines/{senior.pk}/{regimen.pk}/change/"
    client.post(f"{path}what/", {"step": "what", "name": "Bisoprolol", "form": "tablet"})
    regimen.refresh_from_db()
    assert regimen.name == "Bisoprolol"
    assert current_version(regimen).rule == rule


def test_changing_the_times_makes_a_new_version(client: Client, senior: User, add: Callable[..., Regimen]) -> None:
    regimen = add()
    path = f"/medicines/{senior.pk}/{regimen.pk}/change/when/"
    assert 'value="08:00"' in client.post(path, {"step": "often", "manner": "daily"}).content.decode()
    said = {"step": "when", "manner": "daily", "quantity": "1", "at1": "09:30", "start": "2026-01-01"}
    client.post(path, said)
    assert [slot.key for slot in current_version(regimen).rule.slots] == ["09:30"]
    assert regimen.versions.count() == 2


def test_pausing_and_stopping_ask_why(client: Client, senior: User, add: Callable[..., Regimen]) -> None:
    regimen = add()
    page = f"/medicines/{senior.pk}/{regimen.pk}"
    assert client.post(f"{page}/pause/", {"until": "2026-06-10"}).status_code == 422
    shown = words(client.post(f"{page}/pause/", {"reason": "hospital", "until": "2026-06-10"}, follow=True))
    assert "Paused until Wednesday, 10 June" in shown
    client.post(f"{page}/resume/")
    client.post(f"{page}/stop/", {"reason": "finished"})
    regimen.refresh_from_db()
    assert regimen.state == "stopped"
    assert "No longer taken" in words(client.get("/medicines/"))


def test_a_pause_ends_on_the_day_of_the_seniors_own_clock(
    client: Client, senior: User, add: Callable[..., Regimen]
) -> None:
    User.objects.filter(pk=senior.pk).update(time_zone="Australia/Sydney")
    page = f"/medicines/{senior.pk}/{add().pk}"
    shown = words(client.post(f"{page}/pause/", {"reason": "hospital", "until": "2026-06-10"}, follow=True))
    assert "Paused until Wednesday, 10 June" in shown


def test_a_dose_of_late_evening_is_still_offered_after_midnight(
    senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    regimen = add(daily("23:58"))
    clockwork.go_to("2026-06-02 04:05")
    client = signed_in(senior)
    today = client.get("/today/")
    assert [dose.key for dose in today.context["now"]] == [doses(regimen)[0].pk]
    assert "Due at 11:58 p.m." in words(today)
    client.post(f"/medicines/{regimen.senior_id}/doses/{doses(regimen)[0].pk}/taken/")
    assert [dose.key for dose in client.get("/today/").context["later"]] == [doses(regimen)[1].pk]


def test_on_a_journey_the_day_is_that_of_the_place(
    senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    regimen = add(daily("20:00"), zone_policy="home")
    User.objects.filter(pk=senior.pk).update(time_zone="Asia/Tokyo")
    clockwork.go_to("2026-06-02 22:00")  # seven in the morning of the third; at nine it is eight of the second at home
    due = next(dose for dose in doses(regimen) if f"{dose.due_at:%m-%d}" == "06-03")
    today = signed_in(senior).get("/today/")
    assert [dose.key for dose in today.context["later"]] == [due.pk]
    assert "At 9:00 a.m." in words(today)


def test_stock_is_counted_and_says_when_to_order(client: Client, senior: User, add: Callable[..., Regimen]) -> None:
    regimen = add()
    page = f"/medicines/{senior.pk}/{regimen.pk}"
    client.post(f"{page}/stock/", {"what": "count", "quantity": "7"})
    assert "7 tablets left" in words(client.get(f"{page}/"))
    assert "Order by" in words(client.get(f"{page}/"))
    client.post(f"{page}/stock/", {"what": "refill", "quantity": "not a number"})
    assert StockEvent.objects.count() == 1


def test_the_printed_list_has_what_a_doctor_asks_for(client: Client, senior: User, add: Callable[..., Regimen]) -> None:
    from companion.circle.actions import create_profile

    create_profile(senior, allergies="Penicillin", doctor="Dr. Shaw", pharmacy="Corner Pharmacy")
    add(strength="5 mg")
    stopped = add(name="Warfarin", look="")
    actions.stop_regimen(senior, stopped.pk)
    page = words(client.get(f"/medicines/{senior.pk}/print/"))
    for part in ("Metoprolol 5 mg", "every day at 8:00 a.m.", "Penicillin", "Dr. Shaw", "Corner Pharmacy"):
        assert part in page
    assert "Warfarin" not in page


def test_who_sees_the_medicines_alone_prints_no_doctor(
    senior: User, shared: User, son: User, add: Callable[..., Regimen]
) -> None:
    from companion.circle.actions import create_profile

    create_profile(senior, allergies="Penicillin", doctor="Dr. Shaw", pharmacy="Corner Pharmacy")
    add()
    path = f"/medicines/{senior.pk}/print/"
    first, other = words(signed_in(shared).get(path)), words(signed_in(son).get(path))
    assert "Penicillin" in first
    assert "Dr. Shaw" in first
    assert "Penicillin" in other
    assert "Dr. Shaw" not in other
    assert "Corner Pharmacy" not in other


def test_a_month_before_all_months_is_this_one(client: Client, senior: User) -> None:
    assert client.get(f"/medicines/{senior.pk}/month/?month=0001-01").status_code == 200


def test_the_month_says_each_day_in_words(
    client: Client, senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    regimen = add()
    clockwork.go_to("2026-06-01 12:04")
    actions.take_dose(senior, doses(regimen)[0].pk)
    clockwork.go_to("2026-06-03 12:04")
    client.force_login(senior)
    page = words(client.get(f"/medicines/{senior.pk}/month/?month=2026-06"))
    assert "1 of 2 doses were taken." in page
    assert "all taken" in page
    assert "1 not noted" in page
    assert words(client.get(f"/medicines/{senior.pk}/month/?month=nonsense")).count("June 2026") >= 1


def test_a_picture_is_kept_small_and_shown_to_those_who_may(
    client: Client, senior: User, stranger: User, add: Callable[..., Regimen]
) -> None:
    regimen = add()
    path = f"/medicines/{senior.pk}/{regimen.pk}/picture/"
    photo = io.BytesIO()
    Image.new("RGB", (900, 600), "white").save(photo, "PNG")
    photo.seek(0)
    photo.name = "pill.png"
    client.post(path, {"picture": photo})
    shown = client.get(path)
    assert shown["Content-Type"] == "image/jpeg"
    assert max(Image.open(io.BytesIO(shown.content)).size) <= 480
    assert signed_in(stranger).get(path).status_code == 404
    text = io.BytesIO(b"<script>")
    text.name = "pill.png"
    assert "cannot open this picture" in words(client.post(path, {"picture": text}, follow=True))
    client.post(path, {"forget": "yes"})
    assert RegimenPicture.objects.count() == 0


def test_a_daughter_sees_and_writes_what_is_shared_in_the_portals_frame(
    senior: User, shared: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    regimen = add()
    clockwork.go_to("2026-06-01 12:04")
    client = signed_in(shared)
    assert client.get("/medicines/")["Location"] == f"/medicines/{senior.pk}/"
    page = client.get(f"/medicines/{senior.pk}/")
    assert "portal" in page.content.decode()
    assert "Margaret's medicines" in words(page)
    client.post(f"/medicines/{senior.pk}/doses/{doses(regimen)[0].pk}/taken/")
    assert "noted by Anna" in words(client.get(f"/medicines/{senior.pk}/{regimen.pk}/"))


def test_a_visitor_looks_and_changes_nothing(
    senior: User, visitor: User, shared: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    regimen = add()
    clockwork.go_to("2026-06-01 12:04")
    client = signed_in(visitor)
    page = words(client.get(f"/medicines/{senior.pk}/{regimen.pk}/"))
    assert "Change it" not in page
    assert client.post(f"/medicines/{senior.pk}/doses/{doses(regimen)[0].pk}/taken/").status_code == 404
    assert client.get(f"/medicines/{senior.pk}/add/").status_code == 404
    assert states(regimen) == ["pending"]


@pytest.mark.parametrize("who", ["stranger", "daughter"])
def test_whoever_it_is_not_shared_with_finds_nothing(
    senior: User, add: Callable[..., Regimen], who: str, request: pytest.FixtureRequest
) -> None:
    regimen = add()
    client = signed_in(request.getfixturevalue(who))
    dose = doses(regimen)[0]
    for path in (
        "",
        f"{regimen.pk}/",
        "print/",
        "month/",
        "feed/",
        "fhir/",
        f"doses/{dose.pk}/",
        f"doses/{dose.pk}/why/",
    ):
        assert client.get(f"/medicines/{senior.pk}/{path}").status_code == 404, path
