"""Lilo asked whether somebody is safe, and they are: then what they had said is answered, where Lilo is sure."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from companion.accounts.models import User
from companion.chat import after_all_clear, phrases, record, reply
from companion.chat.actions import answer_fully, new_turn, record_feedback
from companion.chat.answers import talk_in
from companion.chat.events import Done, Emergency
from companion.chat.models import Disclosure
from companion.chat.questions import asking
from companion.chat.reply import TELL_ME_MORE, Exchange
from companion.chat.selectors import recent_messages
from companion.chat.turn import Turn, answer
from companion.safety.models import Alert
from lilo_site.threads import in_thread
from tests.companion.chat.sockets import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("published_corpus")]

TWICE = "I think I took my pills twice today"
AGAIN = "I think I have taken a double dose of my pills"
FELL = "I fell this morning and my hip hurts a bit"
WELL = "No, I'm all right"


async def say(senior: User, text: str, **options: Any) -> Done:
    """A whole turn, kept as in service, after what was said before."""
    outcome = await answer_fully(await new_turn(senior, text, **options))
    assert outcome.done is not None
    return outcome.done


async def asked(senior: User, text: str) -> Emergency:
    """Words in which Lilo hears a danger that it asks about."""
    outcome = await answer_fully(await new_turn(senior, text))
    assert outcome.emergency is not None
    assert outcome.emergency.level == "A"
    return outcome.emergency


def well_on(card: Emergency) -> str:
    """What the card's button for "I am all right" sends."""
    return next(choice.value for choice in card.choices if choice.value.startswith("safety:well"))


async def only_glad(senior: User, done: Done) -> bool:
    """Whether the all-clear stands alone, and is acted on and kept."""
    kept = (await in_thread(recent_messages, senior.pk))[-1]
    is_over = (await Alert.objects.alatest("raised_at")).state == "resolved"
    return is_over and (kept.text, done.text, done.kind) == (phrases.GLAD_YOU_ARE_WELL, kept.text, "emergency")


@pytest.mark.parametrize("by_button", [True, False])
async def test_what_was_said_is_answered_with_its_sources(senior: User, *, by_button: bool) -> None:
    card = await asked(senior, TWICE)
    done = await say(senior, well_on(card) if by_button else WELL)
    assert done.text.startswith(f"{phrases.GLAD_YOU_ARE_WELL} {phrases.BACK_TO_IT} ")
    assert (done.kind, done.about, done.entries) == ("answer", TWICE, ("medicines-took-twice",))
    assert done.confidence >= reply.SURE
    said, answered = (await in_thread(recent_messages, senior.pk))[-2:]
    assert said.text == "I am all right"
    assert (answered.text, answered.kind, answered.suggestions) == (done.text, "answer", done.suggestions)
    assert answered.sources[0].used
    assert all(f"{sentence}[1]" in done.text for sentence in answered.sources[0].used)
    assert (await Alert.objects.aget()).state == "resolved"


async def test_the_glad_words_come_at_once_and_the_alert_is_closed_by_then(senior: User) -> None:
    await asked(senior, TWICE)
    turn = await new_turn(senior, WELL)
    events: list[Any] = []
    async for event in answer(turn):
        if event.type == "delta" and not any(each.type == "delta" for each in events):
            assert (await Alert.objects.aget()).state == "resolved"
        events.append(event)
    deltas = [event for event in events if event.type == "delta"]
    assert "".join(delta.text for delta in deltas) == events[-1].text
    assert [delta.sequence for delta in deltas] == list(range(len(deltas)))
    types = [event.type for event in events]
    first = [event.text for event in events[: types.index("sources")] if event.type == "delta"]
    assert "".join(first) == phrases.GLAD_YOU_ARE_WELL


