"""Medicines in the talk: the buttons of a reminder, plain words, and what waits when the page opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from companion.accounts.models import User
from companion.care.medicines import actions
from companion.care.medicines.models import DoseEvent, Occurrence, Regimen
from companion.care.medicines.plan import Rule
from companion.chat import doses as talk
from companion.chat.actions import FullAnswer, collect, speaker_of
from companion.chat.danger import unless_plain
from companion.chat.dose_words import Say, heard_in
from companion.chat.pressed import Pressed, Said
from companion.chat.turn import Turn, answer
from companion.safety.screen import Assessment, Level
from tests.companion.care.medicines.conftest import (
    Clockwork,
    add,
    clockwork,
    daily,
    daughter,
    doses,
    senior,
    shared,
    states,
    stranger,
)

__all__ = ["add", "clockwork", "daughter", "senior", "shared", "stranger"]


@pytest.fixture
def due(clockwork: Clockwork, add: Callable[..., Regimen]) -> Occurrence:
    """The heart pill of eight o'clock, four minutes after it was reminded of."""
    regimen = add()
    clockwork.go_to("2026-06-01 12:04")
    return doses(regimen)[0]


def press(occurrence: Occurrence, verb: str, by: User) -> Said:
    return talk.press(Pressed("dose", occurrence.pk, verb, by.pk, str(uuid4())))


def test_taken_is_written_down_and_said_back(due: Occurrence, senior: User) -> None:
    said = press(due, "taken", senior)
    assert said.reply == "Good. I have written down the white heart pill, 8:04 a.m."
    assert said.choices == ()
    assert states(due.regimen) == ["taken"]


def test_pressed_twice_or_after_the_daughter_it_is_one_dose(due: Occurrence, senior: User, shared: User) -> None:
    actions.take_dose(shared, due.pk)
    again = press(due, "taken", senior).reply
    assert again.startswith("This one is already taken")
    assert again.endswith("8:04 a.m., noted by Anna.")
    assert DoseEvent.objects.filter(kind="taken").count() == 1


def test_later_says_when_and_keeps_the_due_time(due: Occurrence, senior: User) -> None:
    assert press(due, "later", senior).reply == "I will remind you again at 8:19 a.m. It was due at 8:00 a.m."
    assert states(due.regimen) == ["snoozed"]


def test_skip_asks_why_and_each_reason_is_a_button(due: Occurrence, senior: User) -> None:
    asked = press(due, "skip", senior)
    assert [choice.label for choice in asked.choices][:3] == ["I felt ill", "The doctor said so", "I had none left"]
    assert states(due.regimen) == ["pending"], "nothing is written before the reason"
    verb = asked.choices[0].value.rpartition(":")[2]
    press(due, verb, senior)
    assert DoseEvent.objects.get(kind="skipped").reason == "felt_ill"


