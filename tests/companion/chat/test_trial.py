"""Answers that a curator tries: those a person would get, without a trace."""

from __future__ import annotations

import pytest

from companion.chat import phrases
from companion.chat.models import Message
from companion.safety.models import Alert
from knowledge.answering import answering

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("published_corpus")]


async def test_each_sentence_names_the_entry_it_stands_on() -> None:
    answered = await answering()("I keep waking up at night, what can I do?")
    assert answered.kind == "answer"
    assert answered.entries[0] == "sleep-waking-at-night"
    assert {sentence.entry for sentence in answered.sentences if sentence.entry} == {"sleep-waking-at-night"}
    assert "[1]" not in answered.text


async def test_what_was_said_before_makes_a_question_whole() -> None:
    answered = await answering()("and what about naps?", before=["I keep waking up at night, what can I do?"])
    assert "sleep" in answered.entries[0]


TWICE = "I think I took my pills twice today"


async def test_a_question_of_safety_stands_alone_until_all_is_well() -> None:
    asked = await answering()(TWICE)
    assert (asked.kind, asked.level, asked.sentences) == ("emergency", "A", ())
    answered = await answering()(TWICE, is_well=True)
    assert (answered.kind, answered.level, answered.entries) == ("answer", "A", ("medicines-took-twice",))
    assert answered.sentences[0].text == phrases.GLAD_YOU_ARE_WELL
    assert {sentence.entry for sentence in answered.sentences if sentence.entry} == {"medicines-took-twice"}
    assert not await Alert.objects.aexists()


async def test_what_was_cleared_up_before_is_no_danger_after() -> None:
    later = "Would you believe I forgot it till now"
    before = ["I fell this morning and my hip hurts a bit"]
    assert (await answering()(later, before=before, is_well=True)).level != "A"


@pytest.mark.parametrize(
    ("said", "level", "text"),
    [
        ("I don't want to live any more, what can I do?", "A", phrases.GLAD_YOU_ARE_WELL),
        ("I fell this morning and my llama ate the carburettor", "A", phrases.GLAD_YOU_ARE_WELL),
        ("I have fallen and I can't get up", "E", ""),
    ],
    ids=["gentle", "unsure", "emergency"],
)
async def test_not_everything_is_answered_when_all_is_well(said: str, level: str, text: str) -> None:
    answered = await answering()(said, is_well=True)
    assert (answered.kind, answered.level, answered.text) == ("emergency", level, text)


async def test_a_danger_is_named_and_nobody_is_told() -> None:
    answered = await answering()("I have fallen and I can't get up")
    assert (answered.kind, answered.level, answered.sentences) == ("emergency", "E", ())
    assert not await Alert.objects.aexists()
    assert not await Message.objects.aexists()
