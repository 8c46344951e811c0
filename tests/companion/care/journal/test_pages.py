"""The journal's pages: by tap and by form, asked again kindly, calm where it is dangerous, and for the right people."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from companion.accounts.models import User
from companion.care.journal import actions
from companion.care.journal.measures import Kind, Reading
from companion.care.journal.models import Entry, Source
from companion.care.medicines import actions as medicines
from companion.care.medicines.plan import Rule
from companion.circle.actions import change_profile, create_profile, set_sharing
from companion.safety import clock
from companion.safety.models import Alert, CheckInPlan

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="companion.accounts.backends.PersonBackend")
    return client


def text_of(response: Any) -> str:
    """What is read on a page, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()).replace("&#x27;", "'")


def journal_of(senior: User, *more: str) -> str:
    return f"/journal/{senior.pk}/{''.join(f'{part}/' for part in more)}"


def test_one_tap_writes_a_mood_and_says_so(senior: User) -> None:
    client = signed_in(senior)
    page = client.get("/journal/", follow=True)
    assert "How do you feel?" in text_of(page)
    key = uuid4()
    for _ in range(2):
        done = client.post(journal_of(senior, "write", "mood"), {"amount": "4", "form_key": key}, follow=True)
    assert "Written down: Mood: Good" in text_of(done)
    entry = Entry.objects.get()
    assert (entry.value, entry.source, entry.written_by) == (4, Source.TAP, senior)


def test_a_form_takes_the_unit_the_time_and_a_word(senior: User) -> None:
    sent = {"amount": "11 st 4", "unit": "st", "note": "after lunch", "at": "2026-03-08T02:30"}
    client = signed_in(senior)
    done = client.post(journal_of(senior, "write", "weight"), sent, follow=True)
    assert "Written down: Weight: 11 st 4 lb (after lunch)" in text_of(done)
    entry = Entry.objects.get()
    assert entry.day == date(2026, 3, 8)
    assert entry.at.isoformat() == "2026-03-08T07:30:00+00:00", "half past two did not exist in New York that night"
    again = client.get(journal_of(senior, "write", "weight"))
    assert re.search(r'value="st"\s+checked', again.content.decode()), "the unit is remembered"


@pytest.mark.parametrize(("amount", "says"), [("heavy", "such as"), ("", "such as")])
def test_an_unclear_number_is_asked_again_with_what_was_written(senior: User, amount: str, says: str) -> None:
    response = signed_in(senior).post(journal_of(senior, "write", "weight"), {"amount": amount, "unit": "kg"})
    assert response.status_code == 422
    assert says in text_of(response)
    assert f'value="{amount}"' in response.content.decode()
    assert not Entry.objects.exists()


def test_an_impossible_number_offers_what_was_meant_and_one_press_writes_that(senior: User) -> None:
    client = signed_in(senior)
    address = journal_of(senior, "write", "weight")
    asked = client.post(address, {"amount": "724", "unit": "kg"})
    assert "Did you mean: 72.4 kg" in text_of(asked)
    meant = re.search(r'name="meant" value="([^"]+)"', asked.content.decode())
    assert meant is not None
    client.post(address, {"amount": "724", "unit": "kg", "meant": meant[1]})
    assert Entry.objects.get().value == 72.4


def test_an_unusual_number_is_written_once_confirmed(senior: User) -> None:
    client = signed_in(senior)
    address = journal_of(senior, "write", "weight")
    asked = client.post(address, {"amount": "250", "unit": "kg"})
    assert "250 kg is unusual. Is it right?" in text_of(asked)
    assert not Entry.objects.exists()
    client.post(address, {"amount": "250", "unit": "kg", "sure": "yes"})
    assert Entry.objects.get().value == 250


def test_enter_in_the_field_of_the_pain_presses_no_face(senior: User) -> None:
    page = signed_in(senior).get(journal_of(senior, "write", "pain")).content.decode()
    form = page[page.index("<main") :]
    first = re.search(r"<button[^>]*>", form)
    assert first is not None
    assert first[0] == "<button hidden>", "the first button of a form is pressed by Enter"
    response = signed_in(senior).post(journal_of(senior, "write", "pain"), {"note": "knee"})
    assert response.status_code == 422
    assert "Please press one of these" in text_of(response)


