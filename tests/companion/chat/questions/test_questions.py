"""Passing a question on: asked kindly, done only on a yes, without names, taken back, and told when it is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client
from django.utils import timezone

from companion.accounts.actions import close_account, erase_closed_accounts
from companion.accounts.export import archive
from companion.accounts.models import User
from companion.chat.actions import FullAnswer, answer_fully, new_turn, record_feedback
from companion.chat.questions import actions, asking
from companion.chat.questions.models import PassedQuestion, PassingOn
from knowledge.inbox.models import Question
from knowledge.public import note_question

pytestmark = pytest.mark.django_db(transaction=True)

UNKNOWN = "Can my friend Giulia keep a llama in the kitchen?"
KNOWN = "I keep waking up at night, what can I do?"


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker is the edge of the world here."""
    from celery import current_app

    monkeypatch.setattr(current_app, "send_task", lambda name, *args, **options: None)


async def say(person: User, text: str) -> FullAnswer:
    """A whole turn, kept as in service, after what was said before."""
    return await answer_fully(await new_turn(person, text))


@sync_to_async
def passed() -> list[tuple[str, str, list[str]]]:
    return [(each.text, each.reason, each.shown) for each in Question.objects.all()]


async def test_an_abstention_asks_and_nothing_leaves_unasked(senior: User, published_corpus: None) -> None:
    answer = await say(senior, UNKNOWN)
    assert answer.done is not None
    assert answer.done.kind == "abstention"
    assert answer.done.text.endswith(
        "May I pass this question on, without your name, to the people who write my answers?"
        " They would read: “Can my friend (name) keep a llama in the kitchen?”"
    )
    assert [choice.label for choice in answer.done.choices] == ["Yes, this one", "Yes, always", "No, thank you"]
    assert await passed() == []
    once, _, _ = answer.done.choices
    yes = await say(senior, once.value)
    assert yes.done is not None
    assert yes.done.text == asking.PASSED.reply
    [(text, reason, shown)] = await passed()
    assert (text, reason) == ("Can my friend (name) keep a llama in the kitchen?", "unanswered")
    assert len(shown) == len(answer.done.suggestions), "what was offered as near goes along"
    await say(senior, once.value)
    assert len(await passed()) == 1, "a second press passes nothing on twice"


async def test_no_passes_nothing_on_and_lilo_does_not_ask_again_at_once(senior: User, published_corpus: None) -> None:
    answer = await say(senior, UNKNOWN)
    assert answer.done is not None
    assert (await say(senior, answer.done.choices[2].value)).done.text == asking.NOT_PASSED.reply  # type: ignore[union-attr]
    again = await say(senior, "How do I mend a torque converter on a Buick?")
    assert again.done is not None
    assert again.done.kind == "abstention"
    assert again.done.choices == ()
    assert await passed() == []


async def test_who_always_allows_it_is_told_each_time_and_not_asked(senior: User, published_corpus: None) -> None:
    await sync_to_async(actions.choose)(senior.pk, PassingOn.Choice.ALWAYS)
    answer = await say(senior, UNKNOWN)
    assert answer.done is not None
    assert answer.done.text.endswith(asking.PASSING)
    assert answer.done.choices == ()
    for task in list(asking._passing):
        await task
    assert len(await passed()) == 1


async def test_who_said_always_just_now_is_not_left_out(senior: User, published_corpus: None) -> None:
    asked = await say(senior, UNKNOWN)
    assert asked.done is not None
    await say(senior, asked.done.choices[1].value)
    again = await say(senior, "How do I mend a torque converter on a Buick?")
    assert again.done is not None
    assert again.done.text.endswith(asking.PASSING)
    for task in list(asking._passing):
        await task
    assert len(await passed()) == 2


async def test_who_never_wants_it_is_not_asked(senior: User, published_corpus: None) -> None:
    await sync_to_async(actions.choose)(senior.pk, PassingOn.Choice.NEVER)
    answer = await say(senior, UNKNOWN)
    assert answer.done is not None
    assert "pass" not in answer.done.text
    assert answer.done.choices == ()


async def test_words_that_ask_nothing_are_not_asked_about(senior: User, published_corpus: None) -> None:
    answer = await say(senior, "The torque converter of the Buick is silver.")
    assert answer.done is not None
    assert answer.done.choices == ()


