"""Questions that wait: gathered by meaning, answered by an entry, dismissed, forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from knowledge.inbox import actions
from knowledge.inbox.models import Question, QuestionGroup
from knowledge.inbox.rules import RETENTION
from knowledge.index.build import build_and_publish
from knowledge.index.serving import serving
from knowledge.models import Entry
from knowledge.public import acknowledge_answers, answered_questions
from knowledge.selectors import published_entries

pytestmark = pytest.mark.django_db

Ask = Callable[..., UUID]
State = QuestionGroup.State
LLAMA = ("Can I keep a llama at home?", "May I keep a llama in my house?", "Is it all right to have a llama at home?")
STAMPS = ("How do I soak old stamps off an envelope?", "What gets old stamps off envelopes?")


def groups() -> list[list[str]]:
    """The wordings of each group, what most people ask first."""
    return [sorted(question.text for question in group.questions.all()) for group in QuestionGroup.objects.all()]


def test_questions_of_one_meaning_come_together_whenever_they_come(ask: Ask) -> None:
    for text in (LLAMA[0], STAMPS[0], LLAMA[1]):
        ask(text)
    assert actions.gather() == 3
    for text in (STAMPS[1], LLAMA[2]):
        ask(text)
    assert actions.gather() == 2
    assert actions.gather() == 0
    assert groups() == [sorted(LLAMA), sorted(STAMPS)]
    assert [group.people for group in QuestionGroup.objects.all()] == [3, 2]


def test_words_and_vectors_are_encrypted_at_rest(ask: Ask) -> None:
    ask(LLAMA[0])
    actions.gather()
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, vector FROM knowledge_question")
        text, vector = cursor.fetchone()
    assert text.startswith("v1|")
    assert vector.startswith("v1|")


def test_writing_an_answer_begins_a_draft_with_their_words(ask: Ask, author: Any, make_entry: Any) -> None:
    make_entry("llamas", category="pets", status="published")
    for text in (*LLAMA[:2], "Can I keep a llama at home"):
        ask(text, shown=("llamas",))
    ask("Is it all right for (name) to have a llama at home?")
    actions.gather()
    group = QuestionGroup.objects.get()
    entry = actions.write_answer(group.pk, by=author.pk)
    entry.refresh_from_db()
    assert entry.status == Entry.Status.DRAFT
    assert entry.question == "Can I keep a llama at home?"
    assert sorted(entry.alternatives) == [
        "Is it all right for to have a llama at home?",
        "May I keep a llama in my house?",
    ]
    assert entry.category == "pets"
    assert "answer" in {problem.field for problem in entry.problems()}, "nobody can publish it as it stands"
    group.refresh_from_db()
    assert (group.state, group.entry, group.decided_by) == (State.WRITING, entry, author)
    assert entry.history.get().action == "written"
    with pytest.raises(actions.InboxRefused):
        actions.write_answer(group.pk, by=author.pk)


def test_an_entry_that_answers_is_linked_and_its_words_change_only_when_asked(
    ask: Ask, author: Any, make_entry: Any
) -> None:
    entry = make_entry(status="published")
    ask(LLAMA[0])
    actions.gather()
    group = QuestionGroup.objects.get()
    with pytest.raises(actions.InboxRefused, match="no entry"):
        actions.link_entry(group.pk, "nowhere", by=author.pk, add_wordings=False)
    actions.link_entry(group.pk, entry.key, by=author.pk, add_wordings=False)
    entry.refresh_from_db()
    assert (entry.status, LLAMA[0] in entry.alternatives) == ("published", False)
    actions.take_up_again(group.pk, by=author.pk)
    actions.link_entry(group.pk, entry.key, by=author.pk, add_wordings=True)
    entry.refresh_from_db()
    assert (entry.status, entry.alternatives[-1]) == ("draft", LLAMA[0]), "new words wait for a review"


def test_dismissed_questions_take_later_ones_with_them(ask: Ask, author: Any) -> None:
    ask(LLAMA[0])
    actions.gather()
    group = QuestionGroup.objects.get()
    with pytest.raises(actions.InboxRefused):
        actions.dismiss(group.pk, by=author.pk, reason="  ")
    actions.dismiss(group.pk, by=author.pk, reason="Pets are not for Lilo.")
    ask(LLAMA[1])
    actions.gather()
    assert QuestionGroup.objects.get().people == 2
    assert QuestionGroup.objects.get().state == State.DISMISSED


def test_taking_back_deletes_the_words_and_an_empty_group(ask: Ask, author: Any) -> None:
    first, second, alone = ask(LLAMA[0]), ask(LLAMA[1]), ask(STAMPS[0])
    actions.gather()
    assert actions.forget_questions([first, alone]) == 2
    assert groups() == [[LLAMA[1]]]
    assert QuestionGroup.objects.get().people == 1
    actions.dismiss(QuestionGroup.objects.get().pk, by=author.pk, reason="No")
    actions.forget_questions([second])
    assert str(QuestionGroup.objects.get()) == "A question that was taken back", "what was decided stays on record"


def test_questions_are_forgotten_after_half_a_year(ask: Ask) -> None:
    old, young = ask(LLAMA[0]), ask(STAMPS[0])
    Question.objects.filter(pk=old).update(asked_on=timezone.localdate() - RETENTION - timedelta(days=1))
    Question.objects.filter(pk=young).update(asked_on=timezone.localdate() - RETENTION)
    assert actions.forget_old() == 1
    assert Question.objects.get().pk == young


@pytest.fixture
def publish(artefact_folder: Path) -> Iterator[Callable[[], None]]:
    """Build from what is published, and answer from it at once."""

    def build() -> None:
        build_and_publish(entries=published_entries())
        serving.cache_clear()  # else the new one is loaded on a thread, beside the questions

    yield build
    serving.cache_clear()


def test_told_only_when_lilo_really_answers_their_words(
    ask: Ask, author: Any, make_entry: Any, publish: Callable[[], None]
) -> None:
    walking = make_entry(status="published")
    make_entry("tea-in-bed", status="published", question="May I drink tea in bed?", alternatives=["tea in bed"])
    publish()
    mine, strange = ask("Would walking help me to sleep?"), ask("What is the tallest tower in France?")
    actions.gather()
    for group in QuestionGroup.objects.all():
        actions.link_entry(group.pk, walking.key, by=author.pk, add_wordings=False)
    Entry.objects.filter(pk=walking.pk).update(index_changed_at=timezone.now())
    assert actions.find_answered() == 0, "published, but not in the index that serves"
    publish()
    assert actions.find_answered() == 1
    assert [(each.ticket, each.key) for each in answered_questions()] == [(mine, walking.key)]
    assert {group.state for group in QuestionGroup.objects.filter(questions=mine)} == {State.ANSWERED}
    left = Question.objects.get(pk=strange)
    assert left.tried_with, "the inbox says that Lilo does not find it"
    assert left.answered_by == ""
    assert actions.find_answered() == 0
    acknowledge_answers([mine])
    assert answered_questions() == []


def test_a_question_linked_anew_is_asked_of_its_other_entry_at_once(
    ask: Ask, author: Any, make_entry: Any, publish: Callable[[], None]
) -> None:
    walking = make_entry(status="published")
    make_entry("tea-in-bed", status="published", question="May I drink tea in bed?", alternatives=["tea in bed"])
    publish()
    mine = ask("Would walking help me to sleep?")
    actions.gather()
    group = QuestionGroup.objects.get()
    actions.link_entry(group.pk, "tea-in-bed", by=author.pk, add_wordings=False)
    assert actions.find_answered() == 0
    actions.take_up_again(group.pk, by=author.pk)
    actions.link_entry(group.pk, walking.key, by=author.pk, add_wordings=False)
    assert actions.find_answered() == 1, "no other index need come for it"
    assert [each.ticket for each in answered_questions()] == [mine]
