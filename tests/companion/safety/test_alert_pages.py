"""The pages of alerts: they work by plain forms, say the truth, and show nobody what is not theirs."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from companion.accounts.models import User
from companion.safety import actions
from companion.safety.models import Alert, AlertEvent, Delivery
from tests.companion.safety.world import fall

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="companion.accounts.backends.PersonBackend")
    return client


def page(client: Client, alert_id: UUID) -> str:
    response = client.get(f"/alerts/{alert_id}/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def post(client: Client, path: str, **form: str) -> Any:
    return client.post(path, form, follow=True)


@pytest.fixture
def alert_id(senior: User, daughter: User) -> UUID:
    found: UUID = fall("margaret").alert_id
    return found


def test_link_in_a_message_asks_to_sign_in_first(alert_id: UUID) -> None:
    response = Client().get(f"/alerts/{alert_id}/")
    assert (response.status_code, "/sign-in/" in response["Location"]) == (302, True)


def test_daughter_claims_and_says_how_it_ended(alert_id: UUID, daughter: User, senior: User) -> None:
    client = signed_in(daughter)
    text = page(client, alert_id)
    assert "Margaret needs help" in text
    assert "tel:+12025550111" in text
    assert "Nobody is on it yet" in text
    post(client, f"/alerts/{alert_id}/claim/")
    assert "You are on it" in page(client, alert_id)
    post(client, f"/alerts/{alert_id}/close/", how="resolved", reason="She had slipped, all is well")
    text = page(client, alert_id)
    assert "Margaret: it is over" in text
    assert "Anna wrote: She had slipped, all is well" in text
    assert AlertEvent.objects.filter(kind="viewed", actor=daughter).count() == 1


def test_end_without_a_word_of_reason_is_not_taken(alert_id: UUID, daughter: User) -> None:
    response = post(signed_in(daughter), f"/alerts/{alert_id}/close/", how="resolved", reason="  ")
    assert "a few words" in response.content.decode()
    assert Alert.objects.get().state == "raised"


@pytest.mark.parametrize("path", ["", "claim/", "close/", "answer/", "tell/"])
def test_stranger_finds_nothing(alert_id: UUID, stranger: User, path: str) -> None:
    client = signed_in(stranger)
    place = f"/alerts/{alert_id}/{path}"
    form = {"reason": "x", "said": "ok", "user": str(uuid4())}
    response = client.post(place, form) if path else client.get(place)
    assert response.status_code == 404
    assert Alert.objects.get().state == "raised"


def test_senior_answers_the_question_with_two_buttons(senior: User, daughter: User) -> None:
    question = fall("margaret", level="A").alert_id
    client = signed_in(senior)
    assert "Do you need help now?" in page(client, question)
    post(client, f"/alerts/{question}/answer/", said="no")
    assert (Alert.objects.get().state, Delivery.objects.count()) == ("resolved", 0)


def test_seniors_ok_lowers_and_says_that_somebody_still_looks_in(alert_id: UUID, senior: User) -> None:
    client = signed_in(senior)
    post(client, f"/alerts/{alert_id}/answer/", said="ok")
    assert "One of your people will still look in on you" in page(client, alert_id)
    assert Alert.objects.get().is_calmed


def test_senior_picks_whom_to_tell_of_abuse(senior: User, daughter: User, son: User) -> None:
    raised = fall("margaret", category="abuse").alert_id
    assert signed_in(daughter).get(f"/alerts/{raised}/").status_code == 404
    client = signed_in(senior)
    assert "Tell Ben, my son" in page(client, raised)
    post(client, f"/alerts/{raised}/tell/", user=str(son.pk))
    assert {row.recipient for row in Delivery.objects.all()} == {son}
    assert signed_in(son).get(f"/alerts/{raised}/").status_code == 200


def test_help_button_works_by_a_plain_form(senior: User, daughter: User) -> None:
    response = post(signed_in(senior), "/help/press/")
    alert = Alert.objects.get()
    assert (alert.source, alert.level, alert.senior) == ("help_button", "E", senior)
    assert "Your people are being told now" in response.content.decode()


def test_help_button_says_so_when_nobody_can_be_told(senior: User) -> None:
    response = post(signed_in(senior), "/help/press/")
    assert "ring the number below now" in response.content.decode()


def test_pages_never_show_what_was_said(alert_id: UUID, daughter: User) -> None:
    assert "I fell" not in page(signed_in(daughter), alert_id)


def test_drill_is_called_a_drill(senior: User, daughter: User) -> None:
    raised = fall("margaret", drill=True).alert_id
    assert "This is a drill" in page(signed_in(daughter), raised)


def test_operators_page_shows_progress_and_neither_words_nor_category(alert_id: UUID) -> None:
    operator = User.objects.create_superuser("olga", "a long password of hers", full_name="Olga")
    response = signed_in(operator).get(f"/admin/safety/alert/{alert_id}/change/")
    text = response.content.decode()
    assert (response.status_code, "I fell" in text, ">fall<" in text) == (200, False, False)
    assert "People are being told" in text


def test_old_confirmation_link_says_so(client: Client) -> None:
    response = client.get("/contacts/confirm/nonsense/")
    assert (response.status_code, "too old" in response.content.decode()) == (404, True)


def test_question_closed_by_its_answer_stays_on_record(senior: User, daughter: User) -> None:
    question = fall("margaret", level="A").alert_id
    actions.answer_question(question, senior.pk, yes=False)
    assert [line.kind for line in AlertEvent.objects.all()] == ["asked", "answered_no"]
