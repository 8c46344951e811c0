"""Answers that a curator tries: those a person would get, without a trace."""

from __future__ import annotations

import pytest

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


async def test_a_danger_is_named_and_nobody_is_told() -> None:
    answered = await answering()("I have fallen and I can't get up")
    assert (answered.kind, answered.level, answered.sentences) == ("emergency", "E", ())
    assert not await Alert.objects.aexists()
    assert not await Message.objects.aexists()
