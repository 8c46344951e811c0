"""The senior's pages as a browser without JavaScript gets them."""

from __future__ import annotations

import re
from datetime import date, time
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from companion.accounts.actions import create_user
from companion.accounts.models import Kind, User
from companion.chat import actions, views
from companion.chat.history import StoredMessage, StoredTurn, history
from companion.chat.models import Feedback, Message
from companion.circle.models import Membership, Senior
from companion.safety import check_ins
from companion.safety.models import CheckInPlan
from knowledge.public import EntryPage, Source
from tests.companion.chat.sockets import SOURCE, PacedAnswers

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "companion.accounts.backends.PersonBackend"


@pytest.fixture
def paced(monkeypatch: pytest.MonkeyPatch) -> PacedAnswers:
    answers = PacedAnswers()
    monkeypatch.setattr(actions, "answer", answers)
    return answers


@pytest.fixture
def browser(senior: User) -> Client:
    """Margaret's browser."""
    client = Client()
    client.force_login(senior, backend=BACKEND)
    return client


def keep(user: User, said: str, answered: str) -> UUID:
    turn_id, message_id, now = uuid4(), str(uuid4()), timezone.now()
    answer = StoredMessage(turn_id, message_id, "lilo", answered, now, kind="answer", sources=(SOURCE,))
    history().append(user.pk, StoredTurn(StoredMessage(turn_id, message_id, "senior", said, now), answer))
    return turn_id


@pytest.mark.parametrize("path", ["/", "/settings/", "/knowledge/sleep/"])
def test_who_is_not_signed_in_is_asked_to(path: str, db: None) -> None:
    response = Client().get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=")


def test_help_asks_nobody_for_a_password(db: None) -> None:
    page = Client().get("/help/").content.decode()
    assert re.findall(r'href="(tel:\d+)"', page)[:3] == ["tel:999", "tel:911", "tel:112"]


def test_help_names_the_senior_s_own_emergency_number_and_people(browser: Client, senior: User) -> None:
    daughter = create_user(username="anna", full_name="Anna Doyle", kind=Kind.FAMILY, phone="(415) 555-2671")
    profile = Senior.objects.get(user=senior)
    Membership.objects.create(senior=profile, user=daughter, relation="Daughter", accepted_at=timezone.now())
    page = browser.get("/help/").content.decode()
    assert re.findall(r'href="(tel:[+\d]+)"', page)[:2] == ["tel:911", "tel:+14155552671"]
    assert "Anna Doyle, your daughter" in page


def test_a_senior_can_tell_everybody_from_the_page_of_help_and_is_not_told_in_green_that_nobody_heard(
    browser: Client, senior: User
) -> None:
    page = browser.get("/help/").content.decode()
    assert page.index("tel:911") < page.index('action="/help/press/"'), "the number comes first"
    told = " ".join(browser.post("/help/press/", follow=True).content.decode().split())
    assert re.search(r'class="notice warning"[^>]*>.*I could not reach your people', told)


def test_who_is_no_senior_is_not_offered_people_to_tell() -> None:
    client = Client()
    client.force_login(create_user(username="anna", full_name="Anna Doyle", kind=Kind.FAMILY), backend=BACKEND)
    assert "/help/press/" not in client.get("/help/").content.decode()


def test_the_talk_shows_what_was_said_with_its_sources_and_as_plain_text(browser: Client, senior: User) -> None:
    keep(senior, "<script>alert(1)</script>", "Rest.[1] <b>More</b>[2]")
    page = browser.get("/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;More&lt;/b&gt;" in page
    assert '<a href="/knowledge/sleep/?used=Rest." aria-label="Source 1">1</a>' in page
    assert "[2]" not in page, "a mark without a source is shown"
    assert "NIA, as of May" in page


def test_a_stranger_s_talk_is_not_shown(browser: Client, stranger: User) -> None:
    keep(stranger, "My secret", "I keep it")
    assert "My secret" not in browser.get("/").content.decode(), "another senior's words are shown"


def test_a_message_is_answered_and_shown(browser: Client, paced: PacedAnswers) -> None:
    response = browser.post("/say/", {"text": "I keep waking up", "form_key": str(uuid4())}, follow=True)
    assert response.redirect_chain == [("/#latest", 302)]
    page = response.content.decode()
    assert "I keep waking up" in page
    assert "one two three" in page


def test_a_form_that_is_sent_twice_is_answered_once_and_another_text_is_answered(
    browser: Client, paced: PacedAnswers
) -> None:
    key = str(uuid4())
    for text in ("hello", "hello", "good night"):
        assert browser.post("/say/", {"text": text, "form_key": key}).status_code == 302
    assert [turn.text for turn in paced.turns] == ["hello", "good night"]
    assert Message.objects.count() == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "nothing in that message"), ("\u200b \x00", "nothing in that message"), ("a" * 4_001, "too long")],
    ids=["empty", "invisible", "too-long"],
)
def test_a_message_that_cannot_be_answered_is_given_back(
    text: str, words: str, browser: Client, paced: PacedAnswers
) -> None:
    response = browser.post("/say/", {"text": text})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert paced.turns == []
    assert len(text) < 100 or text in response.content.decode(), "the senior's words are lost"