def test_after_one_the_others_that_are_due_are_offered(
    due: Occurrence, senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    add(daily("08:10"), name="Metformin", look="long white pill")
    clockwork.go_to("2026-06-01 12:11")
    said = press(due, "taken", senior)
    assert said.reply.endswith("Have you taken the long white pill too?")
    assert [choice.label for choice in said.choices] == ["Yes, I took it", "Not yet"]


def test_a_dose_taken_ahead_of_its_time_is_written_down_and_not_reminded_of(
    senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    heart, capsule = add(), add(name="Ramipril", look="yellow capsule")
    clockwork.go_to("2026-06-01 09:00")  # five in New York
    asked = talk.hear("I took my pills", senior.pk)
    assert asked is not None
    assert asked.reply == (
        "The white heart pill and the yellow capsule are not due until 8:00 a.m. Which one have you taken already?"
    )
    assert [choice.label for choice in asked.choices] == ["The white heart pill", "The yellow capsule", "Not yet"]
    assert press(doses(heart)[0], "taken", senior).reply.startswith("Good. I have written down the white heart pill")
    clockwork.go_to("2026-06-01 12:10")
    assert (states(heart)[0], states(capsule)[0]) == ("taken", "pending")
    assert [row.regimen for row in Occurrence.objects.exclude(reminded_at=None)] == [capsule]


def test_who_took_one_today_is_told_so_and_not_asked_about_tonight(
    senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    regimen = add(daily("08:00", "20:00"))
    clockwork.go_to("2026-06-01 12:04")
    press(doses(regimen)[0], "taken", senior)
    clockwork.go_to("2026-06-01 14:00")
    told = talk.hear("I took my pills", senior.pk)
    assert told is not None
    assert told.reply.startswith("Today I have written down")
    assert told.choices == ()


@pytest.mark.parametrize("verb", ["taken", "later", "skip", "skip-felt_ill", "eaten", "skip-because"])
def test_a_dose_that_is_gone_or_anothers_is_refused_kindly(
    due: Occurrence, senior: User, stranger: User, verb: str
) -> None:
    gone = talk.press(Pressed("dose", uuid4(), verb, senior.pk, "k"))
    anothers = talk.press(Pressed("dose", due.pk, verb, stranger.pk, "k"))
    assert gone.reply == anothers.reply == talk.NOT_THERE
    assert states(due.regimen) == ["pending"]


def test_whether_one_as_needed_helped_is_written_down(
    senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    regimen = add(Rule.model_validate({"kind": "as_needed", "start": "2026-01-01"}), name="Paracetamol", look="")
    event = actions.take_as_needed(senior, regimen.pk).event
    assert event is not None
    said = talk.press(Pressed("effect", event.pk, "better", senior.pk, "k"))
    assert "I am glad" in said.reply
    assert DoseEvent.objects.get(kind="effect").effect == "better"


def test_plain_words_offer_and_write_nothing_yet(due: Occurrence, senior: User) -> None:
    offered = talk.hear("I took my pills", senior.pk)
    assert offered is not None
    assert offered.reply == "Shall I write down the white heart pill?"
    assert [choice.value for choice in offered.choices] == [f"dose:{due.pk}:taken", f"dose:{due.pk}:no"]
    assert states(due.regimen) == ["pending"]


def test_a_named_pill_offers_that_one_only(
    due: Occurrence, senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    add(daily("08:10"), name="Metformin", look="long brown pill")
    clockwork.go_to("2026-06-01 12:11")
    both, heart = talk.hear("I took my pills", senior.pk), talk.hear("I've taken the heart pill", senior.pk)
    assert both is not None
    assert heart is not None
    assert both.reply == "Which one have you taken?"
    assert len(both.choices) == 3
    assert heart.reply == "Shall I write down the white heart pill?"


def test_never_two_doses_of_one_medicine_are_offered(
    senior: User, clockwork: Clockwork, add: Callable[..., Regimen]
) -> None:
    add(daily("08:00", "08:20"))
    clockwork.go_to("2026-06-01 12:10")
    offered = talk.hear("I took my pills", senior.pk)
    assert offered is not None
    assert len(offered.choices) == 2, "one dose, and not yet"


def test_did_i_take_it_is_answered_from_the_record(due: Occurrence, senior: User) -> None:
    before = talk.hear("Did I take my heart pill?", senior.pk)
    press(due, "taken", senior)
    after = talk.hear("Have I taken my pills?", senior.pk)
    assert before is not None
    assert after is not None
    assert "is not written down yet" in before.reply
    assert "The white heart pill: 8:04 a.m." in after.reply
    assert "do not take it again" in after.reply


def test_without_medicines_the_words_go_the_usual_way(senior: User, clockwork: Clockwork) -> None:
    assert talk.hear("I took my pills", senior.pk) is None


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("I took my pills", Say.TOOK),
        ("I've just taken my tablets.", Say.TOOK),
        ("Yes, I have taken my medicine this morning", Say.TOOK),
        ("i took the heart pill with breakfast", Say.TOOK),
        ("Did I already take my pills today?", Say.DID_I),
        ("Have I had my medicine?", Say.DID_I),
        ("When is my next pill?", Say.NEXT),
        ("What pills do I take now?", Say.NEXT),
        ("I took my pills twice", None),
        ("I took all my pills", None),
        ("I took too many tablets", None),
        ("I took two pills", None),
        ("I took my husband's pills", None),
        ("I think I took my pills", None),
        ("I took my pills and now I feel dizzy", None),
        ("I have not taken my pills", None),
        ("Should I take my pills with food?", None),
        ("I had dinner", None),
        ("I took the dog out", None),
        ("My pills are white", None),
    ],
)
def test_only_words_that_say_nothing_else_are_heard(said: str, heard: Say | None) -> None:
    found = heard_in(said, ["Metoprolol white heart pill"])
    assert (found.say if found else None) == heard


async def run(text: str, user: User) -> FullAnswer:
    turn = Turn(uuid4(), str(uuid4()), text, await sync_to_async(speaker_of)(user), uuid4().hex)
    return collect([event async for event in answer(turn)])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("value", ["dose:not-an-id:taken", "dose::taken", "effect:1:better", "dose:%s:%s"])
async def test_a_broken_button_is_refused_kindly_by_the_whole_turn(senior: User, value: str) -> None:
    outcome = await run(value, senior)
    assert outcome.done is not None
    assert outcome.done.kind == "aside"
    assert "press it once more" in outcome.done.text


@pytest.mark.django_db(transaction=True)
async def test_the_whole_turn_takes_a_button_and_keeps_plain_words_of_it(senior: User) -> None:
    regimen = await sync_to_async(_due_now)(senior)
    dose = await Occurrence.objects.aget(regimen=regimen)
    outcome = await run(f"dose:{dose.pk}:taken", senior)
    assert outcome.done is not None
    assert outcome.done.text.startswith("Good. I have written down the white heart pill")
    page = await sync_to_async(_page_of)(senior)
    assert "Taken: the white heart pill" in page
    assert f"dose:{dose.pk}" not in page, "codes are not shown as the senior's words"


@pytest.mark.django_db(transaction=True)
async def test_an_offer_is_kept_with_its_buttons_and_waiting_reminders_are_on_the_page(senior: User) -> None:
    regimen = await sync_to_async(_due_now)(senior)
    dose = await Occurrence.objects.aget(regimen=regimen)
    page = await sync_to_async(_page_of)(senior)
    assert f'data-card="{dose.pk}"' in page, "a reminder that came while away is there on load"
    await dose.arefresh_from_db()
    assert dose.seen_at is not None
    outcome = await run("I took my pills", senior)
    assert outcome.done is not None
    assert [choice.label for choice in outcome.done.choices] == ["Yes, I took it", "Not yet"]
    kept = await sync_to_async(_page_of)(senior)
    assert kept.count(f'value="dose:{dose.pk}:taken"') == 2


def _due_now(user: User) -> Regimen:
    """A heart pill that was due five minutes ago and reminded of."""
    from companion.safety import clock

    regimen = actions.add_regimen(user, user.pk, rule=daily("08:00"), name="Metoprolol", look="white heart pill")
    Occurrence.objects.filter(regimen=regimen).exclude(
        pk=Occurrence.objects.filter(regimen=regimen).order_by("due_at").values("pk")[:1]
    ).delete()
    now = clock.now()
    Occurrence.objects.filter(regimen=regimen).update(
        due_at=now - timedelta(minutes=5),
        late_at=now + timedelta(hours=1),
        closes_at=now + timedelta(hours=3),
        reminded_at=now - timedelta(minutes=5),
        remind_at=None,
    )
    return regimen


def _page_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get("/").content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "I took my pills", "I took my tablets this morning", "I have taken my pills",
        "Yes, I have just taken my insulin", "I took my heart pill", "I took my water tablet with breakfast",
        "I took my inhaler", "did I take my pills",
        "Have I taken my tablets today?",
    ],
)  # fmt: skip
def test_a_plain_dose_is_no_danger_whatever_the_learned_layer_guesses(text: str) -> None:
    guess = Assessment(Level.ASK, "medicine", 0.9)
    assert unless_plain(guess, text, ["Good morning", "I had porridge"]).level is Level.NONE


@pytest.mark.parametrize(
    ("text", "recent"),
    [
        ("I took forty pills", []),
        ("I took all my pills", []),
        ("I took my pills twice", []),
        ("I took the pills", []),
        ("I took my sleeping pills", []),
        ("I took my husband's tablets", []),
        ("I took my ten tablets", []),
        ("I took my pills and feel strange", []),
        ("I think I took my pills", []),
        ("I took my pills", ["I want to end it all tonight"]),
    ],
)
def test_anything_more_than_a_plain_dose_stays_as_it_was_heard(text: str, recent: list[str]) -> None:
    guess = Assessment(Level.ASK, "medicine", 0.9)
    assert unless_plain(guess, text, recent) is guess


def test_despair_is_never_taken_for_a_dose() -> None:
    guess = Assessment(Level.EMERGENCY, "self_harm", 0.99)
    assert unless_plain(guess, "I took my pills", []) is guess