async def test_an_answer_that_did_not_help_goes_with_what_was_shown(senior: User, published_corpus: None) -> None:
    answer = await say(senior, KNOWN)
    assert answer.done is not None
    assert answer.done.choices == ()
    turn_id = answer.done.turn_id
    thanks = await sync_to_async(record_feedback)(senior.pk, turn_id, helpful=False)
    assert thanks is not None
    assert thanks.text == f"{asking.SORRY} {asking.ASK}"
    assert len(thanks.choices) == 3
    await say(senior, thanks.choices[0].value)
    assert await passed() == [(KNOWN, "not_helpful", list(answer.done.entries))]


async def test_helped_is_thanked_for_and_nothing_is_asked(senior: User, published_corpus: None) -> None:
    answer = await say(senior, KNOWN)
    assert answer.done is not None
    thanks = await sync_to_async(record_feedback)(senior.pk, answer.done.turn_id, helpful=True)
    assert thanks is not None
    assert (thanks.text, thanks.choices) == (asking.THANKS, ())
    button = f"question:{answer.done.turn_id}:once"
    assert (await say(senior, button)).done.text == asking.NOT_POSSIBLE.reply  # type: ignore[union-attr]
    assert await passed() == [], "a button that was never shown passes nothing on"


async def test_an_emergency_never_lands_in_the_inbox(senior: User, stranger: User, published_corpus: None) -> None:
    await sync_to_async(actions.choose)(senior.pk, PassingOn.Choice.ALWAYS)
    answer = await say(senior, "I fell and cannot get up, can you help?")
    assert answer.done is not None
    assert answer.done.kind == "emergency"
    await sync_to_async(record_feedback)(senior.pk, answer.done.turn_id, helpful=False)
    await say(senior, f"question:{answer.done.turn_id}:once")
    assert await passed() == []


async def test_nobody_passes_on_what_another_said(senior: User, stranger: User, published_corpus: None) -> None:
    answer = await say(senior, UNKNOWN)
    assert answer.done is not None
    assert (await say(stranger, answer.done.choices[0].value)).done.text == asking.NOT_POSSIBLE.reply  # type: ignore[union-attr]
    assert await passed() == []


@pytest.fixture
def passed_on(senior: User) -> Callable[..., PassedQuestion]:
    """A question of Margaret's that was passed on, as `pass_on` leaves it."""

    def make(question: str = KNOWN, *, person: User = senior) -> PassedQuestion:
        ticket = note_question("How do I sleep?", reason="unanswered")
        return PassedQuestion.objects.create(
            user=person, turn_id=uuid4(), question=question, passed="How do I sleep?", ticket=str(ticket),
            passed_at=timezone.now(),
        )  # fmt: skip

    return make


def answer_it(row: PassedQuestion, key: str = "sleep-waking-at-night") -> None:
    Question.objects.filter(pk=UUID(row.ticket)).update(answered_by=key)


def test_tables_cannot_be_put_together_without_the_keys(passed_on: Callable[..., PassedQuestion]) -> None:
    row = passed_on()
    with connection.cursor() as cursor:
        cursor.execute("SELECT ticket, ticket_index, question, passed FROM chat_passedquestion")
        stored = " ".join(cursor.fetchone())
        cursor.execute("SELECT text FROM knowledge_question")
        (text,) = cursor.fetchone()
    assert row.ticket.replace("-", "") not in stored.replace("-", "")
    assert "sleep" not in stored
    assert "sleep" not in text