def test_a_dangerous_number_leads_to_calm_words_a_question_and_its_source(senior: User, daughter: User) -> None:
    client = signed_in(senior)
    page = client.post(journal_of(senior, "write", "glucose"), {"amount": "45", "unit": "mg/dL"}, follow=True)
    shown = text_of(page)
    assert "Your blood sugar is very low" in shown
    assert "Have something sugary now" in shown
    assert "or do you need somebody to come?" in shown
    assert "https://www.nhs.uk/conditions/low-blood-sugar-hypoglycaemia/" in page.content.decode()
    alert = Alert.objects.get()
    assert f"safety:well:{alert.pk}" in page.content.decode()
    assert alert.level == "A"


def test_a_member_who_writes_a_dangerous_number_is_told_what_to_do_and_asked_nothing(
    senior: User, daughter: User, shared: None
) -> None:
    page = signed_in(daughter).post(journal_of(senior, "write", "glucose"), {"amount": "45"}, follow=True)
    assert "For Margaret: your blood sugar is very low" in text_of(page)
    assert "safety:" not in page.content.decode()
    assert not Alert.objects.exists()


def test_correcting_shows_what_it_said_before_and_deleting_can_be_undone(senior: User) -> None:
    client = signed_in(senior)
    first = actions.write(senior, senior.pk, [Reading(Kind.WEIGHT, 72, unit="kg")], source=Source.FORM).entries[0]
    client.post(journal_of(senior, "entries", str(first.pk)), {"amount": "73", "unit": "kg"})
    entry = Entry.objects.get()
    shown = text_of(client.get(journal_of(senior, "entries", str(entry.pk))))
    assert "Weight: 73 kg" in shown
    assert "What it said before (1) Weight: 72 kg" in shown
    gone = client.post(journal_of(senior, "entries", str(entry.pk), "delete"), follow=True)
    assert "Put it back" in text_of(gone)
    assert not Entry.objects.exists()
    client.post(journal_of(senior, "entries", str(entry.pk), "put-back"))
    assert Entry.objects.get() == entry


def test_nobody_sees_it_unasked_and_a_visitor_only_looks(
    senior: User, daughter: User, visitor: User, stranger: User
) -> None:
    entry = actions.write(senior, senior.pk, [Reading(Kind.NOTE, note="A quiet day")], source=Source.FORM).entries[0]
    pages = [(), ("trends",), ("entries", str(entry.pk)), ("write", "mood")]
    addresses = [journal_of(senior, *parts) for parts in pages] + [f"/journal/{senior.pk}/summary.pdf"]
    for person in (daughter, visitor, stranger):
        client = signed_in(person)
        assert [client.get(address).status_code for address in addresses] == [404] * 5, f"leaked to {person}"
        assert "Nobody shares a journal with you" in text_of(client.get("/journal/"))
    assert Client().get(addresses[0]).status_code == 302
    set_sharing(senior, senior.pk, "journal", is_on=True)
    client = signed_in(visitor)
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200, 404, 200]
    assert "How does Margaret feel?" not in text_of(client.get(addresses[0]))
    assert client.post(addresses[2], {"amount": "Changed"}).status_code == 404
    assert signed_in(stranger).get(addresses[0]).status_code == 404


def test_trends_are_said_drawn_and_listed(senior: User) -> None:
    now = clock.now()
    for day in range(10):
        reading = Reading(Kind.BLOOD_PRESSURE, 140 + day, 88, unit="mmHg")
        actions.write(senior, senior.pk, [reading], source=Source.FORM, at=now - timedelta(days=day))
    page = signed_in(senior).get(journal_of(senior, "trends"))
    shown = text_of(page)
    assert "n = 10 readings on 10 days" in shown
    assert "Doctors look twice at 135 over 85 or more at home" in shown
    assert "National Institute for Health and Care Excellence" in shown
    html = page.content.decode()
    assert html.count("<circle") == 10 + 1, "one mark a reading, and one in the legend"
    assert html.count("<title id=") == html.count("<desc id=") == 1
    assert html.count('<th scope="row">') == 10
    assert 'style="' not in html, "the page's policy lets no inline style in"


