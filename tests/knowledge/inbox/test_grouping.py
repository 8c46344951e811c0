"""Groups put right by hand, and who did it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from knowledge.inbox import actions, grouping
from knowledge.inbox.actions import InboxRefused
from knowledge.inbox.models import Question, QuestionGroup
from knowledge.inbox.selectors import likely_same

pytestmark = pytest.mark.django_db

Ask = Callable[..., UUID]
State = QuestionGroup.State
LLAMA, PET = "Can I keep a llama at home?", "Are large pets allowed at home?"
STAMPS = "How do I soak old stamps off an envelope?"


@pytest.fixture
def group_of(ask: Ask) -> Callable[[str], QuestionGroup]:
    """The group in which somebody's question ends up."""

    def note(text: str) -> QuestionGroup:
        ticket = ask(text)
        actions.gather()
        return QuestionGroup.objects.get(questions=ticket)

    return note


def test_merged_groups_are_one_with_all_their_questions_and_its_history(group_of: Any, author: Any) -> None:
    llama, pet, stamps = group_of(LLAMA), group_of(PET), group_of(STAMPS)
    assert len({llama.pk, pet.pk, stamps.pk}) == 3
    assert grouping.merge_chosen([llama.pk, pet.pk], by=author.pk) == llama
    assert {question.text for question in llama.questions.all()} == {LLAMA, PET}
    assert set(QuestionGroup.objects.values_list("pk", "people")) == {(llama.pk, 2), (stamps.pk, 1)}
    step = llama.steps.get()
    assert (step.what, step.count, step.by) == ("merged", 1, author)
    later = group_of("Are big pets allowed at home?")
    assert later == llama, "later questions join them"
    grouping.merge_groups(stamps.pk, [llama.pk], by=author.pk)
    assert [(step.count, step.group_id) for step in stamps.steps.all()] == [(3, stamps.pk), (1, stamps.pk)]
    with pytest.raises(InboxRefused, match="two or more"):
        grouping.merge_chosen([stamps.pk, llama.pk], by=author.pk)


def test_what_is_decided_holds_for_those_that_join_and_two_decisions_do_not_mix(
    group_of: Any, author: Any, make_entry: Any
) -> None:
    entry = make_entry(status="published")
    llama, pet, stamps = group_of(LLAMA), group_of(PET), group_of(STAMPS)
    actions.link_entry(pet.pk, entry.key, by=author.pk, add_wordings=False)
    QuestionGroup.objects.filter(pk=pet.pk).update(state=State.ANSWERED)
    assert grouping.merge_chosen([llama.pk, pet.pk], by=author.pk) == pet
    pet.refresh_from_db()
    assert (pet.state, pet.people) == (State.WRITING, 2), "the entry has yet to answer the words that came"
    actions.dismiss(stamps.pk, by=author.pk, reason="Not for Lilo.")
    with pytest.raises(InboxRefused, match="decided already"):
        grouping.merge_groups(pet.pk, [stamps.pk], by=author.pk)
    assert Question.objects.filter(group=stamps).count() == 1


def test_a_question_taken_out_waits_by_itself_and_stays_so(group_of: Any, ask: Ask, author: Any) -> None:
    group = group_of(LLAMA)
    odd = ask("May I keep a llama in my house?")
    actions.gather()
    alone = grouping.take_out(group.pk, odd, by=author.pk)
    actions.gather()
    group.refresh_from_db()
    assert (group.people, alone.questions.get().pk) == (1, odd)
    assert QuestionGroup.objects.get(pk=alone.pk).people == 1
    assert [(each.what, each.by) for each in (group.steps.get(), alone.steps.get())] == [("taken_out", author)] * 2
    for ticket in (odd, uuid4()):
        with pytest.raises(InboxRefused, match="not in this group"):
            grouping.take_out(group.pk, ticket, by=author.pk)
    with pytest.raises(InboxRefused, match="only one"):
        grouping.take_out(alone.pk, odd, by=author.pk)


def test_an_answered_question_stays_where_it_is(group_of: Any, ask: Ask, author: Any) -> None:
    group, told = group_of(LLAMA), ask("May I keep a llama in my house?")
    actions.gather()
    Question.objects.filter(pk=told).update(answered_by="llamas")
    with pytest.raises(InboxRefused, match="answered already"):
        grouping.take_out(group.pk, told, by=author.pk)


def test_what_may_be_the_same_is_offered_nearest_first(group_of: Any, author: Any) -> None:
    llama, pet, _ = group_of(LLAMA), group_of(PET), group_of(STAMPS)
    assert likely_same(llama) == [pet]
    actions.dismiss(pet.pk, by=author.pk, reason="Not for Lilo.")
    assert likely_same(llama) == [], "what is decided does not join another"


def test_by_page_and_by_list(group_of: Any, make_curator: Any, client_of: Callable[[Any], Client]) -> None:
    llama, pet, stamps = group_of(LLAMA), group_of(PET), group_of(STAMPS)
    page = reverse("admin:knowledge_questiongroup_change", args=[llama.pk])
    decide = reverse("admin:knowledge_questiongroup_decide", args=[llama.pk])
    looking = client_of(make_curator("ida", "view_questiongroup"))
    assert "Do these ask the same?" not in looking.get(page).content.decode()
    for pressed in ({"do": "merge", "group": pet.pk}, {"do": "take_out", "ticket": uuid4()}):
        assert looking.post(decide, pressed).status_code == 403
    writing = client_of(make_curator("wes", "view_questiongroup", "change_entry"))
    assert PET in writing.get(page).content.decode()
    for _ in range(2):  # as people press every button
        writing.post(decide, {"do": "merge", "group": pet.pk})
    shown = writing.get(page).content.decode()
    assert "1 question put together with others" in shown
    assert "Wes, " in shown
    ticket = _tickets(llama, PET)[0]
    away = writing.post(decide, {"do": "take_out", "ticket": ticket}).headers["Location"]
    assert PET in writing.get(away).content.decode()
    chosen = {"action": "merge_selected", "_selected_action": [llama.pk, stamps.pk]}
    writing.post(reverse("admin:knowledge_questiongroup_changelist"), chosen)
    assert QuestionGroup.objects.count() == 2


def _tickets(group: QuestionGroup, text: str) -> list[UUID]:
    return [question.pk for question in group.questions.all() if question.text == text]
