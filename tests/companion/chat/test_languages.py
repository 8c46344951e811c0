"""A message in another language is answered honestly, and a cry for help in it is a question with the way to help."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from companion.accounts.models import User
from companion.chat import phrases
from companion.chat.danger import with_cry_for_help
from companion.chat.models import Disclosure
from companion.safety.models import Alert
from companion.safety.screen import Assessment, Level

pytestmark = pytest.mark.django_db(transaction=True)


async def test_answered_in_both_languages_with_the_number(ask: Any) -> None:
    outcome = await ask("Estoy muy sola y me duele la cabeza")
    assert (outcome.done.kind, outcome.done.strategy) == ("refusal", "language")
    assert "solo entiende inglés" in outcome.done.text
    assert "I understand only English" in outcome.done.text
    assert "911" in outcome.done.text
    assert outcome.emergency is None


@pytest.mark.parametrize(
    ("said", "asked"),
    [("¡Ayuda!", "¿Necesita ayuda ahora?"), ("Ich bin gefallen und kann nicht aufstehen", "Brauchen Sie jetzt Hilfe?")],
)
async def test_cry_for_help_is_heard_with_the_way_to_help(ask: Any, said: str, asked: str) -> None:
    outcome = await ask(said)
    assert outcome.emergency.category == "help"
    assert outcome.emergency.text.startswith(asked)
    assert outcome.emergency.phones[0].number == "911"
    assert await Alert.objects.filter(pk=outcome.emergency.alert_id).aexists()


def test_cry_that_the_screen_does_not_hear_is_a_question_and_what_it_guesses_is_not_believed() -> None:
    unheard, guessed = Assessment(Level.NONE, "none", 0.0), Assessment(Level.ASK, "self_harm", 0.6)
    certain, faint = Assessment(Level.EMERGENCY, "fall", 0.9), Assessment(Level.ASK, "self_harm", 0.4)
    assert with_cry_for_help(unheard, "Au secours").level is Level.ASK
    assert with_cry_for_help(guessed, "Je ne me sens pas très bien").category == "help"
    assert with_cry_for_help(faint, "Je ne me sens pas très bien").level is Level.NONE, "less than even odds"
    assert with_cry_for_help(faint, "Au secours").level is Level.ASK
    assert with_cry_for_help(certain, "Au secours") == certain
    assert with_cry_for_help(unheard, "Quel temps fait-il aujourd'hui ?") == unheard
    assert with_cry_for_help(unheard, "call Socorro") == unheard


async def test_emergency_in_english_is_an_emergency_whatever_else_is_in_it(ask: Any) -> None:
    outcome = await ask("Dios mio I fell and I can't get up")
    assert outcome.emergency.level == "E"
    assert outcome.done.text == outcome.emergency.text


async def test_english_is_answered_as_ever(ask: Any) -> None:
    assert (await ask("what does hilfe mean in german")).done.strategy != "language"


async def test_notice_leads_the_honest_answer_too(ask: Any) -> None:
    await Disclosure.objects.all().adelete()
    assert (await ask("¿Qué tiempo hace hoy en Madrid?")).done.text.startswith(phrases.A_PROGRAM)


@pytest.mark.parametrize(("language", "is_said"), [("en", False), ("en-GB", False), ("es", True), ("pt-BR", True)])
def test_settings_are_honest_about_another_language(client: Client, senior: User, language: str, is_said: bool) -> None:
    senior.language = language
    senior.save(update_fields=["language"])
    client.force_login(senior)
    assert ("Lilo understands only English" in client.get(reverse("senior-settings")).content.decode()) is is_said


def test_sign_up_is_honest_about_languages(client: Client) -> None:
    assert "Lilo understands only English" in client.get(reverse("sign-up")).content.decode()