def test_an_empty_journal_says_how_to_begin(senior: User) -> None:
    client = signed_in(senior)
    assert "Nothing is written here yet" in text_of(client.get(journal_of(senior)))
    assert "nothing to show yet" in text_of(client.get(journal_of(senior, "trends")))


class TestCheckIn:
    """The daily check-in's pages."""

    def test_not_so_good_asks_what_it_is(self, senior: User) -> None:
        page = signed_in(senior).post("/journal/check-in/", {"answer": "2"}, follow=True)
        assert "I am sorry to hear that" in text_of(page)
        assert Entry.objects.get().value == 2
        assert not Alert.objects.exists()

    def test_help_raises_the_alarm_and_shows_whom_to_ring(self, senior: User, daughter: User) -> None:
        page = signed_in(senior).post("/journal/check-in/", {"answer": "1", "form_key": uuid4()}, follow=True)
        assert page.redirect_chain[-1][0] == reverse("help")
        assert Alert.objects.get().level == "E"

    @pytest.mark.parametrize("answer", ["", "4", "fine"])
    def test_other_answers_are_none(self, senior: User, answer: str) -> None:
        assert signed_in(senior).post("/journal/check-in/", {"answer": answer}).status_code == 404
        assert not Entry.objects.exists()

    def test_family_cannot_answer_for_the_senior(self, daughter: User) -> None:
        assert signed_in(daughter).post("/journal/check-in/", {"answer": "3"}).status_code == 404

    def test_a_first_contact_agrees_on_it_and_others_do_not(self, senior: User, daughter: User, son: User) -> None:
        agreed = {"time_of_day": "08:30", "retries": "2", "grace_minutes": "90", "paused_until": ""}
        address = journal_of(senior, "check-in")
        assert signed_in(son).get(address).status_code == 404
        assert signed_in(son).post(address, agreed).status_code == 404
        page = signed_in(daughter).post(address, agreed, follow=True)
        assert "Lilo asks every day at 8:30 a.m." in text_of(page)
        plan = CheckInPlan.objects.get()
        assert (plan.retries, plan.grace_minutes, plan.is_active) == (2, 90, True)
        stopped = signed_in(senior).post(address, {"stop": "yes"}, follow=True)
        assert "The check-in is off" in text_of(stopped)

    def test_a_holiday_ends_on_a_day_to_come(self, senior: User) -> None:
        agreed = {"time_of_day": "08:30", "retries": "2", "grace_minutes": "60", "paused_until": "2020-01-01"}
        response = signed_in(senior).post(journal_of(senior, "check-in"), agreed)
        assert response.status_code == 422
        assert "Please choose a day after today" in text_of(response)
        until = clock.now().date() + timedelta(days=9)
        page = signed_in(senior).post(
            journal_of(senior, "check-in"), {**agreed, "paused_until": until.isoformat()}, follow=True
        )
        assert "On holiday. Lilo asks again on" in text_of(page)