def test_a_turn_that_fails_keeps_the_words_in_the_field(browser: Client, paced: PacedAnswers) -> None:
    paced.refuses = True
    response = browser.post("/say/", {"text": "I keep waking up"})
    page = response.content.decode()
    assert response.status_code == 503
    assert "A little slower, please." in page
    assert ">I keep waking up</textarea>" in page


def test_an_answer_that_did_not_help_is_noted(browser: Client, senior: User) -> None:
    turn_id = keep(senior, "hello", "one")
    page = browser.post("/feedback/", {"turn_id": str(turn_id)}, follow=True).content.decode()
    assert "Thank you for telling me" in page
    assert Feedback.objects.get().helpful is False


@pytest.mark.parametrize("turn_id", ["nonsense", "", "00000000-0000-0000-0000-000000000000", "foreign"])
def test_feedback_on_what_is_not_one_s_own_changes_nothing(browser: Client, stranger: User, turn_id: str) -> None:
    foreign = keep(stranger, "hello", "one")
    response = browser.post("/feedback/", {"turn_id": str(foreign) if turn_id == "foreign" else turn_id})
    assert response.status_code == 404
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("path", ["/say/", "/feedback/", "/settings/text-size/"])
def test_a_form_of_another_site_is_refused(path: str, senior: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(senior, backend=BACKEND)
    response = client.post(path, {"text": "hello", "size": "24", "turn_id": str(uuid4())})
    assert response.status_code == 403
    assert "send that once more" in response.content.decode()
    assert not Message.objects.exists()


def test_an_entry_marks_the_sentences_that_were_used_and_no_others(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source("Sleep", "NIA", "https://example.org/sleep", date(2025, 5, 2))
    entry = EntryPage("sleep", "How do I sleep?", "Rest a lot. Drink less. Walk.", "sleep", (source,), date(2026, 3, 1))
    monkeypatch.setattr(views, "entry_page", lambda key: entry if key == "sleep" else None)
    used = ["Walk.", "Rest a lot.", "<script>bad</script>", "", "a lot. Drink"]
    page = browser.get("/knowledge/sleep/", {"used": used}).content.decode()
    assert re.findall(r"<mark>(.*?)</mark>", page)[1:] == ["Rest a lot.", "Walk."]
    assert "bad" not in page
    assert "NIA, as of May 2025" in page
    assert 'href="https://example.org/sleep"' in page
    assert browser.get("/knowledge/unknown/").status_code == 404


@pytest.mark.parametrize("size", ["20", "24", "28"])
def test_the_size_of_words_is_kept_and_served_with_the_page(size: str, browser: Client) -> None:
    response = browser.post("/settings/text-size/", {"size": size, "next": "/settings/"})
    assert response["Location"] == "/settings/"
    page = browser.get("/").content.decode()
    assert (f'<html lang="en" class="text-{size}">' in page) == (size != "20")


def test_a_size_that_does_not_exist_and_a_way_out_of_the_site_are_refused(browser: Client) -> None:
    assert browser.post("/settings/text-size/", {"size": "99"}).status_code == 404
    response = browser.post("/settings/text-size/", {"size": "24", "next": "https://evil.example/"})
    assert response["Location"] == "/settings/"
    browser.cookies["text_size"] = '24" onload="alert(1)'
    assert "onload" not in browser.get("/").content.decode()


def test_check_in_that_was_asked_while_the_page_was_closed_is_on_it(browser: Client, senior: User) -> None:
    check_ins.plan_check_in(senior, senior.pk, time_of_day=time(9))
    card = f'data-card="{senior.pk}"'
    assert card not in browser.get("/").content.decode()
    CheckInPlan.objects.update(next_step_at=timezone.now(), due_at=timezone.now())
    check_ins.tick()
    page = browser.get("/").content.decode()
    assert card in page
    assert "How are you today?" in page
    check_ins.sign_of_life(senior.pk)
    assert card not in browser.get("/").content.decode()