@pytest.mark.parametrize("fault", ["hangs", "breaks"])
async def test_a_search_that_fails_never_holds_up_the_all_clear(
    senior: User, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    async def find(*_: object, **__: object) -> None:
        if fault == "breaks":
            raise RuntimeError("the index is torn")
        await asyncio.Event().wait()

    await asked(senior, TWICE)
    monkeypatch.setattr(after_all_clear, "PATIENCE", 0.2)
    monkeypatch.setattr(reply, "find_evidence", find)
    assert await only_glad(senior, await say(senior, WELL))


async def test_what_is_said_between_does_not_confuse_it(senior: User) -> None:
    await say(senior, "What can I do about my dry mouth?")
    await asked(senior, TWICE)
    assert (await say(senior, "Does napping keep me awake at night?")).kind == "answer"
    await say(senior, "thank you")
    done = await say(senior, WELL)
    assert (done.about, done.entries) == (TWICE, ("medicines-took-twice",))


async def test_the_button_answers_what_its_own_card_asked_about(senior: User) -> None:
    fall = await asked(senior, FELL)
    await asked(senior, TWICE)
    done = await say(senior, well_on(fall))
    assert (done.about, done.entries) == (FELL, ("falls-cannot-get-up",))
    assert (await Alert.objects.aget(category="medicine")).answer_due_at is not None, "the other is still asked"


async def test_of_what_was_said_twice_over_the_last_is_answered(senior: User) -> None:
    first, second = await asked(senior, TWICE), await asked(senior, AGAIN)
    assert first.alert_id == second.alert_id
    assert (await say(senior, well_on(first))).about == AGAIN


@pytest.mark.parametrize(
    "said",
    ["I don't want to live any more, what can I do?", "My son takes my money and I am frightened of him"],
    ids=["self-harm", "abuse"],
)
async def test_some_dangers_are_left_with_the_gentle_words(senior: User, said: str) -> None:
    await asked(senior, said)
    assert await only_glad(senior, await say(senior, "safety:well"))


async def test_a_question_that_was_open_for_days_is_not_taken_up_again(senior: User) -> None:
    await asked(senior, TWICE)
    await Alert.objects.aupdate(raised_at=timezone.now() - timedelta(days=2))
    assert await only_glad(senior, await say(senior, WELL))


async def test_what_knowledge_is_not_sure_of_is_not_answered(senior: User) -> None:
    await asked(senior, "I fell this morning and my llama ate the carburettor")
    assert await only_glad(senior, await say(senior, WELL))


async def test_an_emergency_that_is_lowered_is_no_time_for_answers(senior: User) -> None:
    outcome = await answer_fully(await new_turn(senior, "I fell and I can't get up"))
    assert outcome.emergency is not None
    assert outcome.emergency.level == "E"
    assert (await say(senior, well_on(outcome.emergency))).text == phrases.THEY_WILL_STILL_CHECK


async def test_limits_hold_for_the_answer_and_not_for_the_all_clear(senior: User) -> None:
    await asked(senior, TWICE)
    for _ in range(100):
        if await record.admit(senior.pk) is not None:
            break
    assert await only_glad(senior, await say(senior, WELL))


async def test_who_wants_nothing_looked_up_hears_only_that_lilo_is_glad(senior: User) -> None:
    await asked(senior, TWICE)
    assert await only_glad(senior, await say(senior, WELL, use_knowledge=False))


async def test_words_for_somebody_else_were_no_question_to_lilo(senior: User, turn_of: Callable[..., Turn]) -> None:
    card = await asked(senior, TWICE)
    recent = (Exchange(TWICE, card.text, is_aside=True),)
    outcome = await answer_fully(turn_of(WELL, recent=recent))
    assert outcome.done is not None
    assert await only_glad(senior, outcome.done)


async def test_the_same_all_clear_sent_twice_is_told_again_as_it_was(senior: User) -> None:
    await asked(senior, TWICE)
    first = await say(senior, WELL, message_id="m-1")
    again = await say(senior, WELL, message_id="m-1")
    assert (again.text, again.about, again.strategy) == (first.text, TWICE, "kept")


async def test_lilo_says_that_it_is_a_program_after_the_glad_words(senior: User) -> None:
    await asked(senior, TWICE)
    await Disclosure.objects.all().adelete()
    done = await say(senior, WELL)
    assert done.text.startswith(f"{phrases.GLAD_YOU_ARE_WELL} {phrases.A_PROGRAM} {phrases.BACK_TO_IT} ")
    assert phrases.A_PROGRAM not in (await say(senior, "thank you")).text


async def test_an_answer_that_did_not_help_is_not_passed_on(senior: User) -> None:
    """Words in which danger was heard never leave: it is not offered either."""
    await asked(senior, TWICE)
    done = await say(senior, WELL)
    thanks = await in_thread(record_feedback, senior.pk, done.turn_id, helpful=False)
    assert thanks is not None
    assert (thanks.text, thanks.choices) == (asking.SORRY, ())


async def test_the_talk_goes_on_from_the_answer(senior: User) -> None:
    await asked(senior, TWICE)
    first = await say(senior, WELL)
    assert TELL_ME_MORE in first.suggestions
    more = await answer_fully(await new_turn(senior, TELL_ME_MORE))
    assert more.done is not None
    assert more.done.entries == first.entries
    assert more.sources[0].used
    assert not any(sentence in first.text for sentence in more.sources[0].used)


async def test_the_talk_goes_on_over_a_socket_too(session: str) -> None:
    page = await Page(session).opened()
    await page.say(TWICE)
    card = next(event for event in await page.events() if event["type"] == "emergency")
    await page.say(next(each["value"] for each in card["choices"] if each["value"].startswith("safety:well")))
    first = (await page.events())[-1]
    assert (first["kind"], first["about"]) == ("answer", TWICE)
    await page.say(TELL_ME_MORE)
    *_, sources, more = [event for event in await page.events() if event["type"] in ("sources", "done")]
    assert more["entries"] == first["entries"]
    assert not any(sentence in first["text"] for sentence in sources["items"][0]["used"])
    await page.disconnect()


def test_a_plain_answer_to_safety_is_no_part_of_the_next_question() -> None:
    mouth = "What can I do about my dry mouth?"
    said = [mouth, WELL, "safety:well:0b6b2f4e-0000-4000-8000-000000000000", "and at night?"]
    assert [each.said for each in talk_in([Exchange(words, "") for words in said])] == [mouth, "and at night?"]