class TestSummary:
    """The doctor's two pages, read back."""

    def read(self, person: User, senior: User) -> PdfReader:
        response = signed_in(person).get(f"/journal/{senior.pk}/summary.pdf")
        assert response["Content-Type"] == "application/pdf"
        return PdfReader(io.BytesIO(response.content))

    def fill(self, senior: User) -> None:
        zone = ZoneInfo(senior.time_zone)
        now = clock.now().astimezone(zone).replace(hour=12)  # near midnight a change of clocks would merge two days
        for day in range(40):
            at = now - timedelta(days=day)
            readings = [
                Reading(Kind.BLOOD_PRESSURE, 140 - day / 4, 85, unit="mmHg"),
                Reading(Kind.WEIGHT, 72 + day % 3 / 10, unit="kg"),
                Reading(Kind.SLEEP, 3 + day % 2),
                Reading(Kind.NOTE, note=f"Word number {day}: " + "a long day with many words in it. " * 8),
                Reading(Kind.QUESTION, note=f"Question {day}: " + "may I go on with all of this? " * 9),
            ]
            Entry.objects.bulk_create(
                Entry(
                    senior=senior,
                    kind=each.kind,
                    at=at,
                    day=at.astimezone(zone).date(),
                    value=each.value,
                    lower=each.lower,
                    unit=each.unit,
                    note=each.note,
                    source=Source.FORM,
                    written_by=senior,
                    written_at=at,
                )
                for each in readings
            )

    def test_it_has_two_pages_however_much_there_is(self, senior: User) -> None:
        self.fill(senior)
        change_profile(senior, senior.pk, conditions="A weak heart. " * 60, allergies="Penicillin")
        read = self.read(senior, senior)
        assert len(read.pages) == 2
        first, second = (" ".join(page.extract_text().split()) for page in read.pages)
        assert "Allergies: Penicillin" in first
        assert "Question 0: may I go on" in first
        assert "more in the journal" in first, "what finds no room is counted"
        assert "(n = 40 readings on 40 days)" in second
        assert "Blood pressure: 140 over 85" in second
        assert "Worth a look" in first

    def test_an_empty_one_says_so(self, senior: User) -> None:
        read = self.read(senior, senior)
        text = " ".join(" ".join(page.extract_text() for page in read.pages).split())
        assert len(read.pages) == 2
        assert "No questions were written down" in text
        assert "Nothing was measured" in text

    def test_names_keep_their_accents_and_pictures_have_words(self, senior: User) -> None:
        senior.full_name = "Zoë Łukaszewska-Müller Ηλέκτρα Олена"
        senior.save(update_fields=["full_name"])
        self.fill(senior)
        read = self.read(senior, senior)
        assert "Zoë Łukaszewska-Müller Ηλέκτρα Олена" in read.pages[0].extract_text()
        assert read.metadata is not None
        assert read.metadata.title == "Summary for the doctor: Zoë Łukaszewska-Müller Ηλέκτρα Олена"
        assert str(read.root_object["/Lang"]) == senior.language
        headings = [str(each["/Title"]) for each in read.outline if not isinstance(each, list)]
        assert headings[0] == "Summary for the doctor"
        assert "Middle of the last 90 days" in str(_alternatives(read))

    @pytest.mark.parametrize(("country", "size"), [("US", (612, 792)), ("GB", (595, 842))])
    def test_the_paper_is_the_countrys(self, senior: User, country: str, size: tuple[int, int]) -> None:
        senior.country = country
        senior.save(update_fields=["country"])
        box = self.read(senior, senior).pages[0].mediabox
        assert (round(float(box.width)), round(float(box.height))) == size

    def test_what_is_not_shared_is_not_in_it(self, senior: User, son: User, shared: None) -> None:
        create_profile(senior, conditions="A weak heart")
        text = " ".join(" ".join(page.extract_text() for page in self.read(son, senior).pages).split())
        assert "weak heart" not in text
        assert "medicines are not shared" in text

    def test_what_is_paused_or_over_does_not_stand_there_as_taken(self, senior: User) -> None:
        today = clock.now().date()
        for name, more in (("Warfarin", {}), ("Amoxicillin", {"end": today - timedelta(days=2)})):
            rule = Rule.model_validate({"kind": "times", "start": "2026-01-01", "slots": [{"at": "08:00"}], **more})
            made = medicines.add_regimen(senior, senior.pk, name=name, rule=rule)
            if name == "Warfarin":
                medicines.pause_regimen(senior, made.pk, reason="doctor")
        text = " ".join(self.read(senior, senior).pages[0].extract_text().split())
        assert "Paused. 1 tablet every day" in text
        assert "The last day has passed. 1 tablet every day" in text


def _alternatives(read: PdfReader) -> list[str]:
    """The alternative texts of the document's pictures."""
    root = read.root_object["/StructTreeRoot"]
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            if "/Alt" in node:
                found.append(str(node["/Alt"]))
            if "/K" in node:
                walk(node["/K"])

    walk(root.get_object()["/K"])  # type: ignore[index]
    return found