def test_the_person_is_told_once_by_day_and_hears_the_answer(
    senior: User, passed_on: Callable[..., PassedQuestion], published_corpus: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed: list[Any] = []

    def send(hints: list[Any]) -> bool:
        pushed.extend(hints)
        return True

    monkeypatch.setattr(actions, "send_hints", send)
    row = passed_on()
    assert actions.note_answers() == 0
    answer_it(row)
    assert actions.note_answers() == 1
    assert actions.note_answers() == 0
    night, day = datetime(2026, 11, 22, 3, tzinfo=UTC), datetime(2026, 11, 22, 11, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: night)
    assert actions.bring_up_answers() == 0, "nobody is told at night"
    monkeypatch.setattr(timezone, "now", lambda: day)
    assert actions.bring_up_answers() == 1
    assert actions.bring_up_answers() == 0, "told once"
    [(group, push)] = pushed
    assert group == f"user.{senior.pk}"
    assert push["event"]["detail"] == f"You asked me: “{KNOWN}” Shall I tell you?"
    assert [choice["value"] for choice in push["event"]["choices"]] == [KNOWN, f"question:{row.pk}:enough"]


def test_the_card_waits_on_the_page_until_it_is_answered(
    senior: User, passed_on: Callable[..., PassedQuestion], published_corpus: None, client: Client
) -> None:
    row = passed_on()
    answer_it(row)
    actions.note_answers()
    client.force_login(senior, backend="companion.accounts.backends.PersonBackend")
    assert "I know more now" in client.get("/").content.decode()
    assert "I know more now" in client.get("/").content.decode()
    page = client.post("/say/", {"text": KNOWN}, follow=True).content.decode()
    assert "I know more now" not in page
    assert 'aria-label="Source 1"' in page


async def test_enough_puts_the_card_away(
    senior: User, passed_on: Callable[..., PassedQuestion], published_corpus: None
) -> None:
    row = await sync_to_async(passed_on)()
    await sync_to_async(answer_it)(row)
    await sync_to_async(actions.note_answers)()
    assert len(await sync_to_async(actions.waiting_answers)(senior.pk)) == 1
    assert (await say(senior, f"question:{row.pk}:enough")).done.text == "All right."  # type: ignore[union-attr]
    assert await sync_to_async(actions.waiting_answers)(senior.pk) == []


def test_an_answer_that_was_withdrawn_is_not_told(
    passed_on: Callable[..., PassedQuestion], senior: User, published_corpus: None
) -> None:
    answer_it(passed_on(), key="not-there-any-more")
    actions.note_answers()
    assert actions.waiting_answers(senior.pk) == []
    assert actions.bring_up_answers() == 0


def test_never_takes_back_what_was_passed_on(senior: User, passed_on: Callable[..., PassedQuestion]) -> None:
    passed_on()
    actions.choose(senior.pk, PassingOn.Choice.NEVER)
    assert (PassedQuestion.objects.count(), Question.objects.count()) == (0, 0)


def test_erasing_a_person_erases_their_questions_and_nobody_elses(
    senior: User, stranger: User, passed_on: Callable[..., PassedQuestion]
) -> None:
    passed_on()
    kept = passed_on(person=stranger)
    close_account(senior, by=senior, now=timezone.now() - timedelta(days=31))
    assert erase_closed_accounts() == 1
    assert [str(each.pk) for each in Question.objects.all()] == [kept.ticket]


def test_own_copy_holds_the_questions_but_no_ticket(senior: User, passed_on: Callable[..., PassedQuestion]) -> None:
    import io
    import zipfile

    row = passed_on()
    with zipfile.ZipFile(io.BytesIO(archive(senior))) as parts:
        mine = parts.read("questions-passed-on.json").decode()
    assert KNOWN in mine
    assert row.ticket not in mine


def test_old_ones_are_forgotten(passed_on: Callable[..., PassedQuestion]) -> None:
    passed_on()
    actions.forget_old(timezone.now() + timedelta(days=179))
    assert PassedQuestion.objects.count() == 1
    actions.forget_old(timezone.now() + timedelta(days=181))
    assert PassedQuestion.objects.count() == 0


def test_page_without_scripts_asks_below_the_answer_and_takes_the_press(
    senior: User, published_corpus: None, client: Client
) -> None:
    client.force_login(senior, backend="companion.accounts.backends.PersonBackend")
    page = client.post("/say/", {"text": KNOWN}, follow=True).content.decode()
    assert page.count("This helped") == 2  # below the answer, and in the pattern for the next
    turn_id = page.split('name="turn_id" value="')[1].split('"')[0]
    asked = client.post("/feedback/", {"turn_id": turn_id, "helpful": "no"}, follow=True).content.decode()
    assert asking.ASK in asked
    told = client.post("/say/", {"text": f"question:{turn_id}:once"}, follow=True).content.decode()
    assert asking.PASSED.reply in told
    assert asking.ASK not in told
    assert "You said that this did not help." in told
    assert Question.objects.get().reason == "not_helpful"


def test_settings_show_what_was_passed_on_and_take_it_back(
    senior: User, passed_on: Callable[..., PassedQuestion], client: Client
) -> None:
    passed_on()
    client.force_login(senior, backend="companion.accounts.backends.PersonBackend")
    assert "“How do I sleep?”" in client.get("/settings/").content.decode()
    client.post("/settings/questions/", {"choice": "always"})
    assert actions.choice_of(senior.pk) is PassingOn.Choice.ALWAYS
    page = client.post("/settings/questions/", {"choice": "take-back"}, follow=True).content.decode()
    assert "1 question taken back" in page
    assert Question.objects.count() == 0
    assert client.post("/settings/questions/", {"choice": "sell"}).status_code == 404
