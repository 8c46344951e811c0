"""Telling Lilo something that belongs in the journal: offered with two buttons, written only on a yes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from companion.accounts.models import Kind, User
from companion.care.journal.models import Entry, Source
from companion.chat.actions import FullAnswer, answer_fully, new_turn
from companion.chat.journal_offer import press
from companion.chat.pressed import Pressed
from companion.safety.models import Alert

pytestmark = pytest.mark.django_db(transaction=True)

Ask = Callable[..., Any]


async def say(senior: User, text: str) -> FullAnswer:
    """A whole turn, kept as in service, after what was said before."""
    return await answer_fully(await new_turn(senior, text))


@sync_to_async
def written() -> list[tuple[str, float | None, str, str]]:
    return [(each.kind, each.value, each.note, each.source) for each in Entry.objects.order_by("kind")]


async def test_bad_night_and_a_sore_knee_are_offered_and_written_on_a_yes(senior: User, published_corpus: None) -> None:
    answer = await say(senior, "I slept badly and my knee hurts")
    assert answer.done is not None
    assert answer.done.text.endswith("Shall I write this in your journal: Slept badly; Pain: 5 of 10, some (knee)?")
    assert [choice.label for choice in answer.done.choices] == ["Yes, write it down", "No, thank you"]
    assert await written() == [], "nothing is stored unasked"
    yes = answer.done.choices[0].value
    assert (await say(senior, yes)).done.text == "I have written it in your journal."  # type: ignore[union-attr]
    assert await written() == [("pain", 5.0, "knee", Source.CHAT), ("sleep", 2.0, "", Source.CHAT)]
    await say(senior, yes)
    assert len(await written()) == 2, "a second press writes nothing twice"


async def test_no_writes_nothing(senior: User, published_corpus: None) -> None:
    answer = await say(senior, "I weigh 160 lb today")
    assert answer.done is not None
    no = answer.done.choices[1].value
    assert (await say(senior, no)).done.text == "All right. I write nothing down."  # type: ignore[union-attr]
    assert await written() == []


@pytest.mark.parametrize(
    "text", ["How can I sleep better?", "My husband slept badly", "My knee does not hurt", "Hello", "I feel fine"]
)
async def test_questions_others_and_what_is_denied_are_not_offered(
    senior: User, published_corpus: None, text: str
) -> None:
    answer = await say(senior, text)
    assert answer.done is not None
    assert answer.done.choices == ()


async def test_an_ache_is_not_offered_again_right_away(senior: User, published_corpus: None) -> None:
    await say(senior, "My knee hurts")
    again = await say(senior, "My hip hurts a little")
    assert again.done is not None
    assert again.done.choices == ()


async def test_emergency_comes_first_and_is_no_matter_for_the_journal(senior: User, published_corpus: None) -> None:
    answer = await say(senior, "I slept badly and now I can't breathe")
    assert answer.emergency is not None
    assert answer.emergency.level == "E"
    assert answer.done is not None
    assert answer.done.choices == ()


async def test_very_low_sugar_is_asked_about_at_once_and_its_alert_is_stored(
    senior: User, published_corpus: None
) -> None:
    answer = await say(senior, "My blood sugar is 45 mg/dl")
    assert answer.emergency is not None
    assert (answer.emergency.level, answer.emergency.respond_within_s) == ("A", 60)
    assert answer.emergency.steps[0].startswith("Have something sugary now")
    alert = await Alert.objects.aget()
    assert (alert.level, alert.category, alert.pk) == ("A", "diabetes", answer.emergency.alert_id)
    assert await written() == []
    await say(senior, answer.emergency.choices[1].value)
    await alert.arefresh_from_db()
    assert alert.closed_at is not None, "a clear no closes the question"


async def test_family_is_offered_nothing(senior: User, published_corpus: None) -> None:
    senior.kind = Kind.FAMILY
    await sync_to_async(senior.save)(update_fields=["kind"])
    answer = await say(senior, "I slept badly and my knee hurts")
    assert answer.done is not None
    assert answer.done.choices == ()


def test_button_of_words_that_are_gone_says_so(senior: User) -> None:
    said = press(Pressed("journal", uuid4(), "save", senior.pk, "key"))
    assert "do not have those words" in said.reply
    assert not Entry.objects.exists()


async def test_button_of_another_persons_words_writes_nothing(
    senior: User, stranger: User, published_corpus: None
) -> None:
    answer = await say(senior, "I slept badly")
    assert answer.done is not None
    said = await sync_to_async(press)(Pressed("journal", answer.done.turn_id, "save", stranger.pk, "key"))
    assert "do not have those words" in said.reply
    assert await written() == []
