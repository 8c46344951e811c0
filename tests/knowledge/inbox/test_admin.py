"""The inbox as curators see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from knowledge.inbox import actions
from knowledge.inbox.models import QuestionGroup
from knowledge.models import Entry

pytestmark = pytest.mark.django_db

LIST = "admin:knowledge_questiongroup_changelist"


@pytest.fixture
def group(ask: Callable[..., UUID]) -> QuestionGroup:
    ask("Can I keep a <b>llama</b> at home?", shown=("walking-and-sleep",))
    actions.gather()
    return QuestionGroup.objects.get()


def page(client: Client, group: QuestionGroup) -> str:
    return client.get(reverse("admin:knowledge_questiongroup_change", args=[group.pk])).content.decode()


def decide(client: Client, group: QuestionGroup, **pressed: str) -> Any:
    return client.post(reverse("admin:knowledge_questiongroup_decide", args=[group.pk]), pressed)


def test_list_shows_what_waits_and_page_what_was_shown(
    group: QuestionGroup, make_curator: Any, client_of: Any, make_entry: Any
) -> None:
    make_entry(status="published")
    client = client_of(make_curator("ida", "view_questiongroup", "view_entry"))
    listed = client.get(reverse(LIST)).content.decode()
    assert "Can I keep a &lt;b&gt;llama&lt;/b&gt; at home?" in listed
    shown = page(client, group)
    assert "Can a walk help me sleep?" in shown
    assert "<b>llama" not in shown
    assert "Write an answer" not in shown, "who may only look is offered no button"
    assert decide(client, group, do="write").status_code == 403


def test_nobody_without_the_right_sees_a_question(group: QuestionGroup, make_curator: Any, client_of: Any) -> None:
    client = client_of(make_curator("eve", "view_entry", "add_entry"))
    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(reverse("admin:knowledge_questiongroup_change", args=[group.pk])).status_code == 403
    assert decide(client, group, do="write").status_code == 403
    assert "llama" not in client.get(reverse("admin:knowledge_playground"), {"group": group.pk}).content.decode()


def test_one_press_begins_a_draft(group: QuestionGroup, make_curator: Any, client_of: Any) -> None:
    client = client_of(make_curator("wes", "view_questiongroup", "view_entry", "add_entry", "change_entry"))
    response = decide(client, group, do="write")
    entry = Entry.objects.get()
    assert response.headers["Location"] == reverse("admin:knowledge_entry_change", args=[entry.pk])
    assert "An entry is on its way" in page(client, group)
    assert "llama" not in client.get(reverse(LIST)).content.decode(), "it does not wait any more"
    decide(client, group, do="again")
    decide(client, group, do="dismiss", reason="Pets are not for Lilo")
    assert "Why: Pets are not for Lilo" in page(client, group)


def test_unknown_button_is_refused(group: QuestionGroup, make_curator: Any, client_of: Any) -> None:
    client = client_of(make_curator("wes", "view_questiongroup", "add_entry"))
    assert decide(client, group, do="delete").status_code == 403


def test_a_button_that_does_not_exist_is_not_there_for_anybody(group: QuestionGroup, client_of: Any) -> None:
    operator = get_user_model().objects.create_superuser("olga", password="of no use")
    assert decide(client_of(operator), group, do="explode").status_code == 403


def test_vectors_stay_where_they_are_while_the_list_is_read(
    group: QuestionGroup, make_curator: Any, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of(make_curator("ida", "view_questiongroup", "view_entry"))
    with django_assert_max_num_queries(30) as asked:
        client.get(reverse(LIST))
    of_questions = [query["sql"] for query in asked if 'FROM "knowledge_question"' in query["sql"]]
    assert of_questions
    assert not any('"vector"' in sql for sql in of_questions)


def test_an_empty_inbox_says_what_would_be_there(make_curator: Any, client_of: Any) -> None:
    client = client_of(make_curator("ida", "view_questiongroup", "view_entry"))
    assert "Nobody waits." in client.get(reverse(LIST)).content.decode()
    assert "Nothing of this kind" in client.get(reverse(LIST), {"state": "answered"}).content.decode()


def test_words_that_were_taken_back_are_not_tried(group: QuestionGroup, make_curator: Any, client_of: Any) -> None:
    client = client_of(make_curator("wes", "view_questiongroup", "change_entry"))
    assert "Try it in the playground" in page(client, group)
    decide(client, group, do="dismiss", reason="Not for Lilo.")
    actions.forget_questions(list(group.questions.values_list("ticket", flat=True)))
    assert "Try it in the playground" not in page(client, group)
